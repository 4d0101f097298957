import { fnv1a } from '../constructs/core/object-names';

/**
 * The shard of a name among `shards`, by jump consistent hashing: adding a name moves no other, and going from n to n+1
 * shards moves one name in n+1, all of them to the new shard (Lamping and Veach, https://arxiv.org/abs/1406.2294).
 */
export function shardOf(name: string, shards: number): number {
  let key = BigInt(fnv1a(name)) | (BigInt(fnv1a(`${name}#`)) << 32n);
  let shard = -1;
  let next = 0;
  while (next < shards) {
    shard = next;
    key = BigInt.asUintN(64, key * 2862933555777941757n + 1n);
    next = Math.floor((shard + 1) * (2 ** 31 / Number((key >> 33n) + 1n)));
  }
  return shard;
}

/** Name of the stack that carries a shard's tenants: `prod-tenants-00`. */
export function shardStack(environment: string, shard: number): string {
  return `${environment}-tenants-${String(shard).padStart(2, '0')}`;
}
