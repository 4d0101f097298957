import { EDGE_PROFILES } from '../../../constructs/ingress/edge-profiles';
import type { IngressSettings } from '../../../constructs/ingress/ingress-settings';
import { countingPaths, countingThings } from './edge-counts';
import { ALWAYS, bucket, linesOf, publishedThings, type Thing } from './published';
import type { Order } from './spec-facts';

/** Everything in the edge's namespace that no other expectation reads. */
export const edgeFields = (order: Order): readonly string[] =>
  order.edge === undefined
    ? []
    : linesOf([...publishedThings(order), ...platformThings(order.edge, order), ...countingThings(order)]);

/** Who signs certificates. */
export const edgeIssuer = ({ edge, facts }: Order): readonly string[] => {
  if (edge === undefined) return [];
  const { certificates } = edge;
  const spec =
    certificates.issuer === 'vault'
      ? {
          vault: {
            server: certificates.server,
            path: certificates.path,
            caBundleSecretRef: { name: 'vault-ca', key: 'ca.crt' },
            auth: {
              kubernetes: {
                mountPath: `/v1/auth/kubernetes-${facts.region}`,
                role: certificates.role,
                serviceAccountRef: { name: 'edge-certificates', audiences: ['vault'] },
              },
            },
          },
        }
      : {
          acme: {
            server: certificates.server,
            email: certificates.email,
            privateKeySecretRef: { name: 'edge-acme-account' },
            solvers: [{ dns01: { route53: { region: 'eu-central-1' } } }],
          },
        };
  return linesOf([{ kind: 'ClusterIssuer', name: 'drun-edge', fields: { spec } }], '');
};

/** Rights of the edge’s components. */
export const edgeRights = ({ edge }: Order): readonly string[] => [
  ...(edge?.certificates.issuer === 'vault'
    ? ['edge-certificates create /serviceaccounts/token named edge-certificates']
    : []),
  ...(edge?.waf.configSync === undefined
    ? []
    : ['get', 'list', 'watch'].map((verb) => `waf-routes ${verb} /configmaps`)),
];

/** Who has them. */
export const edgeBindings = ({ edge }: Order): readonly string[] => [
  ...(edge?.certificates.issuer === 'vault'
    ? ['cert-manager ServiceAccount cert-manager/cert-manager is Role edge-certificates']
    : []),
  ...(edge?.waf.configSync === undefined ? [] : ['drun-ingress ServiceAccount drun-ingress/waf is Role waf-routes']),
];

/** Accounts of the edge, none with a token. */
export const edgeAccounts = ({ edge }: Order): readonly string[] => [
  ...(edge === undefined ? [] : ['ServiceAccount drun-ingress/waf automountServiceAccountToken=false']),
  ...(edge?.limits.global === undefined
    ? []
    : ['ServiceAccount drun-ingress/ratelimit automountServiceAccountToken=false']),
  ...(edge?.certificates.issuer === 'vault'
    ? ['ServiceAccount cert-manager/edge-certificates automountServiceAccountToken=false']
    : []),
];

/** What network policies of the edge let through. */
export const edgePaths = ({ edge, facts }: Order): readonly string[] => {
  if (edge === undefined) return [];
  const from = edge.cdn.profile === 'none' ? ['0.0.0.0/0', '::/0'] : edge.cdn.ranges;
  return [
    ...from.map((range) => `drun-ingress pods istio=ingress Ingress ${range} TCP/8443`),
    'drun-ingress pods istio=ingress Egress drun.io/tenant Exists all',
    'drun-ingress pods app.kubernetes.io/name=waf Ingress 169.254.7.127/32 TCP/9003',
    ...(edge.waf.configSync === undefined ? [] : facts.apiServerCidrs).flatMap((range) =>
      [443, 6443].map((port) => `drun-ingress pods app.kubernetes.io/name=waf Egress ${range} TCP/${port}`),
    ),
    ...countingPaths(edge),
  ];
};

const PODS = { 'app.kubernetes.io/name': 'waf' };
const PROXY = { selector: { matchLabels: { istio: 'ingress' } } };

function platformThings(edge: IngressSettings, { facts, issuers = [] }: Order): readonly Thing[] {
  const waf = { selector: { matchLabels: PODS } };
  const principals = [`${facts.trustDomain}/ns/drun-ingress/sa/ingress`];
  const cdn = edge.cdn.profile === 'none' ? undefined : edge.cdn.ranges;
  const denial = (ranges: readonly string[]): Thing => ({
    kind: 'AuthorizationPolicy',
    name: 'edge-cdn-only',
    fields: { spec: { ...PROXY, action: 'DENY', rules: [{ from: [{ source: { notIpBlocks: ranges } }] }] } },
  });
  return [
    { kind: 'AuthorizationPolicy', name: 'edge-default-deny', fields: { spec: PROXY } },
    ...(cdn === undefined ? [] : [denial(cdn)]),
    {
      kind: 'RequestAuthentication',
      name: 'edge-tokens',
      fields: {
        spec: {
          ...PROXY,
          jwtRules: issuers.map((issuer) => ({
            issuer,
            fromHeaders: [{ name: 'Authorization', prefix: 'Bearer ' }],
            forwardOriginalToken: true,
          })),
        },
      },
    },
    {
      kind: 'AuthorizationPolicy',
      name: 'edge-waf',
      fields: { spec: { ...waf, action: 'ALLOW', rules: [{ from: [{ source: { principals } }] }] } },
    },
    { kind: 'PeerAuthentication', name: 'edge-waf', fields: { spec: { ...waf, mtls: { mode: 'STRICT' } } } },
    ...firewall(edge.waf),
    ...filters(edge),
    { kind: 'ConfigMap', name: 'edge-bootstrap', fields: { data: { 'custom_bootstrap.json': OVERLOAD } } },
  ];
}

/** Thresholds of the overload manager over nine tenths of two gibibytes, as Envoy's documentation orders them. */
const ACTIONS = {
  shrink_heap: 0.85,
  disable_http_keepalive: 0.9,
  stop_accepting_requests: 0.95,
  reject_incoming_connections: 0.97,
};
const HEAP = 'envoy.resource_monitors.fixed_heap';
const OVERLOAD = `${JSON.stringify(
  {
    overload_manager: {
      refresh_interval: '0.25s',
      resource_monitors: [
        {
          name: HEAP,
          typed_config: {
            '@type': 'type.googleapis.com/envoy.extensions.resource_monitors.fixed_heap.v3.FixedHeapConfig',
            max_heap_size_bytes: 1_932_735_283,
          },
        },
      ],
      actions: Object.entries(ACTIONS).map(([name, value]) => ({
        name: `envoy.overload_actions.${name}`,
        triggers: [{ name: HEAP, threshold: { value } }],
      })),
    },
  },
  undefined,
  2,
)}\n`;

const CLOSED = { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } };

function firewall({ engine, configSync }: IngressSettings['waf']): readonly Thing[] {
  if (engine.kind !== 'ext-proc') return [];
  const { replicas } = engine;
  const types = Object.fromEntries(['api', 'inference', 'console', 'upload'].map((type) => [type, { mode: 'block' }]));
  const thing = (kind: string, fields: object): Thing => ({ kind, name: 'waf', fields });
  return [
    thing('ConfigMap', { data: { 'platform.json': `${JSON.stringify({ version: 1, types }, undefined, 2)}\n` } }),
    thing('Service', {
      spec: { selector: PODS, ports: [{ name: 'grpc', port: 9002, targetPort: 9002, protocol: 'TCP' }] },
    }),
    thing('PodDisruptionBudget', { spec: { minAvailable: 1, selector: { matchLabels: PODS } } }),
    thing('HorizontalPodAutoscaler', {
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'waf' },
        minReplicas: replicas,
        maxReplicas: replicas * 5,
        metrics: [
          { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 60 } } },
        ],
      },
    }),
    thing('Deployment', {
      spec: {
        replicas,
        strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
        selector: { matchLabels: PODS },
        template: {
          metadata: { labels: { ...PODS, 'istio.io/dataplane-mode': 'ambient' } },
          spec: pod(named(engine.image), named(configSync)),
        },
      },
    }),
  ];
}

function named(image: IngressSettings['waf']['configSync']): string | undefined {
  return typeof image === 'object' ? image.unpinned : image;
}

/** What carries tenants' exclusions, with the only token of the pod; the firewall reads what it wrote. */
const carrier = (image: string): object => ({
  name: 'config-sync',
  image,
  env: Object.entries({
    LABEL: 'drun.io/waf-routes',
    LABEL_VALUE: 'true',
    FOLDER: '/etc/waf/tenants',
    NAMESPACE: 'drun-ingress',
    RESOURCE: 'configmap',
    METHOD: 'WATCH',
  }).map(([name, value]) => ({ name, value })),
  resources: { requests: { cpu: '20m', memory: '64Mi' }, limits: { cpu: '200m', memory: '128Mi' } },
  securityContext: CLOSED,
  volumeMounts: [
    { name: 'tenants', mountPath: '/etc/waf/tenants' },
    { name: 'token', mountPath: '/var/run/secrets/kubernetes.io/serviceaccount', readOnly: true },
  ],
});

const CARRIED = [
  { name: 'tenants', emptyDir: { sizeLimit: '64Mi' } },
  {
    name: 'token',
    projected: {
      sources: [
        { serviceAccountToken: { path: 'token', expirationSeconds: 3600 } },
        { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
      ],
    },
  },
];

function pod(image: string | undefined, sync: string | undefined): object {
  return {
    serviceAccountName: 'waf',
    automountServiceAccountToken: false,
    priorityClassName: 'drun-platform',
    securityContext: {
      runAsNonRoot: true,
      runAsUser: 65_532,
      runAsGroup: 65_532,
      fsGroup: 65_532,
      seccompProfile: { type: 'RuntimeDefault' },
    },
    topologySpreadConstraints: [
      {
        maxSkew: 1,
        topologyKey: 'kubernetes.io/hostname',
        whenUnsatisfiable: 'ScheduleAnyway',
        labelSelector: { matchLabels: PODS },
      },
    ],
    containers: [
      {
        name: 'waf',
        image,
        args: [
          '--config=/etc/waf/platform/platform.json',
          ...(sync === undefined ? [] : ['--tenants=/etc/waf/tenants']),
          '--listen=:9002',
          '--admin=:9003',
        ],
        ports: [
          { name: 'grpc', containerPort: 9002 },
          { name: 'health', containerPort: 9003 },
        ],
        resources: { requests: { cpu: '1', memory: '512Mi' }, limits: { cpu: '4', memory: '1Gi' } },
        securityContext: CLOSED,
        readinessProbe: { httpGet: { path: '/readyz', port: 'health' }, periodSeconds: 5 },
        livenessProbe: { httpGet: { path: '/healthz', port: 'health' }, periodSeconds: 10, failureThreshold: 3 },
        volumeMounts: [
          { name: 'platform', mountPath: '/etc/waf/platform', readOnly: true },
          ...(sync === undefined ? [] : [{ name: 'tenants', mountPath: '/etc/waf/tenants', readOnly: true }]),
        ],
      },
      ...(sync === undefined ? [] : [carrier(sync)]),
    ],
    volumes: [{ name: 'platform', configMap: { name: 'waf' } }, ...(sync === undefined ? [] : CARRIED)],
  };
}

const TYPE = 'type.googleapis.com/envoy.extensions.filters';
const HCM = 'envoy.filters.network.http_connection_manager';
const http = { context: 'GATEWAY', listener: { filterChain: { filter: { name: HCM } } } };
const router = { filter: { name: HCM, subFilter: { name: 'envoy.filters.http.router' } } };

function filters({ limits }: IngressSettings): readonly Thing[] {
  const profile = EDGE_PROFILES[limits.profile];
  const filter = (name: string, configPatches: readonly object[]): Thing => ({
    kind: 'EnvoyFilter',
    name,
    fields: { spec: { workloadSelector: { labels: { istio: 'ingress' } }, priority: 10, configPatches } },
  });
  const merge = (applyTo: string, value: object) => ({
    applyTo,
    match: { context: 'GATEWAY' },
    patch: { operation: 'MERGE', value },
  });
  const inserted = (operation: string, match: object, applyTo: string, name: string, typed_config: object) => ({
    applyTo,
    match,
    patch: { operation, value: { name, typed_config } },
  });
  const slow = `${profile.headersSeconds}s`;
  return [
    filter('edge-connections', [
      inserted('INSERT_BEFORE', http, 'NETWORK_FILTER', 'envoy.filters.network.connection_limit', {
        '@type': `${TYPE}.network.connection_limit.v3.ConnectionLimit`,
        stat_prefix: 'edge',
        max_connections: (limits.connections * profile.connectionPercent) / 100,
      }),
      merge('LISTENER', { per_connection_buffer_limit_bytes: 32_768, listener_filters_timeout: slow }),
      merge('FILTER_CHAIN', { transport_socket_connect_timeout: slow }),
    ]),
    filter('edge-requests', [
      {
        applyTo: 'NETWORK_FILTER',
        match: http,
        patch: { operation: 'MERGE', value: { typed_config: requests(profile) } },
      },
    ]),
    filter('edge-rates', [
      inserted('INSERT_FIRST', http, 'HTTP_FILTER', 'envoy.filters.http.local_ratelimit', {
        '@type': `${TYPE}.http.local_ratelimit.v3.LocalRateLimit`,
        stat_prefix: 'edge_route',
      }),
      inserted('INSERT_FIRST', http, 'HTTP_FILTER', 'drun.edge_address_rate', addressRate(limits, profile)),
    ]),
    filter(
      'edge-waf',
      (
        [
          ['drun.waf_whole', BODIES],
          ['envoy.filters.http.ext_proc', PROCESSOR],
          ['drun.waf_length', BODIES],
        ] as const
      ).map(([name, typed]) =>
        inserted(
          'INSERT_BEFORE',
          { context: 'GATEWAY', listener: { filterChain: router } },
          'HTTP_FILTER',
          name,
          typed,
        ),
      ),
    ),
  ];
}

type Profile = (typeof EDGE_PROFILES)[keyof typeof EDGE_PROFILES];

function requests(profile: Profile): object {
  return {
    '@type': `${TYPE}.network.http_connection_manager.v3.HttpConnectionManager`,
    max_request_headers_kb: profile.headersKib,
    request_headers_timeout: `${profile.headersSeconds}s`,
    request_timeout: `${profile.requestSeconds}s`,
    stream_idle_timeout: `${profile.idleSeconds}s`,
    delayed_close_timeout: '1s',
    server_header_transformation: 'PASS_THROUGH',
    common_http_protocol_options: {
      idle_timeout: `${profile.idleSeconds}s`,
      max_headers_count: profile.headers,
      headers_with_underscores_action: 'REJECT_REQUEST',
    },
    http2_protocol_options: {
      max_concurrent_streams: profile.streams,
      initial_stream_window_size: 65_536,
      initial_connection_window_size: 1_048_576,
    },
  };
}

function addressRate(limits: IngressSettings['limits'], { ratePercent }: Profile): object {
  return {
    '@type': `${TYPE}.http.local_ratelimit.v3.LocalRateLimit`,
    stat_prefix: 'edge_address',
    token_bucket: bucket(60_000_000),
    filter_enabled: ALWAYS,
    filter_enforced: ALWAYS,
    rate_limits: [{ actions: [{ masked_remote_address: { v4_prefix_mask_len: 32, v6_prefix_mask_len: 64 } }] }],
    descriptors: [
      { entries: [{ key: 'masked_remote_address' }], token_bucket: bucket((limits.perAddress * ratePercent) / 100) },
    ],
    max_dynamic_descriptors: 50_000,
    always_consume_default_token_bucket: false,
  };
}

const BODIES = { '@type': `${TYPE}.http.buffer.v3.Buffer`, max_request_bytes: 1_048_576 };

const PROCESSOR = {
  '@type': `${TYPE}.http.ext_proc.v3.ExternalProcessor`,
  stat_prefix: 'edge_waf',
  grpc_service: { envoy_grpc: { cluster_name: 'outbound|9002||waf.drun-ingress.svc.cluster.local' } },
  failure_mode_allow: false,
  status_on_error: { code: 'ServiceUnavailable' },
  message_timeout: '1s',
  max_message_timeout: '10s',
  processing_mode: {
    request_header_mode: 'SEND',
    request_body_mode: 'STREAMED',
    request_trailer_mode: 'SEND',
    response_header_mode: 'SKIP',
    response_body_mode: 'NONE',
    response_trailer_mode: 'SKIP',
  },
  send_body_without_waiting_for_header_response: true,
  request_attributes: ['xds.route_name', 'xds.virtual_host_name', 'source.address', 'request.protocol'],
  mutation_rules: { disallow_all: true },
  route_cache_action: 'RETAIN',
};
