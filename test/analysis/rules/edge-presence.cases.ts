import type { Case } from './cases';
import { by, type Doc, of } from './platform';

const ISTIO = 'networking.istio.io/v1';
const EDGE = { istio: 'ingress' };
const CONFIG = of('acme', 'v1', 'ConfigMap', 'a', { metadata: { namespace: 'acme-train' } });
const at = (namespace: string, apiVersion: string, kind: string, spec: Doc, name = 'web') =>
  of('acme', apiVersion, kind, name, { metadata: { namespace }, spec });
const edge = (apiVersion: string, kind: string, spec: Doc, name = 'web') =>
  at('drun-ingress', apiVersion, kind, spec, name);

const SERVER = {
  port: { number: 443, protocol: 'HTTPS' },
  hosts: ['./www.acme.example'],
  tls: { mode: 'SIMPLE', credentialName: 'www' },
};
const GATEWAY = edge(ISTIO, 'Gateway', { selector: EDGE, servers: [SERVER] });
const BETWEEN = edge(
  ISTIO,
  'Gateway',
  { selector: { istio: 'east-west' }, servers: [{ tls: { mode: 'AUTO_PASSTHROUGH' } }] },
  'between',
);
const filter = (value: Doc, labels: Doc = EDGE, more: Doc = {}) =>
  edge('networking.istio.io/v1alpha3', 'EnvoyFilter', {
    workloadSelector: { labels },
    configPatches: [{ ...more, patch: { value } }],
  });
const WAF = { name: 'envoy.filters.http.ext_proc', typed_config: {} };
const SLOW = { typed_config: { request_headers_timeout: '10s' } };
const secured = (kind: string, spec: Doc) => edge('security.istio.io/v1', kind, spec);
const selected = (more: Doc = {}) => ({ selector: { matchLabels: EDGE }, ...more });

/** `[what is missing, what is there instead, what is good enough]` by rule. */
const BESIDE: Readonly<Record<string, readonly (readonly [string, readonly Doc[], readonly Doc[]])[]>> = {
  DRN340: [
    ['has no firewall', [], [filter(WAF)]],
    ['has a firewall for other proxies', [filter(WAF, { istio: 'egress' })], [filter(WAF)]],
    [
      'has some other filter',
      [filter({ name: 'envoy.filters.http.lua' })],
      [filter({ name: 'x', typed_config: { '@type': 'a.DynamicModuleFilter' } })],
    ],
    [
      'has a firewall in another namespace',
      [
        at('acme-serve', ISTIO, 'EnvoyFilter', {
          workloadSelector: { labels: EDGE },
          configPatches: [{ patch: { value: WAF } }],
        }),
      ],
      [edge('extensions.istio.io/v1alpha1', 'WasmPlugin', selected())],
    ],
  ],
  DRN341: [
    ['has no policy at all', [], [secured('AuthorizationPolicy', selected())]],
    [
      'only has policies that let somebody in',
      [secured('AuthorizationPolicy', selected({ action: 'ALLOW', rules: [{}] }))],
      [secured('AuthorizationPolicy', selected({ action: 'ALLOW', rules: [] }))],
    ],
    [
      'only has a policy that denies nothing',
      [secured('AuthorizationPolicy', selected({ action: 'DENY' }))],
      [secured('AuthorizationPolicy', {})],
    ],
  ],
  DRN342: [
    ['verifies no tokens', [], [secured('RequestAuthentication', selected({ jwtRules: [] }))]],
    [
      'verifies tokens elsewhere',
      [secured('RequestAuthentication', { selector: { matchLabels: { app: 'x' } } })],
      [secured('RequestAuthentication', {})],
    ],
  ],
  DRN343: [
    ['waits for slow callers', [], [filter(SLOW)]],
    ['bounds callers of other proxies', [filter(SLOW, { istio: 'egress' })], [filter(SLOW)]],
  ],
};

const route = (name: string, gateways: readonly string[] = ['web'], hosts: readonly string[] = ['www.acme.example']) =>
  edge(ISTIO, 'VirtualService', { hosts, gateways, http: [{ name }] });
const LIMIT = { typed_per_filter_config: { 'envoy.filters.http.local_ratelimit': { '@type': 'a.LocalRateLimit' } } };
const limit = (name: string, value: Doc = LIMIT) =>
  filter(value, EDGE, { match: { routeConfiguration: { vhost: { route: { name } } } } });
const certificate = (spec: Doc) =>
  edge('cert-manager.io/v1', 'Certificate', { secretName: 'www', dnsNames: ['www.acme.example'], ...spec });

const LOCK = secured(
  'AuthorizationPolicy',
  selected({ action: 'DENY', rules: [{ from: [{ source: { notIpBlocks: ['192.0.2.0/24'] } }] }] }),
);

const TOGETHER: readonly Case[] = [
  ...Object.entries(BESIDE).flatMap(([rule, rows]) =>
    rows.map(
      ([where, instead, good]): Case => ({
        rule,
        where: `a gateway ${where}`,
        fails: [GATEWAY, ...instead],
        at: 'Gateway drun-ingress/web spec.selector',
        passes: [GATEWAY, ...good],
        silent: [BETWEEN, CONFIG],
      }),
    ),
  ),
  ...[[], [limit('api/acme/other')], [limit('api/acme/shop', { timeout: '1s' })]].map(
    (instead, i): Case => ({
      rule: 'DRN344',
      where: `a route has ${['no limit', 'the limit of another route', 'a patch that limits nothing'][i]}`,
      fails: [route('api/acme/shop'), ...instead],
      at: 'VirtualService drun-ingress/web spec.http[0].name',
      passes: [route('api/acme/shop'), limit('api/acme/shop')],
      silent: [route('shop'), CONFIG],
    }),
  ),
  ...[
    [],
    [certificate({ secretName: 'other' })],
    [certificate({ dnsNames: ['api.acme.example'] })],
    [certificate({ dnsNames: ['*.acme.example'] })],
  ].map(
    (instead, i): Case => ({
      rule: 'DRN345',
      where: `a host has ${['no certificate', 'a certificate in another Secret', 'a certificate of another host', 'a wildcard certificate'][i]}`,
      fails: [GATEWAY, ...instead],
      at: 'Gateway drun-ingress/web spec.servers[0].tls.credentialName',
      passes: [GATEWAY, certificate({})],
      silent: [BETWEEN, CONFIG],
    }),
  ),
  ...[route('x', ['other']), route('x', ['web'], ['api.acme.example']), route('x', ['acme-serve/web'])].map(
    (broken): Case => ({
      rule: 'DRN346',
      where: `a route is bound by ${JSON.stringify(broken.spec)}`,
      fails: [GATEWAY, broken],
      at: 'VirtualService drun-ingress/web spec.gateways',
      passes: [GATEWAY, route('x'), route('x', ['drun-ingress/web'])],
      silent: [edge(ISTIO, 'VirtualService', { hosts: ['web'] }), CONFIG],
    }),
  ),
  ...[
    [],
    [
      secured(
        'AuthorizationPolicy',
        selected({ action: 'ALLOW', rules: [{ from: [{ source: { notIpBlocks: ['192.0.2.0/24'] } }] }] }),
      ),
    ],
  ].map(
    (instead, i): Case => ({
      rule: 'DRN347',
      where: `a proxy believes a header ${['from everybody', 'of those who are let in anyway'][i]}`,
      fails: [proxy(1), ...instead],
      passes: [proxy(1), LOCK],
      silent: [proxy(0), CONFIG],
    }),
  ),
];

function proxy(hops: number): Doc {
  const config = JSON.stringify({ gatewayTopology: { numTrustedProxies: hops } });
  return edge('apps/v1', 'Deployment', {
    template: { metadata: { annotations: { 'proxy.istio.io/config': config } } },
  });
}

const named = (annotations: Doc) =>
  of('acme', ISTIO, 'Gateway', 'web', { metadata: { namespace: 'drun-ingress', annotations }, spec: {} });
const KEY = {
  privateKey: { algorithm: 'ECDSA', size: 256, rotationPolicy: 'Always' },
  duration: '2160h',
  renewBefore: '720h',
};
const cert = (spec: Doc) => certificate({ ...KEY, ...spec });
const authority = by('cert-manager', 'cert-manager.io/v1', 'Certificate', 'ca', {
  metadata: { namespace: 'istio-system' },
  spec: { ...KEY, isCA: true, duration: '8760h' },
});
const issuer = (spec: Doc) => by('cert-manager', 'cert-manager.io/v1', 'ClusterIssuer', 'edge', { spec });
const VAULT = {
  server: 'https://vault.example',
  path: 'pki/sign/edge',
  auth: { kubernetes: { role: 'edge', serviceAccountRef: { name: 'edge' } } },
};
const ACME = { server: 'https://acme.example/directory', solvers: [{ dns01: { route53: {} } }] };

/** `[what is wrong, the object, the field]` by rule. */
const CERTIFICATES: Readonly<Record<string, readonly (readonly [string, Doc, string])[]>> = {
  DRN330: [
    [
      'keeps its key for ever',
      cert({ privateKey: { algorithm: 'ECDSA', rotationPolicy: 'Never' } }),
      'spec.privateKey.rotationPolicy',
    ],
    [
      'does not say whether its key is new',
      cert({ privateKey: { algorithm: 'ECDSA' } }),
      'spec.privateKey.rotationPolicy',
    ],
    [
      'has a short key',
      cert({ privateKey: { algorithm: 'RSA', size: 2048, rotationPolicy: 'Always' } }),
      'spec.privateKey.size',
    ],
    ['has the key that is made by default', cert({ privateKey: { rotationPolicy: 'Always' } }), 'spec.privateKey.size'],
  ],
  DRN331: [
    ['is for a wildcard', cert({ dnsNames: ['*.acme.example'] }), 'spec.dnsNames[0]'],
    ['is for nobody', cert({ dnsNames: [] }), 'spec.dnsNames'],
    ['is an authority of a tenant', cert({ isCA: true }), 'spec.isCA'],
    [
      'names its host in a field that nobody reads',
      cert({ dnsNames: undefined, commonName: 'www.acme.example' }),
      'spec.dnsNames',
    ],
  ],
  DRN332: [
    ['lives for a year', cert({ duration: '8760h' }), 'spec.duration'],
    ['is renewed an hour before its end', cert({ renewBefore: '1h' }), 'spec.renewBefore'],
    ['does not say when it is renewed', cert({ renewBefore: undefined }), 'spec.renewBefore'],
    ['is renewed before it begins', cert({ renewBefore: '3000h' }), 'spec.renewBefore'],
  ],
  DRN333: [
    ['signs for itself', issuer({ selfSigned: {} }), 'spec.selfSigned'],
    ['has its key in a Secret', issuer({ ca: { secretName: 'ca' } }), 'spec.ca'],
    ['asks over plain HTTP', issuer({ vault: { ...VAULT, server: 'http://vault.example' } }), 'spec.vault.server'],
    [
      'has a token that never ends',
      issuer({ vault: { ...VAULT, auth: { tokenSecretRef: { name: 't' } } } }),
      'spec.vault.auth.tokenSecretRef',
    ],
    ['has a password', issuer({ vault: { ...VAULT, auth: { appRole: { roleId: 'r' } } } }), 'spec.vault.auth.appRole'],
    [
      'has a token in a Secret',
      issuer({ vault: { ...VAULT, auth: { kubernetes: { secretRef: { name: 's' } } } } }),
      'spec.vault.auth.kubernetes.secretRef',
    ],
    ['does not verify whom it asks', issuer({ acme: { ...ACME, skipTLSVerify: true } }), 'spec.acme.skipTLSVerify'],
    [
      'is asked over plain HTTP',
      issuer({ acme: { ...ACME, solvers: [{ http01: {} }] } }),
      'spec.acme.solvers[0].http01',
    ],
  ],
};

const NAMES: readonly Case[] = [
  ...Object.entries(CERTIFICATES).flatMap(([rule, rows]) =>
    rows.map(
      ([where, broken, field]): Case => ({
        rule,
        where: `it ${where}`,
        fails: [broken],
        at: `${rule === 'DRN333' ? 'ClusterIssuer edge' : 'Certificate drun-ingress/web'} ${field}`,
        passes:
          rule === 'DRN333'
            ? [issuer({ vault: VAULT }), issuer({ acme: ACME })]
            : [cert({}), cert({ privateKey: { algorithm: 'RSA', size: 4096, rotationPolicy: 'Always' } })],
        silent: [...(rule === 'DRN330' ? [] : [authority]), CONFIG],
      }),
    ),
  ),
  ...[
    { 'external-dns.alpha.kubernetes.io/hostname': '*.acme.example' },
    { 'external-dns.alpha.kubernetes.io/target': '203.0.113.7' },
  ].map(
    (annotations): Case => ({
      rule: 'DRN348',
      where: `an annotation asks for ${JSON.stringify(annotations)}`,
      fails: [named(annotations)],
      passes: [named({ 'external-dns.alpha.kubernetes.io/hostname': 'www.acme.example' })],
      silent: [named({}), CONFIG],
    }),
  ),
];

const until = (date: string) =>
  of('acme', 'security.istio.io/v1', 'AuthorizationPolicy', 'web', {
    metadata: { namespace: 'drun-ingress', annotations: { 'drun.io/exempt-until': date } },
    spec: {},
  });
const opened = (date: string) =>
  of('acme', 'networking.istio.io/v1alpha3', 'EnvoyFilter', 'web', {
    metadata: { namespace: 'drun-ingress', annotations: { 'drun.io/exempt-until': date } },
    spec: {},
  });
const excluding = (text: string) =>
  of('acme', 'v1', 'ConfigMap', 'waf.acme', {
    metadata: { namespace: 'drun-ingress', labels: { 'drun.io/waf-routes': 'true' } },
    data: { 'acme.json': text },
  });
const rules = (expires?: string) =>
  excluding(JSON.stringify({ version: 1, routes: { 'api/acme/shop': { exclusions: [{ rule: 942_100, expires }] } } }));

const EXEMPTIONS: readonly Case[] = [
  until('2026-11-21'),
  until('soon'),
  opened('2026-11-21'),
  rules('2026-11-21'),
  rules('2027-11-23'),
  rules(),
  excluding('not json'),
].map(
  (broken): Case => ({
    rule: 'DRN350',
    where: `an exemption reads ${JSON.stringify(broken.data ?? broken.metadata).slice(0, 120)}`,
    fails: [broken],
    passes: [until('2026-11-22'), opened('2026-11-22'), rules('2027-03-31')],
    silent: [CONFIG],
  }),
);

const WHY = {
  'drun.io/exempt-because': 'not built yet',
  'drun.io/exempt-owner': 'platform',
  'drun.io/exempt-until': '2027-03-31',
};
const pod = (image: string, annotations: Doc, make: typeof of = of) =>
  make('acme', 'apps/v1', 'Deployment', 'web', {
    metadata: { namespace: 'acme-serve', annotations },
    spec: { template: { spec: { containers: [{ name: 'a', image }] } } },
  });

const IMAGES: readonly Case[] = [
  pod('nginx:1', WHY),
  pod('nginx:1', { ...WHY, 'drun.io/exempt-until': '' }, by),
  pod('nginx:1', {}, by),
].map(
  (broken, i): Case => ({
    rule: 'DRN110',
    where:
      ['a tenant excepts its own image', 'a component excepts its image without a day', 'a component has a tag'][i] ??
      '',
    fails: [broken],
    passes: [pod(`nginx@sha256:${'a'.repeat(64)}`, {})],
    silent: [pod('nginx:1', WHY, by)],
  }),
);

/** What objects at the edge must have beside them, and what they must be until when. */
export const EDGE_PRESENCE: readonly Case[] = [...TOGETHER, ...NAMES, ...EXEMPTIONS, ...IMAGES];
