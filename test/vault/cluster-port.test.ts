import { once } from 'node:events';
import { connect as connectPlain, createServer } from 'node:net';
import { connect } from 'node:tls';
import type { VaultClient } from '../../cluster/vault/client';
import { stringAt } from '../../constructs/core/json';
import { until } from '../support/attacks/arena';
import { startVault, type VaultServer } from '../support/vault/vault-server';

const SUITES = 'TLS_AES_128_GCM_SHA256,TLS_AES_256_GCM_SHA384,TLS_CHACHA20_POLY1305_SHA256';

let leader: VaultServer;
let other: VaultServer;
let set: VaultServer;
let root: VaultClient;

beforeAll(async () => {
  [leader, other, set] = await Promise.all([startVault(), startVault(), startVault({ clusterSuites: SUITES })]);
  root = await leader.init();
  await set.init();
  await other.join(leader);
  for (const key of leader.shares().slice(0, 2)) await other.nobody.expect({ path: 'sys/unseal', body: { key } });
  await until('it stands by', async () => (await other.nobody.ask({ path: 'sys/health' })).status === 429);
});

afterAll(() => Promise.all([leader, other, set].map((one) => one?.stop())));

/** First byte of what a server says: a message of the handshake, or an alert (RFC 8446, 5.1). */
const RECORD: Readonly<Record<number, string>> = { 22: 'speaks', 21: 'refuses' };

/** What the port for other servers says to a caller of one version, who has no certificate: refused for that he is later. */
async function call(
  { clusterPort }: VaultServer,
  version: 'TLSv1.2' | 'TLSv1.3',
): Promise<{ readonly first: string; readonly end: string }> {
  let first: number | undefined;
  const relay = createServer((near) => {
    const far = connectPlain(clusterPort, '127.0.0.1');
    far.on('data', (piece: Buffer) => {
      first ??= piece[0];
      near.write(piece);
    });
    near.on('data', (piece) => far.write(piece)).on('close', () => far.destroy());
    for (const one of [near, far]) one.on('error', () => undefined);
    far.on('close', () => near.end());
  });
  relay.listen(0, '127.0.0.1');
  await once(relay, 'listening');
  const address = relay.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const protocols = { ALPNProtocols: ['req_fw_sb-act_v1'], minVersion: version, maxVersion: version } as const;
  // Servers make their certificates themselves; here the question is who speaks which version.
  const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false, ...protocols });
  const end = await new Promise<string>((resolve) => {
    socket.on('error', (error) => resolve('code' in error ? String(error.code) : error.message));
    socket.on('end', () => resolve('taken'));
  });
  socket.destroy();
  relay.close();
  return { first: RECORD[first ?? 0] ?? 'nothing', end };
}

test.each(['TLSv1.2', 'TLSv1.3'] as const)(
  '[ENC-1] fails for a caller without a certificate of the servers, who comes with %s',
  async (version) => {
    expect(await call(leader, version)).toEqual({ first: 'speaks', end: expect.stringMatching(/^ERR_SSL_\w*ALERT/) });
  },
);

// Were it to turn red, the platform could set the same and have TLS 1.3 alone between servers.
test('[ENC-1] Vault reads a setting for suites of TLS 1.3 alone, and speaks TLS 1.2 between servers nevertheless', async () => {
  expect(await call(set, 'TLSv1.2')).toMatchObject({ first: 'speaks' });
});

test('[ENC-1] servers reach each other: one that stands by has what was written, and passes on what it is asked', async () => {
  await root.expect({ path: 'sys/mounts/kv', body: { type: 'kv' } });
  const standby = other.nobody.as(
    stringAt((await root.expect({ path: 'auth/token/lookup-self' })).body, 'data', 'id') ?? '',
  );
  await until('it knows the mount', async () => (await standby.ask({ path: 'sys/mounts/kv' })).status === 200);
  await standby.expect({ path: 'kv/passed-on', body: { value: 'by the other' } });
  const { body } = await root.expect({ path: 'kv/passed-on' });
  expect(stringAt(body, 'data', 'value')).toBe('by the other');
});
