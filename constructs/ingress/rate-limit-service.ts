import type { JsonObject } from '../core/json';
import type { Manifest, ServiceAccount } from '../core/manifest';
import { PLATFORM_NAMESPACE } from '../core/platform-service';
import { imageName, runs } from '../core/references';
import type { Stamp } from '../core/stamp';
import { type DataPlane, EDGE_CONTAINER_SECURITY, edgeDeployment } from './edge-deployment';
import { globalConfiguration } from './global-rates';
import type { GlobalSettings } from './global-settings';

/** Name of the rate limit service's objects, its port for the proxies and that for probes. */
export const RATE_LIMIT = { name: 'ratelimit', port: 8_081, health: 8_080 } as const;

/** Its pods, by their label. */
export const RATE_LIMIT_PODS = { 'app.kubernetes.io/name': RATE_LIMIT.name } as const;

interface Loose extends Manifest {
  readonly [field: string]: unknown;
}

/** What counts requests over all proxies of the edge; it keeps nothing itself, so it grows and restarts as it likes. */
export function rateLimitService(settings: GlobalSettings, dataPlane: DataPlane, stamp: Stamp): readonly Loose[] {
  const metadata = stamp(RATE_LIMIT.name, PLATFORM_NAMESPACE.ingress);
  const named = (kind: string, apiVersion: string, fields: JsonObject): Loose => ({
    apiVersion,
    kind,
    metadata,
    ...fields,
  });
  const account: ServiceAccount = {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata,
    automountServiceAccountToken: false,
  };
  const { name, port } = RATE_LIMIT;
  return [
    { ...account },
    named('ConfigMap', 'v1', { data: { 'edge.yaml': `${JSON.stringify(globalConfiguration())}\n` } }),
    {
      ...named('Deployment', 'apps/v1', { spec: deployment(settings, dataPlane) }),
      metadata: runs(metadata, settings.image),
    },
    named('Service', 'v1', {
      spec: { selector: RATE_LIMIT_PODS, ports: [{ name: 'grpc', port, targetPort: port, protocol: 'TCP' }] },
    }),
    named('PodDisruptionBudget', 'policy/v1', {
      spec: { minAvailable: 1, selector: { matchLabels: RATE_LIMIT_PODS } },
    }),
    named('HorizontalPodAutoscaler', 'autoscaling/v2', {
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name },
        minReplicas: settings.replicas,
        maxReplicas: settings.replicas * 5,
        metrics: [
          { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 60 } } },
        ],
      },
    }),
  ];
}

function deployment({ image, replicas, store }: GlobalSettings, dataPlane: DataPlane): JsonObject {
  return edgeDeployment({
    account: RATE_LIMIT.name,
    replicas,
    pods: RATE_LIMIT_PODS,
    dataPlane,
    containers: [container(imageName(image), store)],
    volumes: [
      { name: 'config', configMap: { name: RATE_LIMIT.name } },
      ...(store.ca === undefined ? [] : [authority(store.ca)]),
    ],
  });
}

/** The certificate that verifies the store; the Secret may hold more, and no more is given to the pod. */
function authority({ secret, key }: NonNullable<GlobalSettings['store']['ca']>): JsonObject {
  return { name: 'store-ca', secret: { secretName: secret, items: [{ key, path: 'ca.crt' }] } };
}

function container(image: string, store: GlobalSettings['store']): JsonObject {
  return {
    name: 'ratelimit',
    image,
    command: ['/bin/ratelimit'],
    env: variables(store),
    ports: [
      { name: 'grpc', containerPort: RATE_LIMIT.port },
      { name: 'health', containerPort: RATE_LIMIT.health },
    ],
    resources: { requests: { cpu: '500m', memory: '128Mi' }, limits: { cpu: '2', memory: '256Mi' } },
    securityContext: EDGE_CONTAINER_SECURITY,
    // Also without its store: proxies then have nobody to ask, and do at once what they do without an answer.
    readinessProbe: { httpGet: { path: '/healthcheck', port: 'health' }, periodSeconds: 5 },
    livenessProbe: { tcpSocket: { port: 'health' }, periodSeconds: 10, failureThreshold: 3 },
    volumeMounts: [
      { name: 'config', mountPath: '/etc/ratelimit/config', readOnly: true },
      ...(store.ca === undefined ? [] : [{ name: 'store-ca', mountPath: '/etc/ratelimit/store', readOnly: true }]),
    ],
  };
}

/**
 * Settings of the service (https://github.com/envoyproxy/ratelimit/blob/main/src/settings/settings.go), whose defaults speak
 * to a store in plain text and open a port for debugging to everybody.
 */
export const RATE_LIMIT_SETTINGS = {
  RUNTIME_ROOT: '/etc/ratelimit',
  RUNTIME_APPDIRECTORY: 'config',
  // A ConfigMap's files are links into folders with a dot, of which each would be read again.
  RUNTIME_IGNOREDOTFILES: 'true',
  RUNTIME_WATCH_ROOT: 'false',
  DEBUG_HOST: '127.0.0.1',
  LOG_LEVEL: 'warn',
  LOG_FORMAT: 'json',
  USE_STATSD: 'false',
  REDIS_TYPE: 'SINGLE',
  REDIS_SOCKET_TYPE: 'tcp',
  REDIS_TLS: 'true',
  // Below the time that proxies wait, so that it is the service that says what is wrong.
  REDIS_TIMEOUT: '200ms',
  REDIS_HEALTH_CHECK_ACTIVE_CONNECTION: 'true',
  REDIS_POOL_SIZE: '32',
  // Who is over a limit is refused from memory until the minute is over: an attack does not reach the store.
  LOCAL_CACHE_SIZE_IN_BYTES: '16777216',
  // Counts hold addresses and names of callers: they go soon after their minute.
  EXPIRATION_JITTER_MAX_SECONDS: '30',
} as const;

function variables({ host, port, ca, password }: GlobalSettings['store']): JsonObject[] {
  const plain = {
    ...RATE_LIMIT_SETTINGS,
    REDIS_URL: `${host}:${port}`,
    ...(ca === undefined ? {} : { REDIS_TLS_CACERT: '/etc/ratelimit/store/ca.crt' }),
  };
  return [
    ...Object.entries(plain).map(([name, value]) => ({ name, value })),
    { name: 'REDIS_AUTH', valueFrom: { secretKeyRef: { name: password.secret, key: password.key } } },
  ];
}
