import { execFile } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { VaultClient } from '../../cluster/vault/client';
import { recordAt, stringAt } from '../../constructs/core/json';
import { toolPath } from '../../tools/provide';
import { keyPath } from '../support/vault/matrix';
import { patient, startRegion, type VaultRegion } from '../support/vault/region';
import { startVault, type VaultServer } from '../support/vault/vault-server';

const TENANTS = ['acme', 'birch'];

let region: VaultRegion;
let root: VaultClient;

beforeAll(async () => {
  region = await startRegion({ tenants: TENANTS });
  root = patient(region.root);
}, 120_000);

afterAll(async () => {
  await region?.stop();
});

async function pathsOf(client: VaultClient): Promise<readonly string[]> {
  const all = await Promise.all(
    ['sys/mounts', 'sys/auth', 'sys/audit'].map(async (path) => recordAt((await client.expect({ path })).body, 'data')),
  );
  const policies = await client.expect({ method: 'LIST', path: 'sys/policies/acl' });
  return [...all.flatMap((one) => Object.keys(one)), JSON.stringify(policies.body.data)].sort();
}

test('[REC-2] a Vault that is killed in the middle of its configuration has all of it after the next run, and nothing twice', async () => {
  let seen = 0;
  const stopped = region.configure(root, () => {
    seen += 1;
    if (seen === 25) void region.vault.kill();
  });
  await expect(stopped).rejects.toThrow();
  await region.vault.start();
  await region.vault.unseal();
  const changes = await region.configure(root);
  expect(changes).toContain('unchanged');
  expect(changes).toContain('created');
  const paths = await pathsOf(root);
  const again = await region.configure(root);
  expect(again.filter((change) => change !== 'unchanged')).toEqual([]);
  expect(await pathsOf(root)).toEqual(paths);
  expect(paths.filter((path) => /^(kv|transit|pki-|people|kubernetes-|log|collector)/.test(path))).toEqual([
    'collector/',
    'kubernetes-eu-central-1/',
    'kv/',
    'log/',
    'people/',
    'pki-eu-central-1/',
    'transit/',
  ]);
});

describe('a snapshot', () => {
  let other: VaultServer;
  afterAll(() => other?.stop());

  const vault = async (server: VaultServer, token: string, ...args: readonly string[]) =>
    promisify(execFile)(await toolPath('vault'), ['operator', 'raft', 'snapshot', ...args], {
      env: { VAULT_ADDR: server.address.url, VAULT_CACERT: join(server.folder, 'ca.crt'), VAULT_TOKEN: token },
    });
  const tokenOf = async (client: VaultClient) =>
    stringAt((await client.expect({ path: 'auth/token/lookup-self' })).body, 'data', 'id') ?? '';

  test('[REC-2] of one Vault is read in a new one, with the key of the first and no other', async () => {
    await root.expect({ path: keyPath('acme'), body: { data: { value: 'sentinel-7f' } } });
    const file = join(region.vault.folder, 'snapshot');
    await vault(region.vault, await tokenOf(root), 'save', file);
    expect(statSync(file).size).toBeGreaterThan(1_000);
    other = await startVault({ env: region.world.issuer.env });
    const own = await other.init();
    await vault(other, await tokenOf(own), 'restore', '-force', file);
    // Its own shares open nothing any more.
    await expect(other.unseal()).rejects.toThrow();
    await other.nobody.ask({ path: 'sys/unseal', body: { reset: true } });
    await other.unseal(region.vault);
    const restored = other.nobody.as(await tokenOf(root));
    const { body } = await restored.expect({ path: keyPath('acme') });
    expect(stringAt(body, 'data', 'data', 'value')).toBe('sentinel-7f');
    expect((await own.ask({ path: keyPath('acme') })).status).toBe(403);
  });
});
