import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type * as ClientModule from '../../cluster/vault/client';
import type { VaultClient } from '../../cluster/vault/client';
import { ProblemError, show } from '../../constructs/core/problem';
import { environmentNamed } from '../../stacks/environments';
import { COMMAND_CODES } from '../../stacks/spec/command-codes';
import { errorCode } from '../host';
import type { Context } from '../result';
import { columns } from '../text/words';
import { usage } from './flags';

/** Options of every command that talks to a Vault. */
export interface VaultFlags {
  readonly environment: string;
  readonly address: string;
  readonly region?: string;
  readonly ca?: string;
}

/** The region whose Vault is meant. Throws a `ProblemError` (CLI001) where the environment has none of that name. */
export function vaultRegion({ environment: name, region: wanted }: Pick<VaultFlags, 'environment' | 'region'>) {
  const environment = environmentNamed(name);
  const regions = environment.regions.filter(({ vault }) => vault !== undefined);
  const found = wanted === undefined && regions.length === 1 ? regions[0] : regions.find((one) => one.name === wanted);
  if (found?.vault === undefined) {
    const expected = `one of ${regions.map((one) => one.name).join(', ')}`;
    throw new ProblemError([
      usage('--region', show(wanted), expected, 'name a region of the environment with a Vault'),
    ]);
  }
  return { environment, region: found.name, vault: found.vault };
}

/** The Vault, for nobody. Throws a `ProblemError` for an address without TLS and for an authority that cannot be read. */
export function vaultAt({ address, ca }: VaultFlags, cwd: string): VaultClient {
  const { vaultClient }: typeof ClientModule = require('../../cluster/vault/client');
  const authority = ca === undefined ? {} : { authority: readBytes('--ca', resolve(cwd, ca)).toString('utf8') };
  return vaultClient({ url: httpsOrigin('--address', address, 'https://vault.example:8200'), ...authority });
}

/** The Vault, for the administrator whose token is in `VAULT_TOKEN`. Throws a `ProblemError` (CLI001) where there is none. */
export function administeredVault(flags: VaultFlags, { cwd, env }: Context['host']): VaultClient {
  const { VAULT_TOKEN: token } = env;
  if (token !== undefined && token !== '') return vaultAt(flags, cwd).as(token);
  const remedy = 'sign on: `vault write -field=token auth/people/login role=platform.administrators jwt=-`';
  throw new ProblemError([usage('VAULT_TOKEN', show(token), 'the token of an administrator', remedy)]);
}

/** A property where somebody gave it: a variable that is empty counts as one that is not set. */
export function given<K extends string>(key: K, value: string | undefined) {
  return value === undefined || value === '' ? {} : { [key]: value };
}

/** What a procedure did, step by step. */
export function stepsTable(
  steps: readonly { readonly step: string; readonly done: string; readonly detail: string }[],
): string {
  return columns([['STEP', 'DONE', ''], ...steps.map(({ step, done, detail }) => [step, done, detail])]);
}

/** An address without a path. Throws a `ProblemError` (CLI001) where it has no TLS. */
export function httpsOrigin(option: string, text: string, example: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === 'https:') return url.origin;
  const expected = `an https address such as ${example}`;
  throw new ProblemError([usage(option, show(text), expected, 'it answers over TLS only; name its address')]);
}

/** Reads a file that an option names. Throws a `ProblemError` (CLI002) where it cannot be read. */
export function readBytes(option: string, file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    const { remedy } = COMMAND_CODES.CLI002;
    const given = `${show(file)}: ${errorCode(error) ?? String(error)}`;
    throw new ProblemError([{ code: 'CLI002', path: option, given, expected: 'a file that can be read', remedy }]);
  }
}
