import type { Case } from './cases';
import { by, type Doc, meshRoot, namespace, of } from './platform';

const CONFIG = of('acme', 'v1', 'ConfigMap', 'a', { metadata: { namespace: 'acme-train' } });
const SILENT = [CONFIG, by('vault', 'v1', 'Namespace', 'vault')];
const inside = (apiVersion: string, kind: string, spec: Doc, metadata: Doc = {}) =>
  of('acme', apiVersion, kind, 'x', { metadata: { namespace: 'acme-train', ...metadata }, spec });
const policy = (spec: Doc, metadata: Doc = {}) => inside('security.istio.io/v1', 'AuthorizationPolicy', spec, metadata);
const sidecar = (spec: Doc) => inside('networking.istio.io/v1', 'Sidecar', spec);
const peers = (spec: Doc, metadata: Doc = {}) => inside('security.istio.io/v1', 'PeerAuthentication', spec, metadata);
const tokens = (rule: Doc) => inside('security.istio.io/v1', 'RequestAuthentication', { jwtRules: [rule] });
/** Its hosts have audiences of their own. */
const atEdge = by('ingress', 'security.istio.io/v1', 'RequestAuthentication', 'edge-tokens', {
  metadata: { namespace: 'drun-ingress' },
  spec: { jwtRules: [{ issuer: 'https://id.example', jwksUri: 'https://id.example/keys' }] },
});
const entry = (spec: Doc, metadata: Doc = {}) => inside('networking.istio.io/v1', 'ServiceEntry', spec, metadata);
const destination = (spec: Doc) => inside('networking.istio.io/v1', 'DestinationRule', { host: 'a', ...spec });
const telemetry = (spec: Doc) => inside('telemetry.istio.io/v1', 'Telemetry', spec);

const UNMANAGED = { 'app.kubernetes.io/managed-by': 'acme' };
const ROOT = meshRoot();
const ACME = namespace('acme', 'acme-train');
const CLOSED = { outboundTrafficPolicy: { mode: 'REGISTRY_ONLY' }, egress: [{ hosts: ['acme-train/*'] }] };
const SOME = { from: [{ source: { principals: ['drun.example/ns/acme-train/sa/*'] } }] };
const TO = { to: [{ operation: { ports: ['443'] } }] };
const ISSUER = { issuer: 'https://id.example', jwksUri: 'https://id.example/keys', audiences: ['acme'] };
const HOST = { hosts: ['api.openai.com'], resolution: 'DNS', ports: [{ number: 443, protocol: 'TLS', name: 'tls' }] };
const WAY_OUT = [{ address: 'egress.drun-egress-gateway.svc.cluster.local', ports: { tls: 8443 } }];
const BOUND = entry(HOST, { labels: { 'istio.io/use-waypoint': 'egress' } });
const onEntry = (rules: readonly Doc[], more: Doc = {}) =>
  policy({ targetRefs: [{ group: 'networking.istio.io', kind: 'ServiceEntry', name: 'x' }], rules, ...more });
const FAILOVER = { loadBalancer: { localityLbSetting: { failover: [{ from: 'eu', to: 'us' }] } } };
const PINNED = `oci://registry.example.com/filter@sha256:${'a'.repeat(64)}`;
const wasm = (spec: Doc) =>
  by('mesh', 'extensions.istio.io/v1alpha1', 'WasmPlugin', 'x', { metadata: { namespace: 'drun-ingress' }, spec });

/** What guards the mesh, and what travels in it. */
export const MESH_POLICY: readonly Case[] = [
  ...ROOT.map(
    (guard): Case => ({
      rule: 'DRN410',
      where: `the root namespace has no ${String(guard.kind)} ${JSON.stringify(guard.spec)}`,
      fails: [ACME, ...ROOT.filter((other) => other !== guard)],
      at: 'Namespace istio-system',
      passes: [ACME, ...ROOT],
      silent: SILENT,
    }),
  ),
  ...[
    { PeerAuthentication: { mtls: { mode: 'PERMISSIVE' } } },
    { PeerAuthentication: { mtls: { mode: 'STRICT' }, selector: { matchLabels: { a: 'b' } } } },
    { Sidecar: { ...CLOSED, egress: [{ hosts: ['*/*'] }] } },
    { Sidecar: { ...CLOSED, egress: [{ hosts: ['./*'] }], workloadSelector: { labels: { a: 'b' } } } },
  ].map(
    (changed): Case => ({
      rule: 'DRN410',
      where: `the root namespace has ${JSON.stringify(changed)}`,
      fails: [
        ACME,
        ...ROOT.map((guard) => ({ ...guard, spec: Reflect.get(changed, String(guard.kind)) ?? guard.spec })),
      ],
      passes: [ACME, ...ROOT],
      silent: SILENT,
    }),
  ),
  ...[
    { ...CLOSED, egress: [] },
    { ...CLOSED, egress: [{ hosts: ['acme-train/*', '*/*'] }] },
    { ...CLOSED, outboundTrafficPolicy: { mode: 'ALLOW_ANY' } },
    { egress: CLOSED.egress },
  ].map(
    (spec): Case => ({
      rule: 'DRN411',
      where: `a Sidecar is ${JSON.stringify(spec)}`,
      fails: [sidecar(spec)],
      passes: [sidecar(CLOSED)],
      silent: SILENT,
    }),
  ),
  ...[
    { rules: [{}] },
    { rules: [TO] },
    { rules: [SOME, { from: [{ source: { principals: ['*'] } }] }] },
    { rules: [{ from: [{ source: { principals: ['*/ns/acme-train/sa/x'] } }] }] },
    { rules: [{ from: [{ source: { ipBlocks: ['0.0.0.0/0'] } }] }] },
    { action: 'ALLOW', rules: [{ when: [{ key: 'request.headers[x]', values: ['y'] }] }] },
  ].map(
    (spec): Case => ({
      rule: 'DRN412',
      where: `a policy allows ${JSON.stringify(spec)}`,
      fails: [policy(spec)],
      passes: [policy({ rules: [SOME] }), policy({}), policy({ action: 'DENY', rules: [{ ...TO }] })],
      silent: SILENT,
    }),
  ),
  {
    rule: 'DRN412',
    where: 'a policy is only rehearsed',
    fails: [policy({}, { annotations: { 'istio.io/dry-run': 'true' } })],
    at: 'AuthorizationPolicy acme-train/x metadata.annotations["istio.io/dry-run"]',
    passes: [policy({}, { annotations: { 'istio.io/dry-run': 'false' } })],
    silent: SILENT,
  },
  {
    rule: 'DRN413',
    where: 'port levels stand beside no selector',
    fails: [peers({ portLevelMtls: { 8080: { mode: 'STRICT' } } })],
    at: 'PeerAuthentication acme-train/x spec.portLevelMtls',
    passes: [peers({ selector: { matchLabels: { a: 'b' } }, portLevelMtls: { 8080: { mode: 'STRICT' } } })],
    silent: [CONFIG, peers({ mtls: { mode: 'STRICT' } })],
  },
  {
    rule: 'DRN413',
    where: 'port levels stand in the root namespace',
    fails: [peers({ selector: { matchLabels: { a: 'b' } }, portLevelMtls: { 1: {} } }, { namespace: 'istio-system' })],
    passes: [peers({ selector: { matchLabels: { a: 'b' } }, portLevelMtls: { 1: {} } })],
    silent: SILENT,
  },
  ...[
    { ...ISSUER, audiences: undefined },
    { ...ISSUER, audiences: [] },
    { ...ISSUER, jwksUri: 'http://id.example/keys' },
    { ...ISSUER, issuer: 'http://id.example' },
    { jwksUri: ISSUER.jwksUri, audiences: ISSUER.audiences },
  ].map(
    (rule): Case => ({
      rule: 'DRN414',
      where: `tokens are believed by ${JSON.stringify(rule)}`,
      fails: [tokens(rule)],
      passes: [tokens(ISSUER), tokens({ issuer: ISSUER.issuer, audiences: ['a'] }), atEdge],
      silent: SILENT,
    }),
  ),
  ...[
    inside('networking.istio.io/v1alpha3', 'EnvoyFilter', {}),
    wasm({ url: 'oci://registry.example.com/filter:v1' }),
    wasm({ url: PINNED, failStrategy: 'FAIL_OPEN' }),
    inside('extensions.istio.io/v1alpha1', 'WasmPlugin', { url: PINNED }),
    inside('networking.istio.io/v1alpha3', 'EnvoyFilter', {}, { namespace: 'drun-ingress', labels: UNMANAGED }),
  ].map(
    (extension): Case => ({
      rule: 'DRN415',
      where: `there is an extension ${String(extension.kind)} ${JSON.stringify(extension.spec)}`,
      fails: [extension],
      passes: [
        by('ingress', 'networking.istio.io/v1alpha3', 'EnvoyFilter', 'waf', {
          metadata: { namespace: 'drun-ingress' },
        }),
        inside('networking.istio.io/v1alpha3', 'EnvoyFilter', {}, { namespace: 'drun-ingress' }),
        wasm({ url: PINNED }),
        wasm({ url: 'https://registry.example.com/f.wasm', sha256: 'b'.repeat(64), failStrategy: 'FAIL_CLOSE' }),
      ],
      silent: SILENT,
    }),
  ),
  ...[{ accessLogging: [{ disabled: true }] }, { metrics: [{ overrides: [{ disabled: true }] }] }].map(
    (spec): Case => ({
      rule: 'DRN416',
      where: `telemetry is ${JSON.stringify(spec)}`,
      fails: [telemetry(spec)],
      passes: [telemetry({ accessLogging: [{ filter: { expression: 'response.code >= 400' } }], metrics: [{}] })],
      silent: SILENT,
    }),
  ),
  ...[
    [],
    [onEntry([])],
    [onEntry([TO])],
    [onEntry([SOME])],
    [
      onEntry([
        { ...SOME, ...TO },
        { from: [{ source: { principals: ['*'] } }], ...TO },
      ]),
    ],
    [onEntry([{ from: [{ source: { principals: ['drun.example/*'] } }], ...TO }])],
    [onEntry([{ from: [{ source: { principals: ['drun.example/ns/*/sa/a'] } }], ...TO }])],
    [onEntry([{ ...SOME, ...TO }], { action: 'DENY' })],
  ].map(
    (policies, i): Case => ({
      rule: 'DRN417',
      where: `a host outside has nobody who may call it, or everybody (${i + 1})`,
      fails: [BOUND, ...policies],
      at: 'ServiceEntry acme-train/x',
      passes: [BOUND, onEntry([{ ...SOME, ...TO }])],
      silent: [CONFIG, entry(HOST)],
    }),
  ),
  ...[
    { ...HOST, ports: [{ number: 80, protocol: 'HTTP' }] },
    { ...HOST, ports: [{ number: 443, protocol: 'TCP' }] },
    { ...HOST, resolution: 'NONE' },
    { ...HOST, resolution: undefined },
    { ...HOST, location: 'MESH_INTERNAL' },
    { ...HOST, addresses: ['0.0.0.0/0'] },
    { ...HOST, endpoints: [{ address: '10.0.0.1' }] },
    { ...HOST, endpoints: [{ address: 'api.openai.com' }] },
    { ...HOST, endpoints: [...WAY_OUT, { address: 'evil.example' }] },
  ].map(
    (spec): Case => ({
      rule: 'DRN418',
      where: `a host outside is ${JSON.stringify(spec)}`,
      fails: [entry(spec)],
      passes: [
        entry(HOST),
        entry({ ...HOST, location: 'MESH_EXTERNAL' }),
        entry({ ...HOST, endpoints: WAY_OUT }),
        entry({ ...HOST, endpoints: [{ address: 'api.openai.com' }] }, { namespace: 'drun-egress-gateway' }),
      ],
      silent: [CONFIG, by('mesh', 'networking.istio.io/v1', 'ServiceEntry', 'x', { metadata: { namespace: 'vault' } })],
    }),
  ),
  ...[
    { trafficPolicy: FAILOVER },
    { trafficPolicy: { loadBalancer: { localityLbSetting: { failoverPriority: ['a'] } } } },
    { subsets: [{ trafficPolicy: { portLevelSettings: [FAILOVER] } }] },
    { trafficPolicy: { tls: { mode: 'SIMPLE', insecureSkipVerify: true } } },
    { exportTo: ['*'] },
    { exportTo: ['.', 'beta-serve'] },
  ].map(
    (spec): Case => ({
      rule: 'DRN419',
      where: `a destination rule has ${JSON.stringify(spec)}`,
      fails: [destination(spec)],
      passes: [
        destination({ exportTo: ['.'], trafficPolicy: { ...FAILOVER, outlierDetection: { interval: '5s' } } }),
        destination({ trafficPolicy: { tls: { mode: 'ISTIO_MUTUAL' } } }),
      ],
      silent: SILENT,
    }),
  ),
];
