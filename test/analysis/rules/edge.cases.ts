import type { Case } from './cases';
import { by, type Doc, of } from './platform';

const ISTIO = 'networking.istio.io/v1';
const SECURITY = 'security.istio.io/v1';
const EDGE = { istio: 'ingress' };
const CONFIG = of('acme', 'v1', 'ConfigMap', 'a', { metadata: { namespace: 'acme-train' } });
const edge = (apiVersion: string, kind: string, spec: Doc, metadata: Doc = {}) =>
  of('acme', apiVersion, kind, 'web', { metadata: { namespace: 'drun-ingress', ...metadata }, spec });
const platform = (apiVersion: string, kind: string, spec: Doc) =>
  by('drun-ingress', apiVersion, kind, 'edge', { metadata: { namespace: 'drun-ingress' }, spec });

const SERVER = {
  port: { number: 443, name: 'https', protocol: 'HTTPS' },
  hosts: ['./www.acme.example'],
  tls: { mode: 'SIMPLE', credentialName: 'www-acme-example', minProtocolVersion: 'TLSV1_3' },
};
const TLS = SERVER.tls;
const REDIRECT = {
  port: { number: 80, name: 'http', protocol: 'HTTP' },
  hosts: ['./www.acme.example'],
  tls: { httpsRedirect: true },
};
const BETWEEN = {
  port: { number: 15_443, name: 'tls', protocol: 'TLS' },
  hosts: ['*.local'],
  tls: { mode: 'AUTO_PASSTHROUGH' },
};
const gateway = (server: Doc, spec: Doc = { selector: EDGE }) => edge(ISTIO, 'Gateway', { ...spec, servers: [server] });
const withTls = (tls: Doc) => gateway({ ...SERVER, tls: { ...TLS, ...tls } });

/** `[what is wrong, the server, the field]` by rule. */
const SERVERS: Readonly<Record<string, readonly (readonly [string, Doc, string])[]>> = {
  DRN300: [
    ['takes TLS 1.2', withTls({ minProtocolVersion: 'TLSV1_2' }), 'tls.minProtocolVersion'],
    ['says no lowest version', withTls({ minProtocolVersion: undefined }), 'tls.minProtocolVersion'],
    ['leaves the version to the proxy', withTls({ minProtocolVersion: 'TLS_AUTO' }), 'tls.minProtocolVersion'],
    ['takes TLS 1.0', withTls({ minProtocolVersion: 'TLSV1_0' }), 'tls.minProtocolVersion'],
    ['takes nothing newer than TLS 1.2', withTls({ maxProtocolVersion: 'TLSV1_2' }), 'tls.maxProtocolVersion'],
  ],
  DRN301: [
    ['takes plain HTTP', gateway({ ...SERVER, port: { number: 80, name: 'http', protocol: 'HTTP' } }), 'port.protocol'],
    ['passes TLS on', withTls({ mode: 'PASSTHROUGH' }), 'tls.mode'],
    ['passes TLS on by name', withTls({ mode: 'AUTO_PASSTHROUGH' }), 'tls.mode'],
    ['takes raw TCP', gateway({ ...SERVER, port: { number: 443, name: 'tcp', protocol: 'TCP' } }), 'port.protocol'],
    ['asks for a client certificate that nobody verifies', withTls({ mode: 'OPTIONAL_MUTUAL' }), 'tls.mode'],
    ['has no TLS', gateway({ ...SERVER, tls: undefined }), 'tls.mode'],
  ],
  DRN302: [
    ['names no Secret', withTls({ credentialName: undefined }), 'tls.credentialName'],
    ['names an empty Secret', withTls({ credentialName: '' }), 'tls.credentialName'],
    ['takes its key from a file', withTls({ privateKey: '/etc/certs/key.pem' }), 'tls.privateKey'],
    [
      'takes its certificate from a file',
      withTls({ serverCertificate: '/etc/certs/cert.pem' }),
      'tls.serverCertificate',
    ],
  ],
  DRN303: [
    ['serves every host', gateway({ ...SERVER, hosts: ['*'] }), 'hosts[0]'],
    ['serves a wildcard', gateway({ ...SERVER, hosts: ['./*.acme.example'] }), 'hosts[0]'],
    ['takes routes of any namespace', gateway({ ...SERVER, hosts: ['*/www.acme.example'] }), 'hosts[0]'],
    ['says no namespace', gateway({ ...SERVER, hosts: ['www.acme.example'] }), 'hosts[0]'],
    ['serves no host', gateway({ ...SERVER, hosts: [] }), 'hosts'],
  ],
};

const GATEWAYS: readonly Case[] = [
  ...Object.entries(SERVERS).flatMap(([rule, rows]) =>
    rows.map(
      ([where, broken, field]): Case => ({
        rule,
        where: `a server ${where}`,
        fails: [broken],
        at: `Gateway drun-ingress/web spec.servers[0].${field}`,
        passes: [
          gateway(SERVER),
          withTls({ mode: 'MUTUAL', caCertCredentialName: 'cdn' }),
          ...(rule === 'DRN303' ? [] : [gateway(REDIRECT)]),
        ],
        silent: [gateway(BETWEEN), CONFIG],
      }),
    ),
  ),
  {
    rule: 'DRN304',
    where: 'a gateway selects no proxies',
    fails: [gateway(SERVER, {})],
    at: 'Gateway drun-ingress/web spec.selector',
    passes: [gateway(SERVER)],
    silent: [CONFIG],
  },
];

const TARGET = { host: 'web.acme-serve.svc.cluster.local', port: { number: 8080 } };
const ROUTE = {
  name: 'api/acme/shop',
  match: [{ uri: { prefix: '/' } }],
  route: [{ destination: TARGET }],
  timeout: '30s',
  retries: { attempts: 2, retryOn: 'connect-failure,refused-stream' },
};
const BOUND = { hosts: ['www.acme.example'], gateways: ['web'], exportTo: ['.'] };
const route = (change: Doc = {}, spec: Doc = {}) =>
  edge(ISTIO, 'VirtualService', { ...BOUND, ...spec, http: [{ ...ROUTE, ...change }] });
const inMesh = edge(ISTIO, 'VirtualService', { hosts: ['web'], http: [{ route: [{ destination: { host: 'web' } }] }] });
const to = (host: string) => ({ route: [{ destination: { host } }] });

/** `[what is wrong, the VirtualService, the field]` by rule. */
const ROUTES: Readonly<Record<string, readonly (readonly [string, Doc, string])[]>> = {
  DRN305: [
    ['is for the mesh as well', route({}, { gateways: ['web', 'mesh'] }), 'spec.gateways'],
    ['is exported to everybody', route({}, { exportTo: ['*'] }), 'spec.exportTo'],
    ['does not say who sees it', route({}, { exportTo: undefined }), 'spec.exportTo'],
    ['is exported to two namespaces', route({}, { exportTo: ['.', 'beta-serve'] }), 'spec.exportTo'],
  ],
  DRN306: [
    ['has no name', route({ name: undefined }), 'spec.http[0].name'],
    ['has a name without a type', route({ name: 'shop' }), 'spec.http[0].name'],
    ['has a type that does not exist', route({ name: 'ftp/acme/shop' }), 'spec.http[0].name'],
    ['has the name of another tenant', route({ name: 'api/beta/shop' }), 'spec.http[0].name'],
  ],
  DRN307: [
    ['has no timeout', route({ timeout: undefined }), 'spec.http[0].timeout'],
    ['waits for ever', route({ timeout: '0s' }), 'spec.http[0].timeout'],
    [
      'repeats what a service answered with an error',
      route({ retries: { attempts: 3, retryOn: '5xx' } }),
      'spec.http[0].retries.retryOn',
    ],
    ['repeats as Istio does by itself', route({ retries: undefined }), 'spec.http[0].retries'],
    ['repeats without saying when', route({ retries: { attempts: 2 } }), 'spec.http[0].retries'],
  ],
  DRN308: [
    ['is mirrored', route({ mirror: { host: 'spy.acme-serve.svc.cluster.local' } }), 'spec.http[0].mirror'],
    ['is mirrored in parts', route({ mirrors: [{ destination: TARGET }] }), 'spec.http[0].mirrors'],
    ['is delegated', route({ delegate: { name: 'other', namespace: 'beta-serve' } }), 'spec.http[0].delegate'],
    [
      'has an injected fault',
      route({ fault: { abort: { httpStatus: 500, percentage: { value: 100 } } } }),
      'spec.http[0].fault',
    ],
    ['leads to a host outside', route(to('evil.example')), 'spec.http[0].route[0].destination.host'],
    ['leads to a short name', route(to('web')), 'spec.http[0].route[0].destination.host'],
  ],
  DRN309: [
    [
      'lets every origin call with credentials',
      route({ corsPolicy: { allowOrigins: [{ regex: '.*' }], allowCredentials: true } }),
      'spec.http[0].corsPolicy.allowOrigins',
    ],
    [
      'lets every https origin call with credentials',
      route({ corsPolicy: { allowOrigins: [{ prefix: 'https://' }], allowCredentials: true } }),
      'spec.http[0].corsPolicy.allowOrigins',
    ],
    [
      'lets * call with credentials',
      route({ corsPolicy: { allowOrigin: ['*'], allowCredentials: true } }),
      'spec.http[0].corsPolicy.allowOrigins',
    ],
  ],
  DRN310: [
    [
      'leads to another tenant',
      route(to('web.beta-serve.svc.cluster.local')),
      'spec.http[0].route[0].destination.host',
    ],
    ['leads to the platform', route(to('vault.vault.svc.cluster.local')), 'spec.http[0].route[0].destination.host'],
    [
      'sets the way to another tenant',
      edge(ISTIO, 'DestinationRule', { host: 'web.beta-serve.svc.cluster.local' }),
      'spec.host',
    ],
  ],
};

const WELL_ROUTED = [
  route(),
  route({ name: 'inference/acme/chat', retries: { attempts: 0 }, timeout: '600s' }),
  route({ corsPolicy: { allowOrigins: [{ exact: 'https://www.acme.example' }], allowCredentials: true } }),
];

const EDGE_ROUTES: readonly Case[] = Object.entries(ROUTES).flatMap(([rule, rows]) =>
  rows.map(
    ([where, broken, field]): Case => ({
      rule,
      where: `what is published ${where}`,
      fails: [broken],
      at: `${String(broken.kind)} drun-ingress/web ${field}`,
      passes: [...WELL_ROUTED, ...(rule === 'DRN310' ? [edge(ISTIO, 'DestinationRule', { host: TARGET.host })] : [])],
      silent: [...(rule === 'DRN310' ? [] : [inMesh]), CONFIG],
    }),
  ),
);

const TYPE = 'type.googleapis.com/envoy.extensions.filters';
const patched = (typed: Doc, labels: Doc = { workloadSelector: { labels: EDGE } }) =>
  platform('networking.istio.io/v1alpha3', 'EnvoyFilter', {
    ...labels,
    configPatches: [{ applyTo: 'HTTP_FILTER', patch: { operation: 'INSERT_BEFORE', value: { typed_config: typed } } }],
  });
const PROCESSOR = {
  '@type': `${TYPE}.http.ext_proc.v3.ExternalProcessor`,
  failure_mode_allow: false,
  message_timeout: '1s',
  processing_mode: { request_header_mode: 'SEND', request_body_mode: 'STREAMED' },
  request_attributes: ['xds.route_name'],
};
const ALWAYS = { default_value: { numerator: 100, denominator: 'HUNDRED' } };
/** What the switch of the edge turns on beside the limit that always holds. */
const SWITCHED = { default_value: { numerator: 0, denominator: 'HUNDRED' }, runtime_key: 'drun.edge_under_attack' };
const RATE = {
  '@type': `${TYPE}.http.local_ratelimit.v3.LocalRateLimit`,
  token_bucket: { max_tokens: 10, tokens_per_fill: 60, fill_interval: '60s' },
  filter_enabled: ALWAYS,
  filter_enforced: ALWAYS,
  descriptors: [{ entries: [{ key: 'remote_address' }], token_bucket: { max_tokens: 10 } }],
  max_dynamic_descriptors: 10_000,
};
const HTTP = {
  '@type': `${TYPE}.network.http_connection_manager.v3.HttpConnectionManager`,
  request_headers_timeout: '10s',
};

/** `[what is wrong, the change]` by rule, over a configuration that is right. */
const FILTERS: readonly (readonly [rule: string, base: Doc, rows: readonly (readonly [string, Doc])[]])[] = [
  [
    'DRN311',
    PROCESSOR,
    [
      ['lets pass while it is down', { failure_mode_allow: true }],
      ['only watches', { observability_mode: true }],
      ['cannot refuse', { disable_immediate_response: true }],
      ['waits for a minute', { message_timeout: '60s' }],
    ],
  ],
  [
    'DRN312',
    PROCESSOR,
    [
      ['sees no body', { processing_mode: { request_body_mode: 'NONE' } }],
      ['sees part of a body', { processing_mode: { request_body_mode: 'BUFFERED_PARTIAL' } }],
      ['sees no headers', { processing_mode: { request_header_mode: 'SKIP', request_body_mode: 'STREAMED' } }],
      ['says nothing of bodies', { processing_mode: {} }],
      ['does not know the route', { request_attributes: ['source.address'] }],
    ],
  ],
  [
    'DRN313',
    RATE,
    [
      ['is not enabled', { filter_enabled: undefined }],
      ['is counted and not applied', { filter_enforced: undefined }],
      ['is applied to half', { filter_enforced: { default_value: { numerator: 50, denominator: 'HUNDRED' } } }],
      [
        'is applied to one in ten thousand',
        { filter_enforced: { default_value: { numerator: 100, denominator: 'MILLION' } } },
      ],
      ['can be switched off at run time', { filter_enforced: { ...ALWAYS, runtime_key: 'limits' } }],
      ['remembers twenty addresses', { max_dynamic_descriptors: undefined }],
      ['has no bucket for all', { token_bucket: undefined }],
    ],
  ],
  [
    'DRN313',
    { ...RATE, stat_prefix: 'edge_attack', filter_enabled: SWITCHED, filter_enforced: SWITCHED },
    [
      ['is turned by another switch', { filter_enforced: { ...SWITCHED, runtime_key: 'drun.other' } }],
      ['has no switch', { filter_enabled: { default_value: SWITCHED.default_value } }],
      ['is not that of the switch', { stat_prefix: 'edge_address' }],
    ],
  ],
  [
    'DRN314',
    HTTP,
    [
      ['waits for headers for ever', { request_headers_timeout: '0s' }],
      ['waits for requests for ever', { request_timeout: '0s' }],
      ['keeps silent streams for ever', { stream_idle_timeout: '0s' }],
      ['keeps silent connections for ever', { common_http_protocol_options: { idle_timeout: '0s' } }],
      ['takes underscores in headers', { common_http_protocol_options: { headers_with_underscores_action: 'ALLOW' } }],
      ['does not normalize paths', { normalize_path: false }],
      ['keeps slashes twice', { merge_slashes: false }],
      ['keeps escaped slashes', { path_with_escaped_slashes_action: 'KEEP_UNCHANGED' }],
      ['believes the address in a header', { use_remote_address: false }],
      [
        'forwards the certificate a caller writes into a header',
        { forward_client_cert_details: 'ALWAYS_FORWARD_ONLY' },
      ],
      ['keeps the request id of the caller', { preserve_external_request_id: true }],
    ],
  ],
];

const EDGE_FILTERS: readonly Case[] = [
  ...FILTERS.flatMap(([rule, base, rows]) =>
    rows.map(
      ([where, change]): Case => ({
        rule,
        where: `a filter ${where}`,
        fails: [patched({ ...base, ...change })],
        passes: [patched(base)],
        silent: [patched({ '@type': `${TYPE}.http.router.v3.Router` }), CONFIG],
      }),
    ),
  ),
  ...[{}, { workloadSelector: { labels: {} } }].map(
    (selector): Case => ({
      rule: 'DRN315',
      where: `a filter selects with ${JSON.stringify(selector)}`,
      fails: [patched(PROCESSOR, selector)],
      at: 'EnvoyFilter drun-ingress/edge spec.workloadSelector.labels',
      passes: [patched(PROCESSOR), plugin()],
      silent: [CONFIG],
    }),
  ),
  ...[{ failStrategy: 'FAIL_OPEN' }, { failStrategy: 'FAIL_RELOAD' }, { sha256: undefined }, { sha256: 'abc' }].map(
    (change): Case => ({
      rule: 'DRN316',
      where: `a plug-in has ${JSON.stringify(change)}`,
      fails: [plugin(change)],
      passes: [
        plugin(),
        plugin({ failStrategy: undefined }),
        plugin({ sha256: undefined, url: `oci://r.example/waf@sha256:${'a'.repeat(64)}` }),
      ],
      silent: [CONFIG],
    }),
  ),
];

function plugin(change: Doc = {}): Doc {
  const spec = {
    selector: { matchLabels: EDGE },
    url: 'oci://r.example/waf:1',
    sha256: 'a'.repeat(64),
    failStrategy: 'FAIL_CLOSE',
  };
  return platform('extensions.istio.io/v1alpha1', 'WasmPlugin', { ...spec, ...change });
}

const OPERATION = { hosts: ['www.acme.example'], paths: ['/v1', '/v1/*'] };
const TOKEN = {
  from: [{ source: { requestPrincipals: ['https://id.example/*'] } }],
  to: [{ operation: OPERATION }],
  when: [{ key: 'request.auth.audiences', values: ['https://www.acme.example'] }],
};
const WHY = {
  'drun.io/exempt-because': 'everybody may read it',
  'drun.io/exempt-owner': 'a@acme.example',
  'drun.io/exempt-until': '2027-03-31',
};
const policy = (rule: Doc, annotations: Doc = {}, name = 'web') =>
  of('acme', SECURITY, 'AuthorizationPolicy', name, {
    metadata: { namespace: 'drun-ingress', annotations },
    spec: { selector: { matchLabels: EDGE }, action: 'ALLOW', rules: [rule] },
  });
const operated = (change: Doc) => policy({ ...TOKEN, to: [{ operation: { ...OPERATION, ...change } }] });
const ELSEWHERE = of('acme', SECURITY, 'AuthorizationPolicy', 'x', {
  metadata: { namespace: 'acme-train' },
  spec: { action: 'ALLOW', rules: [{}] },
});
const DENY = platform(SECURITY, 'AuthorizationPolicy', { selector: { matchLabels: EDGE } });
const tokens = (rule: Doc) =>
  platform(SECURITY, 'RequestAuthentication', {
    selector: { matchLabels: EDGE },
    jwtRules: [{ fromHeaders: [{ name: 'Authorization', prefix: 'Bearer ' }], ...rule }],
  });
const open = (operation: Doc) => policy({ to: [{ operation }] }, WHY, 'open');

const POLICIES: readonly Case[] = [
  ...(
    [
      ['asks for no token and says not why', policy({ to: TOKEN.to })],
      ['says why and not until when', policy({ to: TOKEN.to }, { ...WHY, 'drun.io/exempt-until': '' })],
      ['asks for an empty principal', policy({ ...TOKEN, from: [{ source: { requestPrincipals: [''] } }] })],
      [
        'takes an address for an identity',
        policy({ ...TOKEN, from: [...TOKEN.from, { source: { ipBlocks: ['192.0.2.0/24'] } }] }),
      ],
      ['takes tokens that were made for others', policy({ ...TOKEN, when: [] })],
    ] as const
  ).map(
    ([where, broken]): Case => ({
      rule: 'DRN317',
      where: `a policy ${where}`,
      fails: [broken],
      passes: [policy(TOKEN), policy({ to: TOKEN.to }, WHY)],
      silent: [ELSEWHERE, DENY, CONFIG],
    }),
  ),
  ...(
    [
      ['opens every host', policy({ ...TOKEN, to: [] })],
      ['opens paths of every host', operated({ hosts: undefined })],
      ['opens a wildcard', operated({ hosts: ['*.acme.example'] })],
      ['opens *', operated({ hosts: ['*'] })],
      ['opens every path without saying so', operated({ paths: undefined })],
    ] as const
  ).map(
    ([where, broken]): Case => ({
      rule: 'DRN318',
      where: `a policy ${where}`,
      fails: [broken],
      passes: [policy(TOKEN), operated({ hosts: ['www.acme.example', 'www.acme.example:443'], paths: ['/*'] })],
      silent: [ELSEWHERE, DENY, CONFIG],
    }),
  ),
  ...[
    { issuer: 'http://id.example' },
    { issuer: '*' },
    { issuer: 'https://id.example', jwksUri: 'http://id.example/keys' },
    { issuer: 'https://id.example', fromParams: ['token'] },
    { issuer: 'https://id.example', fromHeaders: undefined },
  ].map(
    (rule): Case => ({
      rule: 'DRN319',
      where: `tokens are believed by ${JSON.stringify(rule)}`,
      fails: [tokens(rule)],
      passes: [tokens({ issuer: 'https://id.example', jwksUri: 'https://id.example/keys' })],
      silent: [CONFIG],
    }),
  ),
  {
    rule: 'DRN319',
    where: 'nobody’s tokens are believed',
    fails: [platform(SECURITY, 'RequestAuthentication', { jwtRules: [] })],
    at: 'RequestAuthentication drun-ingress/edge spec.jwtRules',
    passes: [tokens({ issuer: 'https://id.example' })],
    silent: [CONFIG],
  },
  ...[
    { hosts: OPERATION.hosts, paths: ['/*'] },
    { hosts: OPERATION.hosts, paths: ['/v1/*'] },
    { hosts: OPERATION.hosts, paths: ['/*'], notPaths: ['/v2', '/v2/*'] },
  ].map(
    (operation): Case => ({
      rule: 'DRN320',
      where: `${JSON.stringify(operation)} is open beside a path that asks for a token`,
      fails: [policy(TOKEN), open(operation)],
      at: 'AuthorizationPolicy drun-ingress/open spec.rules[0].to[0].operation',
      passes: [
        policy(TOKEN),
        open({ hosts: OPERATION.hosts, paths: ['/*'], notPaths: ['/v1', '/v1/*'] }),
        policy({ to: [{ operation: { hosts: ['docs.acme.example'], paths: ['/*'] } }] }, WHY, 'docs'),
      ],
      silent: [ELSEWHERE, DENY, CONFIG],
    }),
  ),
];

/** Objects at the edge, one at a time and policies together. */
export const EDGE_CASES: readonly Case[] = [...GATEWAYS, ...EDGE_ROUTES, ...EDGE_FILTERS, ...POLICIES];
