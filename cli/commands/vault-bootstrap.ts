import { statSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type * as BootstrapModule from '../../cluster/vault/bootstrap';
import type { Keeper } from '../../cluster/vault/bootstrap';
import { ProblemError, show } from '../../constructs/core/problem';
import { administratorGrants } from '../../constructs/vault/administrators';
import { policyText } from '../../constructs/vault/vault-policy';
import { COMMAND_CODES } from '../../stacks/spec/command-codes';
import { EXIT } from '../exit';
import type { CommandResult, Context } from '../result';
import { lines } from '../text/words';
import { given, readBytes, stepsTable, type VaultFlags, vaultAt, vaultRegion } from './vault-target';
import { writeOrThrow } from './write';

/** Options of `drun vault bootstrap`. */
export interface VaultBootstrapFlags extends VaultFlags {
  readonly holder?: readonly string[];
  readonly out?: string;
}

/** Takes a region's empty Vault to one that its administrators can sign on to and that has no root token. */
export async function vaultBootstrap(flags: VaultBootstrapFlags, context: Context): Promise<CommandResult> {
  const { cwd, env } = context.host;
  const { environment, region, vault: settings } = vaultRegion(flags);
  const { bootstrapVault }: typeof BootstrapModule = require('../../cluster/vault/bootstrap');
  const out = resolve(cwd, flags.out ?? `vault-recovery-keys-${environment.name}-${region}.json`);
  const holders = (flags.holder ?? []).map((file) => ({ file, key: publicKey(resolve(cwd, file)) }));
  const { audience, admins, mfa } = settings.people;
  const { issuer } = environment.access;
  const steps = await bootstrapVault({
    vault: vaultAt(flags, cwd),
    administrators: { issuer, audience, groups: admins, mfa, policy: policyText(administratorGrants(region)) },
    holders: holders.map(({ key }) => key),
    keeper: keeperAt(
      out,
      holders.map(({ file }) => file),
    ),
    idToken: env.DRUN_ID_TOKEN ?? '',
    ...given('rootToken', env.VAULT_TOKEN),
    onStep: context.progress,
  });
  const made = steps.some(({ step, done }) => step === 'init' && done === 'now');
  return {
    exit: EXIT.ok,
    json: { environment: environment.name, region, steps, ...(made ? { recoveryKeys: out } : {}) },
    text: (paint) =>
      lines(
        stepsTable(steps),
        made && `recovery keys, each sealed for its holder: ${paint.bold(out)}; hand each holder his own`,
        `${paint.bold(`${environment.name}/${region}`)}: ${paint.good('administered by people; no root token is left')}`,
      ),
  };
}

/** A public key as Vault takes it: base64, without the armour that people send it in. */
function publicKey(file: string): string {
  const bytes = readBytes('--holder', file);
  const text = bytes.toString('latin1');
  if (!text.startsWith('-----BEGIN PGP PUBLIC KEY BLOCK-----')) return bytes.toString('base64');
  const [, body = ''] = text.split(/\r?\n\r?\n/);
  return body.replace(/\r?\n=[\s\S]*$/, '').replace(/\s/g, '');
}

/** A file that is there may hold the keys of another Vault; an empty one is what an earlier try left. */
function keeperAt(out: string, holders: readonly string[]): Keeper {
  const write = (text: string) => writeOrThrow(out, () => writeFileSync(out, text, { mode: 0o600 }));
  return {
    ready: () => {
      const size = statSync(out, { throwIfNoEntry: false })?.size ?? 0;
      if (size === 0) return write('');
      const { remedy } = COMMAND_CODES.CLI004;
      const given = `${show(out)}, which exists`;
      throw new ProblemError([
        { code: 'CLI004', path: '--out', given, expected: 'a file that does not exist yet', remedy },
      ]);
    },
    keep: (sealed) => {
      const shares = sealed.map((share, at) => ({ holder: holders[at] ?? '', share }));
      write(`${JSON.stringify({ shares }, undefined, 2)}\n`);
    },
  };
}
