import { setTimeout as sleep } from 'node:timers/promises';
import type { VaultClient } from '../../cluster/vault/client';
import { retireVersions } from '../../cluster/vault/key-versions';
import { numberAt, stringAt } from '../../constructs/core/json';
import { databaseName, databaseRole, workloadRole } from '../../constructs/vault/vault-names';
import { until } from '../support/attacks/arena';
import { DATABASE_TENANT, namespaceOf } from '../support/vault/environment';
import { type Postgresql, startPostgresql } from '../support/vault/postgresql';
import { ACCOUNT, patient, startRegion, type VaultRegion } from '../support/vault/region';

const CONNECTION = `database/config/${databaseName(DATABASE_TENANT, 'orders')}`;
const WRITER = databaseRole(DATABASE_TENANT, 'orders', 'writer');
const READER = databaseRole(DATABASE_TENANT, 'orders', 'reader');
const GIVEN = { username: 'vault', password: 'given-by-hand-once' };

let database: Postgresql;
let region: VaultRegion;
let root: VaultClient;
let acme: VaultClient;
let firstRun: string;

beforeAll(async () => {
  database = await startPostgresql();
  database.sql(`CREATE ROLE vault LOGIN CREATEROLE PASSWORD '${GIVEN.password}'`);
  database.sql('CREATE ROLE orders_reader; GRANT orders_reader TO vault; CREATE ROLE orders_writer LOGIN');
  database.sql(
    'CREATE TABLE orders (id int); GRANT SELECT ON orders TO orders_reader; GRANT ALL ON orders TO orders_writer',
  );
  region = await startRegion({ tenants: [DATABASE_TENANT, 'birch'], database });
  root = patient(region.root);
  firstRun = await region.configure(root).then(() => 'done', String);
  await root.expect({ path: CONNECTION, body: { ...GIVEN, verify_connection: true } });
  await region.configure(root);
  const own = namespaceOf(DATABASE_TENANT);
  const client = await region.login(workloadRole(own, ACCOUNT), await region.tokenOf(own));
  if (client === undefined) throw new Error('the workload cannot log in');
  acme = client;
}, 180_000);

afterAll(async () => {
  await region?.stop();
  await database?.stop();
});

interface Credentials {
  readonly username: string;
  readonly password: string;
}

async function credentials(path: string): Promise<Credentials & { readonly lease: string }> {
  const { body } = await acme.expect({ path: `database/${path}` });
  return {
    username: stringAt(body, 'data', 'username') ?? '',
    password: stringAt(body, 'data', 'password') ?? '',
    lease: stringAt(body, 'lease_id') ?? '',
  };
}

const works = (who: Credentials) => database.as(who, 'SELECT count(*) FROM orders') !== undefined;

describe('an account of a database', () => {
  test('[ENC-3] waits for the administrator’s password: the first run stops there, and the next one goes on', () => {
    expect(firstRun).toMatch(/database\/static-roles\/acme\.orders\.writer: [45]00/);
  });

  test('[ENC-3] the administrator’s password that a person gave is replaced by one that nobody knows', async () => {
    expect(database.as(GIVEN, 'SELECT 1')).toBe('1');
    await root.expect({ method: 'POST', path: `database/rotate-root/${databaseName(DATABASE_TENANT, 'orders')}` });
    expect(database.as(GIVEN, 'SELECT 1')).toBeUndefined();
    const { body } = await root.expect({ path: CONNECTION });
    expect(JSON.stringify(body)).not.toContain(GIVEN.password);
    expect(works(await credentials(`static-creds/${WRITER}`))).toBe(true);
  });

  test('[ENC-3] that stays gets a new password by itself; the old one dies, and a consumer that asks again keeps working', async () => {
    // The platform’s shortest period is an hour; Vault’s is five seconds.
    const path = `database/static-roles/${WRITER}`;
    const account = { username: 'orders_writer', db_name: databaseName(DATABASE_TENANT, 'orders') };
    await root.expect({ path, body: { ...account, rotation_period: 5 } });
    const seen = [await credentials(`static-creds/${WRITER}`)];
    let [asked, served] = [0, 0];
    await until('two new passwords', async () => {
      asked += 1;
      let current = seen.at(-1) ?? (await credentials(`static-creds/${WRITER}`));
      // For a moment the database has the new password and Vault still gives out the old one: a consumer asks again for some seconds.
      for (const end = performance.now() + 5_000; !works(current) && performance.now() < end; ) {
        current = await credentials(`static-creds/${WRITER}`);
        if (seen.at(-1)?.password !== current.password) seen.push(current);
        else await sleep(100);
      }
      if (works(current)) served += 1;
      await sleep(100);
      return seen.length > 2;
    });
    await root.expect({ path, body: { ...account, rotation_period: 3600 } });
    expect(served).toBe(asked);
    expect(new Set(seen.map(({ password }) => password)).size).toBe(3);
    expect(seen.slice(0, 2).map(works)).toEqual([false, false]);
    expect(works(await credentials(`static-creds/${WRITER}`))).toBe(true);
  });

  test('[ENC-3] that ends with its lease may do what its role may, is one of its own, and dies', async () => {
    const [one, other] = [await credentials(`creds/${READER}`), await credentials(`creds/${READER}`)];
    expect(one.username).not.toBe(other.username);
    expect([one, other].map(works)).toEqual([true, true]);
    expect(database.as(one, 'DELETE FROM orders')).toBeUndefined();
    await acme.expect({ method: 'PUT', path: 'sys/leases/revoke', body: { lease_id: one.lease, sync: true } });
    expect([one, other].map(works)).toEqual([false, true]);
  });

  test('[ENC-3] fails for another tenant', async () => {
    const birch = namespaceOf('birch');
    const client = await region.login(workloadRole(birch, ACCOUNT), await region.tokenOf(birch));
    for (const path of [`static-creds/${WRITER}`, `creds/${READER}`, 'config', 'roles'])
      expect((await client?.ask({ path: `database/${path}` }))?.status).toBe(403);
  });
});

describe('a key', () => {
  const encrypt = async (text: string) =>
    stringAt(
      (
        await root.expect({
          path: 'transit/encrypt/backups',
          body: { plaintext: Buffer.from(text).toString('base64') },
        })
      ).body,
      'data',
      'ciphertext',
    ) ?? '';
  const decrypt = async (ciphertext: string) => {
    const { status, body } = await root.ask({ path: 'transit/decrypt/backups', body: { ciphertext } });
    return status === 200 ? Buffer.from(stringAt(body, 'data', 'plaintext') ?? '', 'base64').toString() : status;
  };

  test('[ENC-3] has a period after which it rotates, and is never given out', async () => {
    const { body } = await root.expect({ path: 'transit/keys/backups' });
    expect(numberAt(body, 'data', 'auto_rotate_period')).toBe(30 * 24 * 3600);
    expect((await root.ask({ path: 'transit/export/encryption-key/backups' })).status).toBe(400);
    expect((await root.ask({ path: 'transit/backup/backups' })).status).toBe(500);
    expect((await root.ask({ method: 'DELETE', path: 'transit/keys/backups' })).status).toBe(400);
  });

  test('[ENC-3] rotates: old texts open until the policy retires their version, and those encrypted anew still do', async () => {
    const old = await encrypt('before');
    await root.expect({ method: 'POST', path: 'transit/keys/backups/rotate' });
    const young = await encrypt('after');
    expect([old, young].map((text) => text.slice(0, 8))).toEqual(['vault:v1', 'vault:v2']);
    expect([await decrypt(old), await decrypt(young)]).toEqual(['before', 'after']);
    const { body } = await root.expect({ path: 'transit/rewrap/backups', body: { ciphertext: old } });
    const anew = stringAt(body, 'data', 'ciphertext') ?? '';
    const key = { vault: root, mount: 'transit', name: 'backups' };
    const [tomorrow, inThreeDays] = [1, 3].map((days) => Date.now() / 1000 + days * 24 * 3600);
    expect(await retireVersions(key, { after: '2d' }, tomorrow ?? 0)).toMatchObject({ before: 1, now: 1 });
    expect([await decrypt(old), await decrypt(young)]).toEqual(['before', 'after']);
    expect(await retireVersions(key, { after: '2d' }, inThreeDays ?? 0, { dryRun: true })).toMatchObject({ now: 2 });
    expect(await decrypt(old)).toBe('before');
    expect(await retireVersions(key, { after: '2d' }, inThreeDays ?? 0)).toMatchObject({ before: 1, now: 2 });
    expect([await decrypt(old), await decrypt(young), await decrypt(anew)]).toEqual([400, 'after', 'before']);
  });
});
