import { execFile } from 'node:child_process';
import { copyFileSync, existsSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { newFolder } from '../../cluster/local/host-root';
import type { VaultClient } from '../../cluster/vault/client';
import { type RestoreMark, type RestoreStep, restoreVault } from '../../cluster/vault/restore';
import { besideSnapshot } from '../../cluster/vault/snapshot';
import { listAt, recordAt, stringAt } from '../../constructs/core/json';
import { dev } from '../../stacks/environments/dev';
import { toolPath } from '../../tools/provide';
import { until } from '../support/attacks/arena';
import { drun, type Ran } from '../support/drun';
import { type StandInIssuer, startIssuer } from '../support/local/stand-in-issuer';
import { writeTenants } from '../support/vault/environment';
import { configureVault, patient } from '../support/vault/region';
import { type SealServer, startSeal } from '../support/vault/seal-server';
import { type Collector, startCollector } from '../support/vault/surroundings';
import { startVault, type VaultServer } from '../support/vault/vault-server';

jest.setTimeout(120_000);

const ADA = { email: 'ada@dev.drun.example', email_verified: true, groups: ['platform-admins'], amr: ['mfa'] };
/** Secrets besides the sentinel, so that there is something to restore. */
const SECRETS = 400;
const SENTINEL = 'kv/data/acme/api-key';

let seals: SealServer;
let issuer: StandInIssuer;
let source: VaultServer;
let root: VaultClient;
let collector: Collector;
/** Of two moments. */
let early: string;
let late: string;
const started: VaultServer[] = [];

async function sealed(key = 'unseal'): Promise<VaultServer> {
  const server = await startVault({ seal: seals.stanza(key), env: { ...issuer.env, ...seals.env } });
  started.push(server);
  return server;
}

const leads = ({ nobody }: VaultServer) =>
  until('it leads', async () => (await nobody.ask({ path: 'sys/health' })).status === 200);

const tokenOf = async (client: VaultClient) =>
  stringAt((await client.expect({ path: 'auth/token/lookup-self' })).body, 'data', 'id') ?? '';

/** What the job does (test/vault/snapshots.test.ts), by hand. */
async function take(name: string): Promise<string> {
  const folder = newFolder();
  const env = {
    VAULT_ADDR: source.address.url,
    VAULT_CACERT: join(source.folder, 'ca.crt'),
    VAULT_TOKEN: await tokenOf(root),
    PATH: `${dirname(await toolPath('vault'))}:${process.env.PATH}`,
  };
  const script = `vault status -format=json > ${name}.json && vault operator raft snapshot save ${name}.snap && sha256sum ${name}.snap ${name}.json > ${name}.sha256`;
  await promisify(execFile)('/bin/sh', ['-euc', script], { cwd: folder, env });
  return join(folder, `${name}.snap`);
}

beforeAll(async () => {
  issuer = await startIssuer(dev.access.issuer, 'drun-vault', newFolder());
  seals = await startSeal(['unseal', 'other']);
  source = await sealed();
  const { body } = await source.nobody.expect({
    path: 'sys/init',
    body: { recovery_shares: 1, recovery_threshold: 1 },
  });
  root = patient(source.nobody.as(stringAt(body, 'root_token') ?? ''));
  await leads(source);
  await source.registerPlugins(root);
  const tenants = newFolder();
  collector = await startCollector();
  writeTenants(tenants, ['acme'], false);
  const apiServer = { url: 'https://127.0.0.1:1', authority: '' };
  await configureVault(root, tenants, { apiServer, reviewer: 'x', collector: collector.address });
  // A Vault that is restored starts its audit devices again, and stops where it reaches none of them.
  await write('first');
  early = await take('20261128T060700Z');
  await write('second');
  for (let i = 0; i < SECRETS; i += 1) {
    await root.expect({ path: `kv/data/acme/many-${i}`, body: { data: { value: 'x'.repeat(2_000) } } });
  }
  late = await take('20261128T070700Z');
}, 240_000);

afterAll(async () => {
  await Promise.all(started.map((one) => one.stop()));
  await seals?.server.stop();
  await issuer?.stop();
  await collector?.stop();
});

const write = (value: string) => root.expect({ path: SENTINEL, body: { data: { value } } });
const sentinelIn = async (server: VaultServer) =>
  stringAt((await server.nobody.as(await tokenOf(root)).ask({ path: SENTINEL })).body, 'data', 'data', 'value');
const idToken = () => issuer.sign(ADA);
const initialized = async ({ nobody }: VaultServer) =>
  (await nobody.expect({ path: 'sys/seal-status' })).body.initialized;

/** The command as a person types it. */
function restore(
  server: VaultServer,
  snapshot: string,
  more: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<Ran> {
  const place = ['--address', server.address.url, '--ca', join(server.folder, 'ca.crt'), '--snapshot', snapshot];
  return drun(['vault', 'restore', 'dev', ...place, ...more, '--json'], { env });
}

const codesOf = ({ out }: Ran): readonly unknown[] =>
  listAt(JSON.parse(out), 'problems').map((one) => recordAt(one).code);
const stepsOf = ({ out }: Ran): readonly string[] =>
  listAt(JSON.parse(out), 'steps').map((one) => `${stringAt(one, 'step')} ${stringAt(one, 'done')}`);

/** The three files of a snapshot once more, to be changed. */
function copyOf(snapshot: string): string {
  const folder = newFolder();
  const { state, hashes } = besideSnapshot(snapshot);
  for (const file of [snapshot, state, hashes]) copyFileSync(file, join(folder, basename(file)));
  return join(folder, basename(snapshot));
}

describe('drun vault restore', () => {
  let empty: VaultServer;
  let restored: VaultServer;

  test.each([
    [
      'was changed in one byte',
      (file: string) => {
        const bytes = readFileSync(file);
        bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
        writeFileSync(file, bytes);
      },
    ],
    ['was cut short', (file: string) => truncateSync(file, 1_000)],
    ['is another one than its hashes are of', (file: string) => copyFileSync(early, file)],
    [
      'says that it is of another moment',
      (file: string) => copyFileSync(besideSnapshot(early).state, besideSnapshot(file).state),
    ],
    ['has no hashes', (file: string) => rmSync(besideSnapshot(file).hashes)],
    ['does not say what it is of', (file: string) => rmSync(besideSnapshot(file).state)],
  ])('[BDR-3] fails for a snapshot that %s, before anything is touched', async (_, change) => {
    empty ??= await sealed();
    const copy = copyOf(late);
    change(copy);
    const ran = await restore(empty, copy);
    expect([ran.code, codesOf(ran), await initialized(empty)]).toEqual([2, ['VB007'], false]);
  });

  test('[BDR-3] fails where the hashes of the two regions differ', async () => {
    const forged = copyOf(early);
    const other = join(dirname(forged), 'other.sha256');
    writeFileSync(
      other,
      readFileSync(besideSnapshot(forged).hashes, 'utf8').replace(/^./, (one) => (one === '0' ? '1' : '0')),
    );
    const ran = await restore(empty, forged, ['--sha256', besideSnapshot(forged).hashes, '--sha256', other]);
    expect([codesOf(ran), await initialized(empty)]).toEqual([['VB007'], false]);
  });

  test('[BDR-2] fails in a region that has another key, by what the environment says and by what Vault says', async () => {
    const place = ['--address', empty.address.url, '--snapshot', late];
    const asia = await drun([
      'vault',
      'restore',
      'prod',
      '--from',
      'ap-southeast-1',
      '--region',
      'eu-west-1',
      ...place,
      '--json',
    ]);
    expect(codesOf(asia)).toEqual(['VB008']);
    const missing = ['--address', empty.address.url, '--snapshot', 'missing.snap', '--json'];
    const europe = await drun([
      'vault',
      'restore',
      'prod',
      '--from',
      'eu-central-1',
      '--region',
      'eu-west-1',
      ...missing,
    ]);
    // Allowed there, so that it comes to the next question.
    expect(codesOf(europe)).toEqual(['VB007']);
    const apart = await restore(await sealed('other'), late);
    expect(codesOf(apart)).toEqual(['VB008']);
    const shares = await startVault();
    started.push(shares);
    expect([codesOf(await restore(shares, late)), await initialized(shares)]).toEqual([['VB002'], false]);
  });

  test('[BDR-2] brings an empty Vault to what the other held, and an administrator signs on there', async () => {
    const begun = performance.now();
    const ran = await restore(empty, copyOf(early), [], { DRUN_ID_TOKEN: await idToken() });
    const seconds = (performance.now() - begun) / 1000;
    expect(ran.err.replace(/^[^\n]*:.*\n/gm, '')).not.toContain('Error');
    // Vault may answer before or after it has opened itself.
    expect([ran.code, stepsOf(ran).filter((step) => !step.startsWith('unseal'))]).toEqual([
      0,
      ['verify now', 'init now', 'compare now', 'restore now', 'sentinel now'],
    ]);
    restored = empty;
    expect(await sentinelIn(restored)).toBe('first');
    expect(ran.out).toContain('an administrator signed on');
    expect(ran.out).not.toMatch(/hvs\.|eyJ/);
    process.stderr.write(`restore of ${readFileSync(early).length} bytes: ${seconds.toFixed(1)} s\n`);
  });

  test('[BDR-3] goes forward without a question, and fails to go back without a reason', async () => {
    const env = { VAULT_TOKEN: await tokenOf(root) };
    const begun = performance.now();
    const forward = await restore(restored, copyOf(late), [], env);
    process.stderr.write(
      `restore of ${readFileSync(late).length} bytes: ${((performance.now() - begun) / 1000).toFixed(1)} s\n`,
    );
    expect([forward.code, await sentinelIn(restored)]).toEqual([0, 'second']);
    expect(codesOf(await restore(restored, copyOf(early)))).toEqual(['VB010']);
    expect(codesOf(await restore(restored, copyOf(early), [], env))).toEqual(['VB009']);
    expect((await restore(restored, copyOf(early), ['--replace', 'short'], env)).code).toBe(2);
    expect(await sentinelIn(restored)).toBe('second');
    const back = await restore(restored, copyOf(early), ['--replace', 'the later writes were a mistake'], env);
    expect([back.code, await sentinelIn(restored)]).toEqual([0, 'first']);
    expect(back.out).toContain('the later writes were a mistake');
  });

  test('[BDR-3] fails for a Vault that holds something else, and takes one that holds nothing', async () => {
    const foreign = await sealed();
    const { body } = await foreign.nobody.expect({
      path: 'sys/init',
      body: { recovery_shares: 1, recovery_threshold: 1 },
    });
    const own = patient(foreign.nobody.as(stringAt(body, 'root_token') ?? ''));
    await leads(foreign);
    const env = { VAULT_TOKEN: await tokenOf(own) };
    await own.expect({ path: 'sys/mounts/kv', body: { type: 'kv' } });
    expect(codesOf(await restore(foreign, copyOf(late), [], env))).toEqual(['VB009']);
    await own.expect({ method: 'DELETE', path: 'sys/mounts/kv' });
    expect((await restore(foreign, copyOf(late), [], env)).code).toBe(0);
    expect(await sentinelIn(foreign)).toBe('second');
  });

  test('[REC-2] that was interrupted is run again: before Vault has it all, and after', async () => {
    const target = await sealed();
    const snapshot = copyOf(late);
    const marks = marksOf();
    const run = (stop: RestoreStep | undefined, then: () => Promise<void> = async () => undefined) =>
      restoreVault({
        ...{ vault: target.nobody, file: snapshot, hashes: [besideSnapshot(snapshot).hashes], marks },
        onStep: (step) => {
          if (step !== stop) return;
          void then();
          if (step !== 'restore') throw new Error('killed');
        },
      });
    await expect(run('unseal')).rejects.toThrow('killed');
    const again = await run(undefined);
    expect(again.map(({ step, done }) => `${step} ${done}`).slice(1, 2)).toEqual(['restore before']);
    expect(await sentinelIn(target)).toBe('second');
    // In the middle of the next one the server itself is lost: it comes back as it was, or with all of it.
    const env = { VAULT_TOKEN: await tokenOf(root) };
    const why = ['--replace', 'a rehearsal of the loss of a server'];
    const back = copyOf(early);
    let killed = Promise.resolve();
    const lost = restoreVault({
      ...{ vault: target.nobody, file: back, hashes: [besideSnapshot(back).hashes], marks: marksOf() },
      ...{ rootToken: env.VAULT_TOKEN, replace: 'a rehearsal of the loss of a server' },
      onStep: (step) => {
        if (step === 'restore') killed = target.kill();
      },
    });
    await expect(lost).rejects.toThrow();
    await killed;
    await target.start();
    await leads(target);
    expect((await restore(target, back, why, env)).code).toBe(0);
    expect(await sentinelIn(target)).toBe('first');
    expect(existsSync(`${back}.restore.json`)).toBe(true);
  });
});

function marksOf() {
  let mark: RestoreMark | undefined;
  return {
    read: () => mark,
    write: (next: RestoreMark) => {
      mark = next;
    },
  };
}
