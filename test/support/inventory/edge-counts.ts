import type { IngressSettings } from '../../../constructs/ingress/ingress-settings';
import type { Thing } from './published';
import type { Order } from './spec-facts';

type Global = NonNullable<IngressSettings['limits']['global']>;

const PODS = { 'app.kubernetes.io/name': 'ratelimit' };
const CLOSED = { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } };

/** Requests a minute that can be counted, as docs/ingress.md lists them. */
export const STEPS = [
  10, 20, 30, 60, 120, 240, 300, 600, 1200, 2400, 3000, 6000, 12000, 30000, 60000, 120000, 300000, 600000, 1200000,
  3000000, 6000000,
];

/** What network policies let through around it. */
export function countingPaths({ limits: { global } }: IngressSettings): readonly string[] {
  if (global === undefined) return [];
  const pods = 'drun-ingress pods app.kubernetes.io/name=ratelimit';
  return [
    ...global.store.ranges.map((range) => `${pods} Egress ${range} TCP/${global.store.port}`),
    `${pods} Ingress 169.254.7.127/32 TCP/8080`,
  ];
}

/** What counts over all proxies, who speaks to it, and what asks it. */
export function countingThings({ edge, facts }: Order): readonly Thing[] {
  const global = edge?.limits.global;
  if (global === undefined) return [];
  const pods = { selector: { matchLabels: PODS } };
  const source = { principals: [`${facts.trustDomain}/ns/drun-ingress/sa/ingress`] };
  const rules = [{ from: [{ source }], to: [{ operation: { ports: ['8081'] } }] }];
  const thing = (kind: string, fields: object): Thing => ({ kind, name: 'ratelimit', fields });
  return [
    { kind: 'PeerAuthentication', name: 'edge-ratelimit', fields: { spec: { ...pods, mtls: { mode: 'STRICT' } } } },
    { kind: 'AuthorizationPolicy', name: 'edge-ratelimit', fields: { spec: { ...pods, action: 'ALLOW', rules } } },
    { kind: 'EnvoyFilter', name: 'edge-global-rates', fields: { spec: asking } },
    thing('ConfigMap', { data: { 'edge.yaml': `${JSON.stringify(table())}\n` } }),
    thing('Service', {
      spec: { selector: PODS, ports: [{ name: 'grpc', port: 8081, targetPort: 8081, protocol: 'TCP' }] },
    }),
    thing('PodDisruptionBudget', { spec: { minAvailable: 1, selector: { matchLabels: PODS } } }),
    thing('HorizontalPodAutoscaler', { spec: autoscaler(global.replicas) }),
    thing('Deployment', {
      spec: {
        replicas: global.replicas,
        strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
        selector: { matchLabels: PODS },
        template: { metadata: { labels: { ...PODS, 'istio.io/dataplane-mode': 'ambient' } }, spec: pod(global) },
      },
    }),
  ];
}

/** Each count of each step, and for steps that nobody knows the smallest. */
function table(): object {
  const below = (keys: readonly string[], limit: object): object =>
    keys.length === 0 ? { rate_limit: limit } : { descriptors: [{ key: keys[0], ...below(keys.slice(1), limit) }] };
  const counts: readonly (readonly [string, readonly string[]])[] = [
    ['per_address', ['route', 'masked_remote_address']],
    ['per_key', ['route', 'issuer', 'subject']],
    ['per_route', ['route']],
    ['per_tenant', ['tenant']],
  ];
  const limit = (most: number) => ({ unit: 'minute', requests_per_unit: most });
  const descriptors = counts.flatMap(([key, keys]) => [
    ...STEPS.map((step) => ({ key, value: String(step), ...below(keys, limit(step)) })),
    { key, ...below(keys, limit(10)) },
  ]);
  return { domain: 'drun-edge', descriptors };
}

const asking = {
  workloadSelector: { labels: { istio: 'ingress' } },
  // Before the firewall's 10: what is inserted later before the router comes later.
  priority: 5,
  configPatches: [
    {
      applyTo: 'HTTP_FILTER',
      match: {
        context: 'GATEWAY',
        listener: {
          filterChain: {
            filter: {
              name: 'envoy.filters.network.http_connection_manager',
              subFilter: { name: 'envoy.filters.http.router' },
            },
          },
        },
      },
      patch: {
        operation: 'INSERT_BEFORE',
        value: {
          name: 'envoy.filters.http.ratelimit',
          typed_config: {
            '@type': 'type.googleapis.com/envoy.extensions.filters.http.ratelimit.v3.RateLimit',
            stat_prefix: 'edge_global',
            domain: 'drun-edge',
            failure_mode_deny: true,
            status_on_error: { code: 'ServiceUnavailable' },
            timeout: '0.25s',
            enable_x_ratelimit_headers: 'DRAFT_VERSION_03',
            rate_limit_service: {
              transport_api_version: 'V3',
              grpc_service: {
                envoy_grpc: { cluster_name: 'outbound|8081||ratelimit.drun-ingress.svc.cluster.local' },
              },
            },
          },
        },
      },
    },
  ],
};

function autoscaler(replicas: number): object {
  return {
    scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'ratelimit' },
    minReplicas: replicas,
    maxReplicas: replicas * 5,
    metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 60 } } }],
  };
}

const SETTINGS: Readonly<Record<string, string>> = {
  RUNTIME_ROOT: '/etc/ratelimit',
  RUNTIME_APPDIRECTORY: 'config',
  RUNTIME_IGNOREDOTFILES: 'true',
  RUNTIME_WATCH_ROOT: 'false',
  DEBUG_HOST: '127.0.0.1',
  LOG_LEVEL: 'warn',
  LOG_FORMAT: 'json',
  USE_STATSD: 'false',
  REDIS_TYPE: 'SINGLE',
  REDIS_SOCKET_TYPE: 'tcp',
  REDIS_TLS: 'true',
  REDIS_TIMEOUT: '200ms',
  REDIS_HEALTH_CHECK_ACTIVE_CONNECTION: 'true',
  REDIS_POOL_SIZE: '32',
  LOCAL_CACHE_SIZE_IN_BYTES: '16777216',
  EXPIRATION_JITTER_MAX_SECONDS: '30',
};

function pod({ image, store }: Global): object {
  const { password, ca } = store;
  const settings = {
    ...SETTINGS,
    REDIS_URL: `${store.host}:${store.port}`,
    REDIS_TLS_CACERT: '/etc/ratelimit/store/ca.crt',
  };
  return {
    serviceAccountName: 'ratelimit',
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
        name: 'ratelimit',
        image: typeof image === 'string' ? image : image.unpinned,
        command: ['/bin/ratelimit'],
        env: [
          ...Object.entries(settings).map(([name, value]) => ({ name, value })),
          { name: 'REDIS_AUTH', valueFrom: { secretKeyRef: { name: password.secret, key: password.key } } },
        ],
        ports: [
          { name: 'grpc', containerPort: 8081 },
          { name: 'health', containerPort: 8080 },
        ],
        resources: { requests: { cpu: '500m', memory: '128Mi' }, limits: { cpu: '2', memory: '256Mi' } },
        securityContext: CLOSED,
        readinessProbe: { httpGet: { path: '/healthcheck', port: 'health' }, periodSeconds: 5 },
        livenessProbe: { tcpSocket: { port: 'health' }, periodSeconds: 10, failureThreshold: 3 },
        volumeMounts: [
          { name: 'config', mountPath: '/etc/ratelimit/config', readOnly: true },
          { name: 'store-ca', mountPath: '/etc/ratelimit/store', readOnly: true },
        ],
      },
    ],
    volumes: [
      { name: 'config', configMap: { name: 'ratelimit' } },
      { name: 'store-ca', secret: { secretName: ca?.secret, items: [{ key: ca?.key, path: 'ca.crt' }] } },
    ],
  };
}
