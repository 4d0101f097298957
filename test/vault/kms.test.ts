import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Cluster, connect } from '../../cluster/client/cluster';
import { writePrivate } from '../../cluster/local/host-root';
import { reencryptStore } from '../../cluster/store/reencrypt';
import { storedValues as valuesOf } from '../../cluster/store/store';
import type { VaultClient } from '../../cluster/vault/client';
import { listAt, numberAt, stringAt, valueAt } from '../../constructs/core/json';
import { administratorGrants } from '../../constructs/vault/administrators';
import { policyText } from '../../constructs/vault/vault-policy';
import { toolPath } from '../../tools/provide';
import { until } from '../support/attacks/arena';
import { drun, type Ran } from '../support/drun';
import { ready, storedValues } from '../support/local/checks';
import { startWorld, type World } from '../support/local/world';
import { startVault, type VaultServer } from '../support/vault/vault-server';

/** As prod calls the key of its first region's store; the Vault of another region holds it. */
const KEY = 'etcd-eu-central-1';
const MANY = 40;
const SENTINEL = 'Zq7-kms-41d2';
const PATH = '/api/v1/namespaces/sealed/secrets';

/** What the key service may do, and nothing else. */
const POLICY = ['encrypt', 'decrypt', 'keys']
  .map((verb) => `path "transit/${verb}/${KEY}" {\n  capabilities = ["${verb === 'keys' ? 'read' : 'update'}"]\n}`)
  .join('\n');

let vault: VaultServer;
let root: VaultClient;
let world: World;

beforeAll(async () => {
  vault = await startVault();
  root = await vault.init();
  await root.expect({ path: 'sys/mounts/transit', body: { type: 'transit' } });
  await root.expect({ path: `transit/keys/${KEY}`, body: { type: 'aes256-gcm96' } });
  await root.expect({ path: 'sys/policies/acl/kms', body: { policy: POLICY } });
  const token = join(vault.folder, 'kms-token');
  const { body } = await root.expect({
    path: 'auth/token/create-orphan',
    body: { policies: ['kms'], no_default_policy: true, period: '1h' },
  });
  writeFileSync(token, stringAt(body, 'auth', 'client_token') ?? '', { mode: 0o600 });
  world = await startWorld({
    keyService: {
      program: await toolPath('kms'),
      args: (socket) => [
        `--listen=${socket}`,
        `--vault=${vault.address.url}`,
        `--ca=${join(vault.folder, 'ca.crt')}`,
        `--token-file=${token}`,
        `--key=${KEY}`,
      ],
    },
  });
  await ready(world, 'sealed');
}, 180_000);

afterAll(async () => {
  await world?.stop();
  await vault?.stop();
});

const write = async (name: string): Promise<number> => {
  const body = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, namespace: 'sealed' },
    stringData: { key: SENTINEL },
  };
  return (await world.ask({ method: 'POST', path: PATH, body })).status;
};

const read = async (name: string): Promise<string> => {
  const { body } = await world.ask({ path: `${PATH}/${name}` });
  return Buffer.from(stringAt(body, 'data', 'key') ?? '', 'base64').toString();
};

const stored = async (name: string): Promise<string> =>
  (await storedValues(world, `/registry/secrets/sealed/${name}`)).get(`/registry/secrets/sealed/${name}`) ?? '';

test('[ENC-2] a secret is sealed in etcd with a key that never leaves Vault, and can be read by whoever may', async () => {
  expect(await write('first')).toBe(201);
  const bytes = await stored('first');
  expect(bytes.startsWith('k8s:enc:kms:v2:drun:')).toBe(true);
  expect(bytes).toContain('vault:v1:');
  expect(bytes).not.toContain(SENTINEL);
  expect(await read('first')).toBe(SENTINEL);
});

/** How many values of the store are sealed with each version of the key; a value of no version counts under its own. */
async function sealedWith(): Promise<Readonly<Record<string, number>>> {
  const counts: Record<string, number> = {};
  for await (const { sealedWith: id } of valuesOf(world.plane.store)) {
    const version = /:(v\d+):/.exec(id ?? '')?.[1] ?? String(id);
    counts[version] = (counts[version] ?? 0) + 1;
  }
  return counts;
}

/** What was sealed, as the key service handed it to Vault. */
async function seedOf(name: string): Promise<string> {
  return /vault:v\d+:[A-Za-z0-9+/=]+/.exec(await stored(name))?.[0] ?? '';
}

const opens = async (ciphertext: string): Promise<number> =>
  (await root.ask({ path: `transit/decrypt/${KEY}`, body: { ciphertext } })).status;

describe('a key that rotates', () => {
  let before: string;
  const days = (count: number) => Date.now() + count * 86_400_000;

  /** The command as a person types it, with an administrator’s token. */
  async function reencrypt(): Promise<Ran> {
    const policy = policyText(administratorGrants('eu-west-1'));
    await root.expect({ path: 'sys/policies/acl/platform.administrators', body: { policy } });
    const body = { policies: ['platform.administrators'], no_default_policy: true, ttl: '10m' };
    const made = await root.expect({ path: 'auth/token/create-orphan', body });
    const { store, kubeconfig } = world.plane;
    const file = (name: string, text = '') => {
      writePrivate(join(vault.folder, name), text);
      return join(vault.folder, name);
    };
    const pems = [
      ...['--store-ca', file('etcd-ca.crt', store.authority)],
      ...['--store-cert', file('etcd.crt', store.client?.certificate)],
      ...['--store-key', file('etcd.key', store.client?.key)],
    ];
    const place = ['--address', vault.address.url, '--ca', join(vault.folder, 'ca.crt'), '--region', 'eu-west-1'];
    return drun(
      [
        'vault',
        'reencrypt',
        'prod',
        ...place,
        '--key',
        KEY,
        '--store',
        store.url,
        ...pems,
        '--kubeconfig',
        kubeconfig,
        '--json',
      ],
      { env: { VAULT_TOKEN: stringAt(made.body, 'auth', 'client_token') ?? '' } },
    );
  }

  afterEach(() => jest.restoreAllMocks());

  test('[ENC-3] seals what is written from then on, and opens what was written before', async () => {
    for (let at = 0; at < MANY; at += 1) expect(await write(`many-${at}`)).toBe(201);
    before = await seedOf('first');
    await root.expect({ method: 'POST', path: `transit/keys/${KEY}/rotate` });
    // A running API server asks within a minute; one that starts asks at once.
    await world.plane.restart('kube-apiserver');
    await until('the API server seals with the new version', async () => {
      await world.ask({ method: 'DELETE', path: `${PATH}/probe` });
      await write('probe');
      return (await stored('probe')).includes('vault:v2:');
    });
    expect(await stored('first')).toContain('vault:v1:');
    expect(await read('first')).toBe(SENTINEL);
    const { v1 = 0, v2 = 0, ...others } = await sealedWith();
    expect([v1 > MANY, v2 > 0, others]).toEqual([true, true, {}]);
  });

  test('[ENC-3] fails to re-encrypt the store while an API server may still write with the version before', async () => {
    const { v1 } = await sealedWith();
    const { code, out } = await reencrypt();
    expect([code, listAt(JSON.parse(out), 'problems').map((one) => stringAt(one, 'code'))]).toEqual([2, ['RE001']]);
    expect((await sealedWith()).v1).toBe(v1);
  });

  test('[ENC-3] leaves both versions in the store where the re-encryption is killed half-way', async () => {
    const cluster = await connect({ kubeconfig: world.plane.kubeconfig });
    let patches = 0;
    const request: Cluster['request'] = (asked) => {
      if (asked.method === 'PATCH') patches += 1;
      if (patches > MANY / 2) throw new Error('killed');
      return cluster.request(asked);
    };
    const killed = reencryptStore({
      cluster: { ...cluster, name: cluster.name, request },
      values: () => valuesOf(world.plane.store),
      key: { vault: root, mount: 'transit', name: KEY },
      retirement: { after: '35d', once: 'reencrypted' },
      now: () => days(1) / 1000,
    });
    await expect(killed).rejects.toThrow('killed');
    cluster.close();
    const { v1 = 0, v2 = 0 } = await sealedWith();
    expect([v1 > 0, v2 > MANY / 4]).toEqual([true, true]);
  });

  test('[ENC-3] re-encrypts the rest when the command is given again; the old version stays while backups may need it', async () => {
    const { v1 = 0 } = await sealedWith();
    jest.spyOn(Date, 'now').mockReturnValue(days(1));
    const { code, out, err } = await reencrypt();
    expect([code, err]).toEqual([0, '']);
    const said: unknown = JSON.parse(out);
    expect(numberAt(said, 'rewritten')).toBeLessThanOrEqual(v1);
    expect(valueAt(said, 'versions')).toMatchObject({ newest: 2, before: 1, now: 1 });
    const { v1: old, v2 = 0, ...others } = await sealedWith();
    expect([old, others]).toEqual([undefined, {}]);
    expect(v2).toBeGreaterThan(2 * MANY);
    expect(out + err).not.toMatch(/hvs\.|Zq7/);
    expect([await opens(before), await opens(await seedOf('first'))]).toEqual([200, 200]);
    expect(await read('many-7')).toBe(SENTINEL);
  });

  test('[ENC-3] opens nothing with the old version once the time of backups is over, and the store without it', async () => {
    jest.spyOn(Date, 'now').mockReturnValue(days(36));
    const { code, out } = await reencrypt();
    expect([code, numberAt(JSON.parse(out), 'rewritten')]).toEqual([0, 0]);
    expect(valueAt(JSON.parse(out), 'versions')).toMatchObject({ newest: 2, before: 1, now: 2 });
    expect([await opens(before), await opens(await seedOf('first'))]).toEqual([400, 200]);
    // One that starts holds no seed in memory: whatever it reads it has opened by Vault, with the version that is left.
    await world.plane.restart('kube-apiserver');
    expect([await read('first'), await read('many-39'), await write('after-retirement')]).toEqual([
      SENTINEL,
      SENTINEL,
      201,
    ]);
  });
});

test('[ENC-3] fails for a token file that others may read; the twin that only its owner may read is taken', async () => {
  const file = join(vault.folder, 'kms-token');
  // The API server asks the key service anew when it starts: nothing of the store can be opened then.
  chmodSync(file, 0o644);
  const health = () => world.ask({ path: '/readyz/kms-providers' });
  await world.plane.kill('kube-apiserver');
  const restarted = world.plane.restart('kube-apiserver').then(
    () => 'started',
    () => 'not started',
  );
  await new Promise((resolve) => setTimeout(resolve, 4_000));
  await expect(
    health().then(
      ({ status }) => status,
      () => 0,
    ),
  ).resolves.not.toBe(200);
  chmodSync(file, 0o600);
  expect(await restarted).toBe('started');
  expect(await read('first')).toBe(SENTINEL);
}, 150_000);

test('[ENC-2] while Vault is gone, reads go on and writes end within three minutes; with Vault back, writes come back', async () => {
  await vault.kill();
  const gone = performance.now();
  expect(await read('first')).toBe(SENTINEL);
  expect(await write('early')).toBe(201);
  let tries = 0;
  await until('a write is refused', async () => (await write(`late-${++tries}`)) === 500, 220);
  const seconds = (performance.now() - gone) / 1000;
  expect(seconds).toBeGreaterThan(60);
  expect(await read('first')).toBe(SENTINEL);
  await vault.start();
  await vault.unseal();
  await until('a write is taken again', async () => (await write(`after-${++tries}`)) === 201, 60);
  const { body } = await root.expect({ path: `transit/keys/${KEY}` });
  expect(numberAt(body, 'data', 'latest_version')).toBe(2);
}, 330_000);
