import { isRecord, numberAt, recordAt } from '../../constructs/core/json';
import { type KeyRetirement, type KeyVersions, oldestKept } from '../../constructs/vault/key-retirement';
import type { VaultClient } from './client';
import { vaultError } from './problem';

/** A transit key of a Vault. */
export interface TransitKey {
  readonly vault: VaultClient;
  readonly mount: string;
  readonly name: string;
}

/** What became of the versions of a key. */
export interface Retirement {
  readonly key: string;
  readonly newest: number;
  /** The oldest version that decrypts, before and now. */
  readonly before: number;
  readonly now: number;
}

/** The versions of a key. Throws a `ProblemError` (VB001, VB012) where Vault does not say them. */
export async function keyVersions({ vault, mount, name }: TransitKey): Promise<KeyVersions> {
  const path = `${mount}/keys/${name}`;
  const { body } = await vault.expect({ path });
  const newest = numberAt(body, 'data', 'latest_version');
  const oldest = numberAt(body, 'data', 'min_decryption_version');
  const made = new Map(
    Object.entries(recordAt(body, 'data', 'keys')).map(([version, at]) => [Number(version), secondsOf(at)]),
  );
  if (newest === undefined || oldest === undefined || !made.has(newest) || [...made.values()].some(Number.isNaN))
    throw vaultError('VB012', path, 'an answer that does not name them', 'versions and when each was made');
  return { newest, oldest, made };
}

/** Symmetric keys say a time, others an object with one. */
function secondsOf(at: unknown): number {
  if (typeof at === 'number') return at;
  return isRecord(at) ? Date.parse(String(at.creation_time)) / 1000 : Number.NaN;
}

/**
 * Lets no version decrypt that the policy retires; `now` in seconds of Unix time. With `dryRun` nothing is written. The
 * step is for administrators: whoever uses the key cannot.
 */
export async function retireVersions(
  key: TransitKey,
  retirement: KeyRetirement,
  now: number,
  { dryRun = false }: { readonly dryRun?: boolean } = {},
): Promise<Retirement> {
  const versions = await keyVersions(key);
  const kept = oldestKept(versions, retirement, now);
  if (kept > versions.oldest && !dryRun) {
    const body = { min_decryption_version: kept };
    await key.vault.expect({ path: `${key.mount}/keys/${key.name}/config`, body });
  }
  return { key: key.name, newest: versions.newest, before: versions.oldest, now: kept };
}
