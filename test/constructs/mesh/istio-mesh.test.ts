import { App, Chart } from 'cdk8s';
import { CATALOG } from '../../../charts/catalog';
import { provideClusterFacts } from '../../../constructs/core/cluster-facts';
import { HelmRelease, type HelmReleaseProps } from '../../../constructs/core/helm-release';
import { listAt, recordAt, stringAt, valueAt } from '../../../constructs/core/json';
import { leavesOf } from '../../../constructs/core/leaves';
import { parseOrThrow } from '../../../constructs/core/parse';
import { ProblemError } from '../../../constructs/core/problem';
import { IstioMesh } from '../../../constructs/mesh/istio-mesh';
import { type MeshProps, meshSchema } from '../../../constructs/mesh/mesh-settings';

const FACTS = { region: 'eu', trustDomain: 'drun.example', podCidrs: ['10.64.0.0/14'] };

/** The releases of a mesh in the order in which they are installed. */
function releases(props: MeshProps = {}): readonly HelmReleaseProps[] {
  const chart = new Chart(new App(), 'mesh');
  provideClusterFacts(chart, FACTS);
  new IstioMesh(chart, 'Istio', { settings: parseOrThrow(meshSchema, props), charts: CATALOG });
  return leavesOf(chart).flatMap(({ construct }) => (construct instanceof HelmRelease ? [construct.release] : []));
}

function istiod(props: MeshProps = {}): unknown {
  return releases(props).find(({ chart }) => chart === 'istiod')?.values;
}

function mistakes(props: unknown): string {
  try {
    parseOrThrow(meshSchema, props);
    return '';
  } catch (error) {
    return error instanceof ProblemError ? error.message : String(error);
  }
}

describe('the mesh', () => {
  test('is the control plane first and its agents after it; without node tunnels where pods have proxies', () => {
    expect(releases().map(({ name }) => name)).toEqual(['istiod', 'istio-cni', 'ztunnel']);
    expect(releases({ dataPlane: 'sidecar' }).map(({ name }) => name)).toEqual(['istiod', 'istio-cni']);
    for (const { version } of releases()) expect(version).toBe(CATALOG.istioBase.version);
  });

  test('[ENC-1] speaks nothing older than TLS 1.3 between workloads and at gateways', () => {
    expect(recordAt(istiod(), 'meshConfig')).toMatchObject({
      meshMTLS: { minProtocolVersion: 'TLSV1_3' },
      tlsDefaults: { minProtocolVersion: 'TLSV1_3' },
    });
  });

  test('[ENC-1] fails to be asked for an older protocol, or for a standard that caps it', () => {
    expect(mistakes({ tls: { minimum: '1.2' } })).toMatch(/tls\.minimum: given "1\.2", expected 1\.3/);
    expect(mistakes({ tls: { fips: '140-2' } })).toMatch(/FIPS 140-2 caps TLS at 1\.2/);
    expect(mistakes({ tls: { minimum: '1.3', fips: 'none' } })).toBe('');
  });

  test('[NET-1] calls registered hosts only, keeps routes at home and reads paths as applications do', () => {
    expect(recordAt(istiod(), 'meshConfig')).toMatchObject({
      trustDomain: 'drun.example',
      outboundTrafficPolicy: { mode: 'REGISTRY_ONLY' },
      ingressControllerMode: 'OFF',
      defaultVirtualServiceExportTo: ['.'],
      defaultDestinationRuleExportTo: ['.'],
      pathNormalization: { normalization: 'DECODE_AND_MERGE_SLASHES' },
      enablePrometheusMerge: false,
    });
  });

  test('[NET-1] answers no debug requests and fetches no keys from inside of the cluster', () => {
    const env = recordAt(istiod(), 'env');
    expect(env).toMatchObject({
      ENABLE_DEBUG_ON_HTTP: 'false',
      ENABLE_DEBUG_ENDPOINT_AUTH: 'true',
      PILOT_SCOPE_GATEWAY_TO_NAMESPACE: 'true',
    });
    for (const value of Object.values(env)) expect(typeof value).toBe('string');
    const blocked = String(env.BLOCKED_CIDRS_IN_JWKS_URIS).split(',');
    for (const range of ['10.0.0.0/8', '169.254.169.254/32', '127.0.0.0/8', '::1/128', '10.64.0.0/14'])
      expect(blocked).toContain(range);
  });

  test('[MON-1] logs who called what and how it ended, and neither queries nor credentials', () => {
    const provider = listAt(istiod(), 'meshConfig', 'extensionProviders').find(
      (one) => stringAt(one, 'name') === 'drun-access-log',
    );
    const labels = recordAt(provider, 'envoyFileAccessLog', 'logFormat', 'labels');
    const operators = Object.values(labels).join(' ');
    expect(operators).toContain('%DOWNSTREAM_PEER_URI_SAN%');
    expect(operators).toContain('%REQ_WITHOUT_QUERY(X-ENVOY-ORIGINAL-PATH?:PATH)%');
    expect(operators).not.toMatch(/REQ\([^)]*(:PATH|AUTHORIZATION|COOKIE)/i);
  });

  test('[CTR-3] gives proxies what a namespace under `restricted` asks of them', () => {
    const profile = { type: 'RuntimeDefault' };
    for (const props of [{}, { dataPlane: 'sidecar' }] as const)
      expect(istiod(props)).toMatchObject({
        cni: { enabled: true },
        seccompProfile: profile,
        gateways: { seccompProfile: profile },
        global: { proxy: { seccompProfile: profile } },
      });
  });

  test('reports spans where it is told to, and to nobody otherwise', () => {
    const service = 'otel.drun-telemetry.svc.cluster.local';
    const names = (values: unknown) =>
      listAt(values, 'meshConfig', 'extensionProviders').map((one) => stringAt(one, 'name'));
    expect(names(istiod())).not.toContain('drun-traces');
    expect(names(istiod({ tracing: { service } }))).toContain('drun-traces');
    expect(mistakes({ tracing: { service: 'collector.example.com' } })).toMatch(/a service of the cluster/);
  });

  test('takes the profile of its data plane', () => {
    expect(valueAt(istiod(), 'profile')).toBe('ambient');
    expect(valueAt(istiod({ dataPlane: 'sidecar' }), 'profile')).toBeUndefined();
  });
});
