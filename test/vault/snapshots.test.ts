import { createHash } from 'node:crypto';
import { chmodSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { newFolder } from '../../cluster/local/host-root';
import type { VaultClient } from '../../cluster/vault/client';
import { stringAt } from '../../constructs/core/json';
import { SNAPSHOT_ROLE } from '../../constructs/vault/snapshots';
import { SNAPSHOTS } from '../../constructs/vault/vault-names';
import { toolPath } from '../../tools/provide';
import {
  type BucketStore,
  bucketAuthority,
  startBucket,
  startTokenService,
  type TokenService,
} from '../support/vault/buckets';
import { REGION } from '../support/vault/environment';
import { keyPath } from '../support/vault/matrix';
import { patient, startRegion, type VaultRegion } from '../support/vault/region';
import { type SnapshotPod, snapshotPod } from '../support/vault/snapshot-pod';

const PREFIX = `vault/${REGION}`;

let region: VaultRegion;
let root: VaultClient;
let tokens: TokenService;
let first: BucketStore;
let second: BucketStore;

beforeAll(async () => {
  region = await startRegion({ tenants: ['acme'] });
  root = patient(region.root);
  await region.configure(root);
  await root.expect({ path: keyPath('acme'), body: { data: { value: 'sentinel' } } });
  const authority = await bucketAuthority();
  tokens = await startTokenService(`system:serviceaccount:vault:${SNAPSHOTS}`, authority);
  [first, second] = await Promise.all([
    startBucket('vault-one', tokens, authority),
    startBucket('vault-other', tokens, authority),
  ]);
}, 120_000);

afterAll(async () => {
  await Promise.all([region, first, second].map((one) => one?.stop()));
  tokens?.stop();
});

async function pod(path: readonly string[] = [], cloud = 'sts.amazonaws.com'): Promise<SnapshotPod> {
  const given = {
    vault: await region.tokenOf('vault', SNAPSHOTS),
    cloud: await region.tokenOf('vault', SNAPSHOTS, { audience: cloud }),
  };
  return snapshotPod(given, readFileSync(join(region.vault.folder, 'ca.crt'), 'utf8'), path);
}

const taken = (one: SnapshotPod) =>
  one.run('take', { VAULT_ADDR: region.vault.address.url, VAULT_TLS_SERVER_NAME: '127.0.0.1' });

const endings = (names: readonly string[]) => names.map((name) => name.replace(/^.*\./, ''));

describe('the login of the job', () => {
  test('[IAM-4] takes a snapshot, and fails at everything else: restoring, reading, listing, making tokens', async () => {
    const job = await region.login(SNAPSHOT_ROLE, await region.tokenOf('vault', SNAPSHOTS));
    if (job === undefined) throw new Error('the job cannot log in');
    expect((await job.ask({ path: 'sys/storage/raft/snapshot' })).status).toBe(200);
    const denied = [
      { method: 'POST', path: 'sys/storage/raft/snapshot', body: {} },
      { method: 'POST', path: 'sys/storage/raft/snapshot-force', body: {} },
      { path: 'sys/storage/raft/configuration' },
      { method: 'POST', path: 'sys/storage/raft/remove-peer', body: { server_id: 'x' } },
      { path: keyPath('acme') },
      { method: 'LIST', path: 'sys/policies/acl' },
      { path: 'sys/mounts' },
      { path: `sys/policies/acl/${SNAPSHOT_ROLE}`, body: { policy: 'path "*" { capabilities = ["sudo"] }' } },
      { path: 'auth/token/create', body: {} },
      { path: 'sys/seal', body: {} },
    ] as const;
    for (const call of denied) expect([call.path, (await job.ask(call)).status]).toEqual([call.path, 403]);
    // Who may read the same is answered.
    for (const path of ['sys/mounts', keyPath('acme')]) expect((await root.ask({ path })).status).toBe(200);
  });

  test.each([
    ['of another account of the namespace', 'vault', 'vault', undefined],
    ['of the same name in another namespace', 'cert-manager', 'edge-certificates', undefined],
    ['made for the buckets', 'vault', SNAPSHOTS, 'sts.amazonaws.com'],
  ])('[IAM-4] fails for a token %s', async (_, namespace, account, audience) => {
    const jwt = await region.tokenOf(namespace, account, audience === undefined ? {} : { audience });
    expect(await region.login(SNAPSHOT_ROLE, jwt)).toBeUndefined();
  });
});

describe('the job as the tree has it', () => {
  let one: SnapshotPod;

  test('[BDR-1] leaves a snapshot in both regions, with what it is of, and their hashes; its login ends with it', async () => {
    one = await pod();
    expect(await taken(one)).toMatchObject({ code: 0 });
    for (const [container, bucket] of [['first-region', first] as const, ['second-region', second] as const]) {
      expect(await one.run(container, bucket.env)).toEqual({ code: 0, text: expect.any(String) });
      const names = bucket.names(PREFIX);
      expect(endings(names)).toEqual(['json', 'sha256', 'snap']);
      const [json = '', sums = '', snap = ''] = names.map((name) =>
        bucket.read(`${PREFIX}/${name}`).toString('latin1'),
      );
      for (const text of [json, snap])
        expect(sums).toContain(createHash('sha256').update(Buffer.from(text, 'latin1')).digest('hex'));
      expect(stringAt(JSON.parse(json), 'cluster_id')).toMatch(/^[0-9a-f-]{36}$/);
      // The value is in it, and cannot be read.
      expect(snap).not.toContain('sentinel');
    }
    const events = region.collector.events().filter((line) => line.includes('revoke-self'));
    expect(events.length).toBeGreaterThan(0);
  });

  test('[BDR-3] fails where what arrived is not what was sent, and writes no hashes beside it', async () => {
    const liar = newFolder();
    const real = await toolPath('rclone');
    writeFileSync(join(liar, 'rclone'), `#!/bin/sh\n[ "$1" = cat ] && exec echo changed\nexec ${real} "$@"\n`);
    chmodSync(join(liar, 'rclone'), 0o700);
    const lied = await pod([liar]);
    expect(await taken(lied)).toMatchObject({ code: 0 });
    const before = first.names(PREFIX).length;
    expect((await lied.run('first-region', first.env)).code).not.toBe(0);
    const more = first.names(PREFIX).filter((name) => readdirSync(lied.snapshots).includes(name));
    expect([first.names(PREFIX).length - before, endings(more)]).toEqual([1, ['snap']]);
  });

  test('[IAM-4] fails at the buckets with a token that was made for Vault', async () => {
    const other = await pod([], 'vault');
    expect(await taken(other)).toMatchObject({ code: 0 });
    const before = first.names(PREFIX);
    expect(
      (await other.run('first-region', { ...first.env, RCLONE_RETRIES: '1', RCLONE_LOW_LEVEL_RETRIES: '1' })).code,
    ).not.toBe(0);
    expect(tokens.refused().at(-1)).toBe('audience vault');
    expect(first.names(PREFIX)).toEqual(before);
  });

  test('[BDR-1] removes what is too old once the new one is whole, and nothing younger', async () => {
    const [name = ''] = readdirSync(one.snapshots).filter((file) => file.endsWith('.snap'));
    const old = name.replace(/^\d{8}/, '20200101');
    const long = new Date(Date.now() - 40 * 86_400_000);
    const aged = await pod();
    writeFileSync(join(aged.snapshots, old), 'old');
    utimesSync(join(aged.snapshots, old), long, long);
    // Carried as any other, by a file of hashes that names it.
    const sum = createHash('sha256').update('old').digest('hex');
    writeFileSync(join(aged.snapshots, '1.sha256'), `${sum}  ${old}\n`);
    expect(await aged.run('second-region', { ...second.env, KEEP: '365d' })).toMatchObject({ code: 0 });
    expect(second.names(PREFIX)).toContain(old);
    expect(await one.run('second-region', second.env)).toMatchObject({ code: 0 });
    expect(second.names(PREFIX)).not.toContain(old);
    expect(second.names(PREFIX)).toContain(name);
  });

  test('[BDR-2] reaches one region while the other is lost, and says that it failed', async () => {
    await first.stop();
    const half = await pod();
    expect(await taken(half)).toMatchObject({ code: 0 });
    const brief = { RCLONE_RETRIES: '1', RCLONE_LOW_LEVEL_RETRIES: '1', RCLONE_CONTIMEOUT: '2s' };
    const [lost, kept] = await Promise.all([
      half.run('first-region', { ...first.env, ...brief }),
      half.run('second-region', second.env),
    ]);
    expect([lost.code === 0, kept.code]).toEqual([false, 0]);
    const [sums = ''] = readdirSync(half.snapshots).filter((file) => file.endsWith('.sha256'));
    expect(second.names(PREFIX)).toContain(sums);
  });
});
