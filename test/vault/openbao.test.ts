import { join } from 'node:path';
import { newFolder } from '../../cluster/local/host-root';
import { rootTokens, signOn } from '../../cluster/vault/administrator';
import { retireVersions } from '../../cluster/vault/key-versions';
import { listAt, stringAt } from '../../constructs/core/json';
import { ownersRole, PEOPLE_MOUNT, workloadRole } from '../../constructs/vault/vault-names';
import { dev } from '../../stacks/environments/dev';
import { drun } from '../support/drun';
import { type StandInIssuer, startIssuer } from '../support/local/stand-in-issuer';
import type { Change } from '../support/vault/apply';
import { namespaceOf, TENANTS } from '../support/vault/environment';
import { type Holders, holders } from '../support/vault/holders';
import { capabilityMatrix, keyPath, logInAll, putKeys, readMatrix, type Workload } from '../support/vault/matrix';
import { ACCOUNT, patient, startRegion, type VaultRegion } from '../support/vault/region';
import { startVault, type VaultServer } from '../support/vault/vault-server';

jest.setTimeout(120_000);

/** Two families of names that begin alike. */
const SOME = TENANTS.slice(0, 10);

describe('OpenBao, told what Vault is told', () => {
  let region: VaultRegion;
  let workloads: readonly Workload[];
  let first: readonly Change[];
  beforeAll(async () => {
    region = await startRegion({ tenants: SOME, provider: 'openbao' });
    first = await region.configure(region.root);
    await putKeys(patient(region.root), SOME);
    workloads = await logInAll(region, SOME);
  }, 180_000);
  afterAll(async () => {
    await region?.stop();
  });

  test('[IAM-4] takes every object of the tree, and none again when the program runs again', async () => {
    expect(first.length).toBeGreaterThan(50);
    expect(first.filter((change) => change === 'unchanged')).toEqual([]);
    const again = await region.configure(region.root);
    expect(again.length).toBe(first.length);
    expect(again.filter((change) => change !== 'unchanged')).toEqual([]);
  });

  test('[ENC-3] gives each of ten tenants its own and nothing of another: the matrix is its diagonal', async () => {
    const found = await capabilityMatrix(region.root, workloads);
    expect(found.filter(({ from, to }) => from !== to)).toEqual([]);
    expect(found.length).toBe(2 * SOME.length);
    const { tried, read } = await readMatrix(workloads);
    expect(tried).toBe(SOME.length ** 2);
    expect(read).toEqual(SOME.map((tenant) => ({ from: tenant, to: tenant, what: `of ${tenant}` })));
  });

  test('[ENC-3] lets nobody log in for somebody else; the account that the role names logs in', async () => {
    const own = namespaceOf('acme');
    const taken = async (token: string) => (await region.login(workloadRole(own, ACCOUNT), token)) !== undefined;
    expect(await taken(await region.tokenOf(own))).toBe(true);
    expect(await taken(await region.tokenOf(namespaceOf('acme-lab')))).toBe(false);
    expect(await taken(await region.tokenOf(own, 'other'))).toBe(false);
    expect(await taken(await region.tokenOf(own, ACCOUNT, { audience: 'istio-ca' }))).toBe(false);
    expect(await taken(await region.tokenOf(own, ACCOUNT, { audience: '' }))).toBe(false);
  });

  test.each([
    ['with `..` from its own path', { path: 'kv/data/acme/../birch/api-key' }],
    ['with `+` for a tenant', { path: 'kv/data/+/api-key' }],
    ['by a list of all', { method: 'LIST' as const, path: 'kv/metadata/' }],
    ['by writing its own secret', { path: keyPath('acme'), body: { data: { value: 'mine' } } }],
    ['by a token with more policies', { path: 'auth/token/create', body: { policies: ['root'] } }],
    ['by naming itself otherwise', { path: 'identity/entity/name/acme', body: { metadata: { tenant: 'birch' } } }],
    ['by reading a key', { path: 'transit/export/encryption-key/backups' }],
    [
      'by an audit device of its own',
      { path: 'sys/audit/mine', body: { type: 'file', options: { file_path: '/tmp/x' } } },
    ],
  ])('[ENC-3] fails for a workload %s', async (_, call) => {
    const client = workloads.find(({ tenant }) => tenant === 'acme')?.client;
    const answer = await client?.ask(call);
    expect([307, 400, 403, 404, 405]).toContain(answer?.status);
    expect(JSON.stringify(answer?.body)).not.toContain('of birch');
  });

  test('[IAM-3] lets owners sign on with a second factor and write what they cannot read; without one they stay outside', async () => {
    const ada = { email: 'ada@acme.example', email_verified: true, groups: ['acme-owners'], aud: 'drun-vault' };
    const owner = async (amr: readonly string[]) => {
      const body = { role: ownersRole('acme'), jwt: await region.world.issuer.sign({ ...ada, amr }) };
      return patient(region.vault.nobody).ask({ path: `auth/${PEOPLE_MOUNT}/login`, body });
    };
    expect((await owner(['pwd'])).status).toBe(400);
    const { body } = await owner(['mfa']);
    const client = region.vault.nobody.as(stringAt(body, 'auth', 'client_token') ?? '');
    expect((await client.ask({ path: keyPath('acme'), body: { data: { value: 'of acme' } } })).status).toBe(200);
    expect((await client.ask({ path: keyPath('acme') })).status).toBe(403);
  });

  test('[MON-1] writes every request to the device of its configuration file, and no value of a secret', () => {
    const text = region.collector.events().join('\n');
    expect(text).toContain('"path":"kv/data/acme/api-key"');
    expect(text.includes('of acme')).toBe(false);
  });

  test('[ENC-3] retires versions of a key as its policy says', async () => {
    const key = { vault: region.root, mount: 'transit', name: 'backups' };
    const plaintext = Buffer.from('x').toString('base64');
    const sealed = async () => {
      const { body } = await region.root.expect({ path: 'transit/encrypt/backups', body: { plaintext } });
      return stringAt(body, 'data', 'ciphertext') ?? '';
    };
    const old = await sealed();
    await region.root.expect({ method: 'POST', path: 'transit/keys/backups/rotate' });
    const young = await sealed();
    const opens = async (ciphertext: string) =>
      (await region.root.ask({ path: 'transit/decrypt/backups', body: { ciphertext } })).status;
    expect([await opens(old), await opens(young)]).toEqual([200, 200]);
    const inThreeDays = Date.now() / 1000 + 3 * 86_400;
    expect((await retireVersions(key, { after: '2d' }, inThreeDays)).now).toBe(2);
    expect([await opens(old), await opens(young)]).toEqual([400, 200]);
  });
});

describe('drun vault bootstrap of an OpenBao', () => {
  let seal: VaultServer;
  let bao: VaultServer;
  let issuer: StandInIssuer;
  let people: Holders;
  beforeAll(async () => {
    people = holders(['ada', 'bo', 'cy']);
    issuer = await startIssuer(dev.access.issuer, 'drun-vault', newFolder());
    seal = await startVault({ provider: 'openbao' });
    const root = await seal.init();
    await root.expect({ path: 'sys/mounts/transit', body: { type: 'transit' } });
    await root.expect({ path: 'transit/keys/unseal', body: {} });
    const path = (verb: string) => `path "transit/${verb}/unseal" {\n  capabilities = ["update"]\n}`;
    await root.expect({ path: 'sys/policies/acl/seal', body: { policy: `${path('encrypt')}\n${path('decrypt')}` } });
    const { body } = await root.expect({
      path: 'auth/token/create-orphan',
      body: { policies: ['seal'], period: '24h' },
    });
    const token = stringAt(body, 'auth', 'client_token') ?? '';
    const transit = {
      ...{ address: seal.address.url, mount_path: 'transit/', key_name: 'unseal' },
      tls_ca_cert: join(seal.folder, 'ca.crt'),
    };
    bao = await startVault({
      provider: 'openbao',
      seal: { transit },
      env: { ...issuer.env, BAO_TOKEN: token, VAULT_TOKEN: token },
    });
  });
  afterAll(async () => {
    await bao?.stop();
    await seal?.stop();
    await issuer?.stop();
    people?.stop();
  });

  const ada = { email: 'ada@dev.drun.example', email_verified: true, groups: ['platform-admins'] };

  test('[IAM-4] leaves an administrator who signs on with a second factor, and no root token; a second run does nothing', async () => {
    const files = people.files.flatMap((file) => ['--holder', file]);
    const place = [
      '--address',
      bao.address.url,
      '--ca',
      join(bao.folder, 'ca.crt'),
      '--out',
      join(bao.folder, 'keys.json'),
    ];
    const env = { DRUN_ID_TOKEN: await issuer.sign({ ...ada, amr: ['mfa'] }) };
    const run = async () => {
      const { code, out, err } = await drun(['vault', 'bootstrap', 'dev', ...place, ...files, '--json'], { env });
      const steps = listAt(JSON.parse(out), 'steps').map((one) => `${stringAt(one, 'step')} ${stringAt(one, 'done')}`);
      return { code, err, steps };
    };
    expect(await run()).toMatchObject({
      code: 0,
      err: '',
      steps: expect.arrayContaining(['init now', 'revoke-root now']),
    });
    expect(await run()).toMatchObject({
      code: 0,
      steps: expect.arrayContaining(['init before', 'revoke-root before']),
    });
    const signed = await signOn(bao.nobody, env.DRUN_ID_TOKEN);
    if ('refused' in signed) throw new Error(signed.refused);
    expect(await rootTokens(signed.admin)).toEqual([]);
    const weak = await signOn(bao.nobody, await issuer.sign({ ...ada, amr: ['pwd'] }));
    expect(weak).toMatchObject({ refused: expect.stringMatching(/^4/) });
  });
});
