import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { VaultClient } from '../../cluster/vault/client';
import { numberAt, stringAt } from '../../constructs/core/json';
import { toolPath } from '../../tools/provide';
import { until } from '../support/attacks/arena';
import { ready, storedValues } from '../support/local/checks';
import { startWorld, type World } from '../support/local/world';
import { startVault, type VaultServer } from '../support/vault/vault-server';

const KEY = 'etcd';
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

test('[ENC-3] a key that rotates seals what is written from then on, and opens what was written before', async () => {
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
  const { body } = await world.ask({ path: `${PATH}/first` });
  const again = { ...body, metadata: { name: 'first', namespace: 'sealed', annotations: { sealed: 'again' } } };
  expect(
    (await world.ask({ method: 'PUT', path: `${PATH}/first`, body: JSON.parse(JSON.stringify(again)) })).status,
  ).toBe(200);
  expect(await stored('first')).toContain('vault:v2:');
  expect(await read('first')).toBe(SENTINEL);
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
