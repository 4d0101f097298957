import { setTimeout as sleep } from 'node:timers/promises';
import type { KeyRetirement, KeyVersions } from '../../constructs/vault/key-retirement';
import type { Cluster } from '../client/cluster';
import { discover, type Resource } from '../client/resources';
import { keyVersions, type Retirement, retireVersions, type TransitKey } from '../vault/key-versions';
import { storeError } from './problem';
import { type Refusal, rewritable, rewriteObjects } from './rewrite';
import type { StoredValue } from './store';

/** What the procedure needs. */
export interface ReencryptOptions {
  /** The API server of the store, with the right to list and patch everything. */
  readonly cluster: Cluster;
  /** Reads every value of the store. */
  readonly values: () => AsyncIterable<StoredValue>;
  /** The key behind `services/kms`, for an administrator of its Vault. */
  readonly key: TransitKey;
  readonly retirement: KeyRetirement;
  /** Seconds of Unix time. */
  readonly now: () => number;
  /** Seconds without progress after which it gives up. @default 300 */
  readonly patience?: number;
  readonly onProgress?: (said: string) => void;
}

/** What came of it. */
export interface Reencrypted {
  /** Values in the store, each sealed with the newest version. */
  readonly values: number;
  /** Objects that this run had written anew. */
  readonly rewritten: number;
  readonly retirement: Retirement;
}

/**
 * Seconds after which no API server writes with the version before. It asks for the newest one each minute, and writes for
 * three minutes at most with a seed whose key it could not confirm (k8s.io/apiserver, `kmsv2PluginHealthzPositiveInterval`
 * and `kmsv2PluginWriteDEKSourceMaxTTL`); one minute more for clocks that differ.
 */
const SETTLED = 300;
const PATIENCE = 300;
const PAUSE_MS = 2_000;

/**
 * Has everything in a store written anew that is not sealed with the newest version of its key, and then lets the versions
 * that the policy retires decrypt no more. The store itself says what is left to do: a run that stopped anywhere is started
 * again and does the rest. No value is read in plain text. Throws a `ProblemError` (RE001 to RE003, VB001, VB012).
 */
export async function reencryptStore(options: ReencryptOptions): Promise<Reencrypted> {
  const { cluster, key, retirement, now, patience = PATIENCE, onProgress = () => undefined } = options;
  const resources = rewritable(await discover(cluster));
  const progress = new Progress(patience);
  for (let rewritten = 0; ; ) {
    // Vault may have rotated the key since the last round.
    const id = newestId(key, await settledVersions(key, now));
    const { values, old } = await sealedOtherwise(options.values(), id);
    if (old.length === 0) return { values, rewritten, retirement: await retireVersions(key, retirement, now()) };
    onProgress(`${cluster.name}: ${old.length} of ${values} values to rewrite`);
    const round = await rewriteObjects(cluster, resources, old);
    rewritten += round.written;
    if (progress.stalled(old.length)) throw left(cluster, old, round.refused, resources);
    // What is no object of the API, such as leases of API servers, is written anew by its owner within minutes.
    if (round.written === 0) await sleep(Math.min(PAUSE_MS, patience * 1000));
  }
}

/** Whether there was less to do at some time of late. */
class Progress {
  private fewest = Number.POSITIVE_INFINITY;
  private since = performance.now();

  constructor(private readonly patience: number) {}

  stalled(count: number): boolean {
    if (count < this.fewest) {
      this.fewest = count;
      this.since = performance.now();
    }
    return performance.now() - this.since > this.patience * 1000;
  }
}

async function settledVersions(key: TransitKey, now: () => number): Promise<KeyVersions> {
  const versions = await keyVersions(key);
  const age = Math.floor(now() - (versions.made.get(versions.newest) ?? 0));
  if (age >= SETTLED) return versions;
  const given = `version ${versions.newest}, made ${age} seconds ago`;
  throw storeError('RE001', `${key.mount}/keys/${key.name}`, given, `a newest version of ${SETTLED} seconds at least`);
}

/** The id under which `services/kms` seals with the newest version (`refresh` in its keeper.go). */
function newestId({ mount, name }: TransitKey, { newest, made }: KeyVersions): string {
  return `vault:${mount}/${name}:v${newest}:${made.get(newest)}`;
}

async function sealedOtherwise(
  values: AsyncIterable<StoredValue>,
  id: string,
): Promise<{ readonly values: number; readonly old: readonly string[] }> {
  const old: string[] = [];
  let count = 0;
  for await (const { key, sealedWith } of values) {
    count += 1;
    if (sealedWith !== id) old.push(key);
  }
  return { values: count, old };
}

const SHOWN = 5;

function left(cluster: Cluster, old: readonly string[], refused: readonly Refusal[], resources: readonly Resource[]) {
  const reasons = refused.slice(0, SHOWN).map(({ path, said }) => `${path} (${said})`);
  const shown = reasons.length > 0 ? reasons : old.slice(0, SHOWN);
  const given = `${old.length} values under another key, among them ${shown.join(', ')}`;
  return storeError('RE002', cluster.name, given, `none, over ${resources.length} kinds that can be written`);
}
