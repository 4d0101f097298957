import { ApiObject, App, Chart } from 'cdk8s';
import { CATALOG } from '../../../charts/catalog';
import { Cluster, clusterSchema } from '../../../charts/cluster';
import { HelmRelease } from '../../../constructs/core/helm-release';
import { recordAt, stringAt, valueAt } from '../../../constructs/core/json';
import { leavesOf, manifestsOf } from '../../../constructs/core/leaves';
import type { Manifest } from '../../../constructs/core/manifest';
import { parseOrThrow } from '../../../constructs/core/parse';
import { VaultObject } from '../../../constructs/core/vault-object';
import type { MeshProps } from '../../../constructs/mesh/mesh-settings';

const MEMBER: MeshProps = {
  clusters: {
    mode: 'multi-primary',
    mesh: 'prod',
    authority: { server: 'https://vault.example.com:8200' },
    gateway: ['10.1.0.0/24'],
    callers: ['10.2.0.0/16'],
  },
};
const PEERS = [{ region: 'us', gateway: ['10.9.0.0/24'], apiServerCidrs: ['10.9.1.10/32'] }];

function cluster(mesh: MeshProps): Chart {
  const root = new Chart(new App(), 'root');
  const plan = parseOrThrow(clusterSchema, {
    facts: { region: 'eu', trustDomain: 'drun.example' },
    access: { issuer: 'https://id.example/realms/x' },
    mesh,
  });
  new Cluster(root, 'eu', { ...plan, tenants: [], peers: PEERS, failover: [{ from: 'eu', to: 'us' }] });
  return root;
}

function objects(mesh: MeshProps): readonly Manifest[] {
  return leavesOf(cluster(mesh)).flatMap(manifestsOf);
}

function releases(mesh: MeshProps): readonly HelmRelease[] {
  return cluster(mesh)
    .node.findAll()
    .filter((one) => one instanceof HelmRelease);
}

function named(all: readonly Manifest[], kind: string, name: string): unknown {
  return all.find((one) => one.kind === kind && one.metadata.name === name);
}

const SIDECAR: MeshProps = { ...MEMBER, dataPlane: 'sidecar' };
const istiod = (mesh: MeshProps): unknown =>
  releases(mesh).find(({ release }) => release.chart === 'istiod')?.release.values;

describe('a region among several', () => {
  test('[NET-1] is named to every proxy, and istiod waits for the certificate that makes it one of them', () => {
    expect(istiod(MEMBER)).toMatchObject({
      global: { meshID: 'prod', network: 'eu', multiCluster: { clusterName: 'eu' } },
      env: { AMBIENT_ENABLE_MULTI_NETWORK: 'true', AMBIENT_ENABLE_MULTI_NETWORK_INGRESS: 'true' },
      volumes: [{ secret: { secretName: 'cacerts', items: [{ key: 'ca.crt' }] } }],
    });
    expect(valueAt(istiod({}), 'volumes')).toBeUndefined();
    expect(valueAt(istiod({}), 'global', 'network')).toBeUndefined();
  });

  test('[NET-1] shares the services of namespaces that the platform marked, and no service that marks itself', () => {
    expect(recordAt(istiod(MEMBER), 'meshConfig').serviceScopeConfigs).toEqual([
      { namespaceSelector: { matchLabels: { 'drun.io/scope': 'mesh' } }, scope: 'GLOBAL' },
    ]);
    expect(recordAt(istiod(SIDECAR), 'meshConfig').serviceScopeConfigs).toBeUndefined();
  });

  test('[ENC-3] asks Vault for its authority through an account of its own, and holds no key', () => {
    const all = objects(MEMBER);
    expect(named(all, 'Certificate', 'istio-ca')).toMatchObject({
      spec: { isCA: true, secretName: 'cacerts', privateKey: { rotationPolicy: 'Always' } },
    });
    expect(all.filter(({ kind }) => kind === 'Secret')).toEqual([]);
    const vault = cluster(MEMBER)
      .node.findAll()
      .flatMap((one) => (one instanceof VaultObject ? [one.object] : []));
    const [policy] = vault.filter(({ type }) => type.endsWith(':Policy'));
    expect(policy?.args.policy).toBe('path "mesh-eu/root/sign-intermediate" {\n  capabilities = ["update"]\n}\n');
    const [role] = vault.filter(({ type }) => type.endsWith(':AuthBackendRole'));
    expect(role?.args).toMatchObject({
      audience: 'vault://istio-system/istio-ca',
      boundServiceAccountNames: ['istio-ca-issuer'],
    });
  });

  test('[NET-1] starts its control plane after its authority', () => {
    const [first] = releases(MEMBER).filter(({ release }) => release.chart === 'istiod');
    expect(first?.node.dependencies.map(({ node }) => node.id)).toEqual(['Authority']);
  });

  test('[NET-4] opens its door to the addresses of other regions, and to nobody where it stands alone', () => {
    const door = named(objects(MEMBER), 'NetworkPolicy', 'allow-regions');
    expect(recordAt(door, 'spec').ingress).toEqual([
      { from: [{ ipBlock: { cidr: '10.2.0.0/16' } }], ports: [{ protocol: 'TCP', port: 15008 }] },
    ]);
    const alone = objects({});
    expect(alone.filter(({ metadata }) => metadata.namespace === 'drun-eastwest')).toEqual([]);
    expect(named(alone, 'Namespace', 'drun-eastwest')).toBeUndefined();
  });

  test('[BDR-2] fails over as the environment says, and looks for failures, without which it would not', () => {
    const policy = recordAt(named(objects(MEMBER), 'DestinationRule', 'across-regions'), 'spec', 'trafficPolicy');
    expect(policy).toMatchObject({
      loadBalancer: { localityLbSetting: { enabled: true, failover: [{ from: 'eu', to: 'us' }] } },
      outlierDetection: { maxEjectionPercent: 100 },
    });
  });

  test('[NET-1] with sidecars passes their own TLS through a classic gateway', () => {
    const gateway = named(objects(SIDECAR), 'Gateway', 'eastwest');
    expect(stringAt(gateway, 'apiVersion')).toBe('networking.istio.io/v1');
    expect(valueAt(gateway, 'spec', 'servers')).toMatchObject([
      { port: { number: 15443 }, tls: { mode: 'AUTO_PASSTHROUGH' }, hosts: ['*.local'] },
    ]);
    const [release] = releases(SIDECAR).filter(({ release: { name } }) => name === 'eastwest');
    expect(release?.release).toMatchObject({ version: CATALOG.istioBase.version, values: { networkGateway: 'eu' } });
    expect(recordAt(istiod(SIDECAR), 'env').AMBIENT_ENABLE_MULTI_NETWORK).toBeUndefined();
  });

  test('names every object once', () => {
    const root = cluster(MEMBER);
    const keys = root.node
      .findAll()
      .flatMap((one) => (one instanceof ApiObject ? [`${one.kind} ${one.metadata.namespace}/${one.name}`] : []));
    expect(new Set(keys).size).toBe(keys.length);
  });
});
