import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { VAULT_CODES } from '../../cluster/vault/codes';
import type * as RestoreModule from '../../cluster/vault/restore';
import type { RestoreMark } from '../../cluster/vault/restore';
import type * as SnapshotModule from '../../cluster/vault/snapshot';
import { stringAt } from '../../constructs/core/json';
import { ProblemError, show } from '../../constructs/core/problem';
import { restorableIn } from '../../constructs/vault/seal';
import { EXIT } from '../exit';
import type { CommandResult, Context } from '../result';
import { lines } from '../text/words';
import { usage } from './flags';
import { given, stepsTable, type VaultFlags, vaultAt, vaultRegion } from './vault-target';
import { writeOrThrow } from './write';

/** Options of `drun vault restore`. */
export interface VaultRestoreFlags extends VaultFlags {
  readonly from?: string;
  readonly snapshot: string;
  readonly sha256?: readonly string[];
  readonly replace?: string;
}

const SHORTEST_REASON = 10;

/** Puts a snapshot of a region's Vault into the Vault of a region in which the seal's key is. */
export async function vaultRestore(flags: VaultRestoreFlags, context: Context): Promise<CommandResult> {
  const { cwd, env } = context.host;
  const source = vaultRegion({
    environment: flags.environment,
    ...(flags.from === undefined ? {} : { region: flags.from }),
  });
  const target = flags.region ?? source.region;
  guardRegions(source, target);
  guardReason(flags.replace);
  const { restoreVault }: typeof RestoreModule = require('../../cluster/vault/restore');
  const { besideSnapshot }: typeof SnapshotModule = require('../../cluster/vault/snapshot');
  const file = resolve(cwd, flags.snapshot);
  const hashes = flags.sha256?.map((path) => resolve(cwd, path)) ?? [besideSnapshot(file).hashes];
  const steps = await restoreVault({
    vault: vaultAt(flags, cwd),
    ...{ file, hashes, marks: marksAt(`${file}.restore.json`) },
    ...given('rootToken', env.VAULT_TOKEN),
    ...given('idToken', env.DRUN_ID_TOKEN),
    ...given('replace', flags.replace),
    onStep: context.progress,
  });
  const { name } = source.environment;
  return {
    exit: EXIT.ok,
    json: { environment: name, from: source.region, region: target, steps },
    text: (paint) =>
      lines(stepsTable(steps), `${paint.bold(`${name}/${target}`)}: ${paint.good(`holds what ${source.region} held`)}`),
  };
}

/** In the region itself, or where its key is; nowhere else the Vault would ever be opened again. */
function guardRegions({ region, vault }: ReturnType<typeof vaultRegion>, target: string): void {
  const allowed = [region, ...restorableIn(vault.seal)];
  if (allowed.includes(target)) return;
  const { remedy } = VAULT_CODES.VB008;
  throw new ProblemError([
    { code: 'VB008', path: '--region', given: show(target), expected: `one of ${allowed.join(', ')}`, remedy },
  ]);
}

function guardReason(reason: string | undefined): void {
  if (reason === undefined || reason.trim().length >= SHORTEST_REASON) return;
  const expected = `a reason of ${SHORTEST_REASON} characters at least`;
  throw new ProblemError([usage('--replace', show(reason), expected, 'say why what the Vault holds may go')]);
}

/** What an interrupted run leaves, beside the snapshot. */
function marksAt(path: string) {
  return {
    read: (): RestoreMark | undefined => markIn(path),
    write: (mark: RestoreMark) =>
      writeOrThrow(path, () => writeFileSync(path, `${JSON.stringify(mark)}\n`, { mode: 0o600 })),
  };
}

function markIn(path: string): RestoreMark | undefined {
  try {
    const found: unknown = JSON.parse(readFileSync(path, 'utf8'));
    const [sha256, address, before] = ['sha256', 'address', 'before'].map((key) => stringAt(found, key));
    if (sha256 === undefined || address === undefined || before === undefined) return undefined;
    return { sha256, address, before };
  } catch {
    // There is none yet, or one that was cut short: the Vault is looked at as if there had been no other run.
    return undefined;
  }
}
