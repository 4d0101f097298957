import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { newFolder } from '../../cluster/local/host-root';
import { rootTokens, signOn } from '../../cluster/vault/administrator';
import { bootstrapVault } from '../../cluster/vault/bootstrap';
import { listAt, recordAt, stringAt } from '../../constructs/core/json';
import { administratorGrants } from '../../constructs/vault/administrators';
import { policyText } from '../../constructs/vault/vault-policy';
import { dev } from '../../stacks/environments/dev';
import { until } from '../support/attacks/arena';
import { drun, type Ran } from '../support/drun';
import { type StandInIssuer, startIssuer } from '../support/local/stand-in-issuer';
import { writeTenants } from '../support/vault/environment';
import { type Holders, holders } from '../support/vault/holders';
import { configureVault, patient } from '../support/vault/region';
import { startSeal } from '../support/vault/seal-server';
import { startCollector } from '../support/vault/surroundings';
import { startVault, type VaultServer } from '../support/vault/vault-server';

jest.setTimeout(120_000);

const ADA = { email: 'ada@dev.drun.example', email_verified: true, groups: ['platform-admins'], amr: ['mfa'] };

let seal: VaultServer;
let vault: VaultServer;
let issuer: StandInIssuer;
let people: Holders;
let out: string;

beforeAll(async () => {
  const folder = newFolder();
  out = join(folder, 'recovery-keys.json');
  people = holders(['ada', 'bo', 'cy']);
  issuer = await startIssuer(dev.access.issuer, 'drun-vault', folder);
  const seals = await startSeal(['unseal']);
  seal = seals.server;
  vault = await startVault({ seal: seals.stanza('unseal'), env: { ...issuer.env, ...seals.env } });
});

afterAll(async () => {
  await vault?.stop();
  await seal?.stop();
  await issuer?.stop();
  people?.stop();
});

/** The command as a person types it. */
async function bootstrap(
  more: { readonly env?: Readonly<Record<string, string>>; readonly holders?: number } = {},
): Promise<Ran> {
  const files = people.files.slice(0, more.holders ?? 3).flatMap((file) => ['--holder', file]);
  const place = ['--address', vault.address.url, '--ca', join(vault.folder, 'ca.crt'), '--out', out];
  const env = { DRUN_ID_TOKEN: await idToken(), ...more.env };
  return drun(['vault', 'bootstrap', 'dev', ...place, ...files, '--json'], { env });
}

const idToken = (claims: object = {}) => issuer.sign({ ...ADA, ...claims });

const stepsOf = ({ out: text }: Ran): readonly string[] => {
  const document: unknown = JSON.parse(text);
  return listAt(document, 'steps').map((one) => `${stringAt(one, 'step')} ${stringAt(one, 'done')}`);
};

const codesOf = ({ out: text }: Ran): readonly unknown[] =>
  listAt(JSON.parse(text), 'problems').map((one) => recordAt(one).code);

const isInitialized = async (one: VaultServer): Promise<unknown> =>
  (await one.nobody.expect({ path: 'sys/seal-status' })).body.initialized;

/** What the holders of two recovery keys do together: a root token, from what was sealed for them. */
async function generateRoot(): Promise<string> {
  const shares = listAt(JSON.parse(readFileSync(out, 'utf8')), 'shares').map((one) => stringAt(one, 'share') ?? '');
  const { body: attempt } = await vault.nobody.expect({ path: 'sys/generate-root/attempt', body: {} });
  const [nonce, otp] = [stringAt(attempt, 'nonce') ?? '', stringAt(attempt, 'otp') ?? ''];
  let encoded = '';
  for (const share of shares.slice(1)) {
    const key = Buffer.from(people.open(share), 'hex').toString('base64');
    const { body } = await vault.nobody.expect({ path: 'sys/generate-root/update', body: { key, nonce } });
    encoded = stringAt(body, 'encoded_token') ?? encoded;
  }
  const bytes = Buffer.from(encoded, 'base64');
  return Buffer.from(bytes.map((byte, at) => byte ^ otp.charCodeAt(at))).toString();
}

describe('drun vault bootstrap', () => {
  test('[ENC-3] fails for a Vault without a seal, for two holders and without a token of a person; nothing is made', async () => {
    const unsealed = await startVault();
    const place = ['--address', unsealed.address.url, '--ca', join(unsealed.folder, 'ca.crt')];
    const env = { DRUN_ID_TOKEN: await idToken() };
    const shamir = await drun(['vault', 'bootstrap', 'dev', ...place, '--json'], { env });
    expect([shamir.code, codesOf(shamir), await isInitialized(unsealed)]).toEqual([2, ['VB002'], false]);
    await unsealed.stop();
    expect(codesOf(await bootstrap({ holders: 2 }))).toEqual(['VB003']);
    expect(codesOf(await bootstrap({ env: { DRUN_ID_TOKEN: '' } }))).toEqual(['VB005']);
    expect([await isInitialized(vault), existsSync(out)]).toEqual([false, false]);
  });

  test('[IAM-4] that stops after the first step says what to do, and goes on with a root token that holders made', async () => {
    const { audience, mfa } = { audience: 'drun-vault', mfa: { claim: 'amr', values: ['mfa'] } };
    const policy = policyText(administratorGrants('eu-central-1'));
    const administrators = { issuer: dev.access.issuer, audience, mfa, groups: ['platform-admins'], policy };
    // The keys are kept, and then the process ends with the root token in its memory.
    const keep = (sealed: readonly string[]) => {
      const shares = sealed.map((share) => ({ share }));
      writeFileSync(out, JSON.stringify({ shares }), { mode: 0o600 });
      throw new Error('killed');
    };
    const killed = bootstrapVault({
      ...{ vault: vault.nobody, administrators, holders: people.keys, idToken: await idToken() },
      keeper: { ready: () => undefined, keep },
    });
    await expect(killed).rejects.toThrow('killed');
    expect(codesOf(await bootstrap())).toEqual(['VB004']);
    const root = await generateRoot();
    expect(root).toMatch(/^hvs\./);
    const bad = await bootstrap({ env: { VAULT_TOKEN: root, DRUN_ID_TOKEN: await idToken({ amr: ['pwd'] }) } });
    expect([bad.code, codesOf(bad)]).toEqual([2, ['VB005']]);
    await vault.registerPlugins(vault.nobody.as(root));
    // The root token of this run is not told, and found and revoked nevertheless.
    const done = await bootstrap();
    expect(done.err).toBe('');
    expect(stepsOf(done)).toEqual([
      'init before',
      'unseal before',
      'administrator before',
      'sign-on now',
      'revoke-root now',
    ]);
    expect((await vault.nobody.as(root).ask({ path: 'auth/token/lookup-self' })).status).toBe(403);
  });

  test('[IAM-4] that runs again does nothing again', async () => {
    const again = await bootstrap();
    expect([again.code, stepsOf(again)]).toEqual([
      0,
      ['init before', 'unseal before', 'administrator before', 'sign-on now', 'revoke-root before'],
    ]);
    expect(again.out).not.toMatch(/hvs\.|eyJ/);
  });

  test('[IAM-4] leaves no root token, and an administrator who configures everything that the platform places', async () => {
    const signed = await signOn(vault.nobody, await idToken());
    if ('refused' in signed) throw new Error(signed.refused);
    expect(await rootTokens(signed.admin)).toEqual([]);
    const [tenants, collector] = [newFolder(), await startCollector()];
    writeTenants(tenants, ['birch'], false);
    const around = {
      apiServer: { url: 'https://127.0.0.1:1', authority: '' },
      reviewer: 'x',
      collector: collector.address,
    };
    const changes = await configureVault(patient(signed.admin), tenants, around).finally(() => collector.stop());
    expect(changes.length).toBeGreaterThan(20);
    expect(changes.filter((change) => change === 'unchanged')).toEqual([]);
  });

  test.each([
    ['of another group', { groups: ['platform-viewers'] }],
    ['without a second factor', { amr: ['pwd'] }],
    ['without a verified address', { email_verified: false }],
    ['for another audience', { aud: 'drun-platform' }],
  ])('[IAM-3] fails for people %s', async (_, claims) => {
    expect(await signOn(vault.nobody, await idToken(claims))).toMatchObject({ refused: expect.stringMatching(/^4/) });
  });

  test('[ENC-3] has a Vault that stays shut while its seal is away, and opens by itself once it is back', async () => {
    const open = async () =>
      (await vault.nobody.ask({ path: 'sys/health?standbyok=true' }).catch(() => undefined))?.status;
    await Promise.all([vault.kill(), seal.kill()]);
    const started = vault.start().catch(() => undefined);
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    expect(await open()).not.toBe(200);
    await seal.start();
    await seal.unseal();
    await started;
    // Where it gave up in the meantime, whatever keeps it running starts it again.
    await vault.start();
    await until('it is open', async () => (await open()) === 200);
  });

  test('[ENC-3] keeps the recovery keys for the eyes of one user, sealed', async () => {
    expect(statSync(out).mode & 0o077).toBe(0);
    for (const one of listAt(JSON.parse(readFileSync(out, 'utf8')), 'shares'))
      expect(people.open(stringAt(one, 'share') ?? '')).toMatch(/^[0-9a-f]{66}$/);
  });
});
