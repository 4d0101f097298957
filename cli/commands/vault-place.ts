import { readFileSync } from 'node:fs';
import { ProblemError, show } from '../../constructs/core/problem';
import { environmentNamed } from '../../stacks/environments';
import { COMMAND_CODES } from '../../stacks/spec/command-codes';
import { errorCode } from '../host';
import { usage } from './flags';

/** Options that say which Vault is meant. */
export interface VaultPlaceFlags {
  readonly environment: string;
  readonly address: string;
  readonly region?: string;
  readonly ca?: string;
}

/** The region that is meant: the one that is named, or the only one with a Vault. Throws a `ProblemError`. */
export function regionOf({ environment: name, region: wanted }: Pick<VaultPlaceFlags, 'environment' | 'region'>) {
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

/** The address of a Vault, without a path. Throws a `ProblemError`. */
export function addressOf(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === 'https:') return url.origin;
  const expected = 'an https address such as https://vault.example:8200';
  throw new ProblemError([usage('--address', show(text), expected, 'Vault answers over TLS only; name its address')]);
}

/** The text of a file that an option names. Throws a `ProblemError`. */
export function readText(option: string, file: string): string {
  return readBytes(option, file).toString('utf8');
}

/** The bytes of a file that an option names. Throws a `ProblemError`. */
export function readBytes(option: string, file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    const { remedy } = COMMAND_CODES.CLI002;
    const given = `${show(file)}: ${errorCode(error) ?? String(error)}`;
    throw new ProblemError([{ code: 'CLI002', path: option, given, expected: 'a file that can be read', remedy }]);
  }
}
