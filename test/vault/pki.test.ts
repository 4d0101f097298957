import { X509Certificate } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { VaultClient } from '../../cluster/vault/client';
import { listAt, stringAt } from '../../constructs/core/json';
import { pkiMount, workloadRole } from '../../constructs/vault/vault-names';
import { namespaceOf, REGION } from '../support/vault/environment';
import { signIntermediate } from '../support/vault/intermediate';
import { leafRequest, type OfflineRoot, offlineRoot } from '../support/vault/offline-root';
import { ACCOUNT, patient, startRegion, type VaultRegion } from '../support/vault/region';
import { handshake, type Served } from '../support/vault/tls';

const MOUNT = pkiMount(REGION);
const NAME = `api.${namespaceOf('acme')}.svc`;

let region: VaultRegion;
let safe: OfflineRoot;
let acme: VaultClient;

beforeAll(async () => {
  region = await startRegion({ tenants: ['acme', 'birch'] });
  await region.configure(region.root);
  safe = await offlineRoot('drun test root');
  await signIntermediate(patient(region.root), MOUNT, safe);
  acme = await logIn('acme');
}, 180_000);

afterAll(async () => {
  await region?.stop();
});

async function logIn(tenant: string): Promise<VaultClient> {
  const namespace = namespaceOf(tenant);
  const client = await region.login(workloadRole(namespace, ACCOUNT), await region.tokenOf(namespace));
  if (client === undefined) throw new Error(`${tenant}: the workload cannot log in`);
  return client;
}

interface Issued extends Served {
  readonly leaf: X509Certificate;
}

async function issue(options: Readonly<Record<string, string>> = {}): Promise<Issued> {
  const { body } = await acme.expect({
    path: `${MOUNT}/issue/${namespaceOf('acme')}`,
    body: { common_name: NAME, ...options },
  });
  const certificate = stringAt(body, 'data', 'certificate') ?? '';
  const chain = listAt(body, 'data', 'ca_chain').map(String);
  return {
    certificate: [certificate, ...chain.slice(0, 1)].join('\n'),
    key: stringAt(body, 'data', 'private_key') ?? '',
    leaf: new X509Certificate(certificate),
  };
}

describe('a certificate', () => {
  test('[ENC-1] of a leaf and its region’s intermediate is believed by who knows the offline root, over TLS 1.3', async () => {
    expect(await handshake(await issue(), NAME, safe.certificate)).toBe('TLSv1.3');
  });

  test('[ENC-1] fails for who knows another root, for another name, and without the intermediate', async () => {
    const issued = await issue();
    const foreign = await offlineRoot('drun test root');
    expect(await handshake(issued, NAME, foreign.certificate)).toMatch(/UNABLE_TO|SELF_SIGNED|SIGNATURE/);
    expect(await handshake(issued, `api.${namespaceOf('birch')}.svc`, safe.certificate)).toBe(
      'ERR_TLS_CERT_ALTNAME_INVALID',
    );
    const alone = { ...issued, certificate: issued.leaf.toString() };
    expect(await handshake(alone, NAME, safe.certificate)).toBe('UNABLE_TO_VERIFY_LEAF_SIGNATURE');
  });

  test('[ENC-3] lasts three days at most, whatever is asked for', async () => {
    const hours = ({ leaf }: Issued) => (Date.parse(leaf.validTo) - Date.now()) / 3_600_000;
    expect(hours(await issue({ ttl: '8760h' }))).toBeLessThanOrEqual(72);
    expect(hours(await issue({ ttl: '8760h' }))).toBeGreaterThan(71);
    expect(hours(await issue({ ttl: '1h' }))).toBeLessThanOrEqual(1);
  });

  test('[ENC-3] issued anew has another key and number; once the old one is over only the new one is believed', async () => {
    const old = await issue({ ttl: '3s' });
    expect(await handshake(old, NAME, safe.certificate)).toBe('TLSv1.3');
    const anew = await issue();
    expect(anew.leaf.serialNumber).not.toBe(old.leaf.serialNumber);
    expect(anew.key).not.toBe(old.key);
    await sleep(Math.max(0, Date.parse(old.leaf.validTo) - Date.now()) + 1_100);
    expect(await handshake(old, NAME, safe.certificate)).toBe('CERT_HAS_EXPIRED');
    expect(await handshake(anew, NAME, safe.certificate)).toBe('TLSv1.3');
  });

  test.each([
    ['its namespace’s services', { common_name: NAME }],
    ['one of them by its long name', { common_name: `${NAME}.cluster.local` }],
  ])('[ENC-1] is issued for %s', async (_, body) => {
    expect((await acme.ask({ path: `${MOUNT}/issue/${namespaceOf('acme')}`, body })).status).toBe(200);
  });

  test.each([
    ['a service of another tenant', { common_name: `api.${namespaceOf('birch')}.svc` }],
    ['another tenant by a second name', { common_name: NAME, alt_names: `api.${namespaceOf('birch')}.svc` }],
    ['a wildcard', { common_name: `*.${namespaceOf('acme')}.svc` }],
    ['an address', { common_name: NAME, ip_sans: '10.0.0.1' }],
    ['an identity of the mesh', { common_name: NAME, uri_sans: 'spiffe://cluster.local/ns/istio-system/sa/istiod' }],
    ['the machine itself', { common_name: 'localhost' }],
    ['a name that only ends alike', { common_name: `x${namespaceOf('acme')}.svc` }],
    ['a name of the world', { common_name: 'www.example.com' }],
  ])('[ENC-1] fails for %s', async (_, body) => {
    expect((await acme.ask({ path: `${MOUNT}/issue/${namespaceOf('acme')}`, body })).status).toBe(400);
  });

  test('[ENC-1] fails for a workload that would be an authority, or sign for one', async () => {
    const { request } = await leafRequest([NAME]);
    for (const path of [
      'root/sign-intermediate',
      'sign-verbatim',
      `sign/${namespaceOf('acme')}`,
      'root/generate/internal',
    ])
      expect((await acme.ask({ path: `${MOUNT}/${path}`, body: { csr: request, common_name: NAME } })).status).toBe(
        403,
      );
  });

  test('[ENC-1] is signed for who keeps the key, as the edge does, and for its own names only', async () => {
    const edge = await region.login('pki-edge', await region.tokenOf('cert-manager', 'edge-certificates'));
    const name = 'shop.apps.drun.example';
    const { request, key } = await leafRequest([name]);
    const said = await edge?.expect({ path: `${MOUNT}/sign/edge`, body: { csr: request, common_name: name } });
    const chain = [stringAt(said?.body, 'data', 'certificate'), String(listAt(said?.body, 'data', 'ca_chain')[0])];
    expect(await handshake({ certificate: chain.join('\n'), key }, name, safe.certificate)).toBe('TLSv1.3');
    const other = await leafRequest([NAME]);
    const body = { csr: other.request, common_name: NAME };
    expect((await edge?.ask({ path: `${MOUNT}/sign/edge`, body }))?.status).toBe(400);
  });
});
