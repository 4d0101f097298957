import { exempted } from '../core/exemption';
import type { JsonObject } from '../core/json';
import type { Manifest, ServiceAccount } from '../core/manifest';
import { PLATFORM_NAMESPACE } from '../core/platform-service';
import { imageName, runs } from '../core/references';
import type { Stamp } from '../core/stamp';
import { type DataPlane, EDGE_CONTAINER_SECURITY, edgeDeployment } from './edge-deployment';
import { WAF_ROUTES_LABEL } from './edge-facts';
import type { IngressSettings } from './ingress-settings';
import { ROUTE_TYPE_NAMES } from './route-types';

/** Name of the firewall's objects, and its port for the proxies. */
export const WAF = { name: 'waf', port: 9002, health: 9003 } as const;

/** Pods of the firewall, by their label. */
export const WAF_PODS = { 'app.kubernetes.io/name': WAF.name } as const;

interface Loose extends Manifest {
  readonly [field: string]: unknown;
}

type ExtProc = Extract<IngressSettings['waf']['engine'], { readonly kind: 'ext-proc' }>;

/** The firewall as a service of its own: it grows by its own load, and a crash of it takes no connection with it. */
export function wafService(
  waf: IngressSettings['waf'],
  engine: ExtProc,
  dataPlane: DataPlane,
  stamp: Stamp,
): readonly Loose[] {
  const named = (kind: string, apiVersion: string, fields: JsonObject): Loose => ({
    apiVersion,
    kind,
    metadata: stamp(WAF.name, PLATFORM_NAMESPACE.ingress),
    ...fields,
  });
  const account: ServiceAccount = {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: stamp(WAF.name, PLATFORM_NAMESPACE.ingress),
    automountServiceAccountToken: false,
  };
  return [
    { ...account },
    platformRules(waf, stamp),
    ...(waf.configSync === undefined ? [] : reader(stamp)),
    {
      ...named('Deployment', 'apps/v1', { spec: deployment(waf, engine, dataPlane) }),
      metadata: runs(
        stamp(WAF.name, PLATFORM_NAMESPACE.ingress),
        engine.image,
        ...(waf.configSync === undefined ? [] : [waf.configSync]),
      ),
    },
    named('Service', 'v1', {
      spec: { selector: WAF_PODS, ports: [{ name: 'grpc', port: WAF.port, targetPort: WAF.port, protocol: 'TCP' }] },
    }),
    named('PodDisruptionBudget', 'policy/v1', { spec: { minAvailable: 1, selector: { matchLabels: WAF_PODS } } }),
    named('HorizontalPodAutoscaler', 'autoscaling/v2', { spec: autoscaler(engine) }),
  ];
}

/** What holds for every route of a type; tenants' files add exclusions for routes of their own. */
function platformRules({ mode, paranoia }: IngressSettings['waf'], stamp: Stamp): Loose {
  const detects = typeof mode === 'string' ? undefined : mode.detect;
  const settings = { mode: detects === undefined ? 'block' : 'detect', ...(paranoia === 1 ? {} : { paranoia }) };
  const rules = { version: 1, types: Object.fromEntries(ROUTE_TYPE_NAMES.map((type) => [type, settings])) };
  const metadata = stamp(WAF.name, PLATFORM_NAMESPACE.ingress);
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: detects === undefined ? metadata : exempted(metadata, detects),
    data: { 'platform.json': `${JSON.stringify(rules, undefined, 2)}\n` },
  };
}

/** What carries tenants' exclusions reads ConfigMaps of this namespace and nothing else. */
function reader(stamp: Stamp): readonly Loose[] {
  const metadata = stamp('waf-routes', PLATFORM_NAMESPACE.ingress);
  return [
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'Role',
      metadata,
      rules: [{ apiGroups: [''], resources: ['configmaps'], verbs: ['get', 'list', 'watch'] }],
    },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'RoleBinding',
      metadata,
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'waf-routes' },
      subjects: [{ kind: 'ServiceAccount', name: WAF.name, namespace: PLATFORM_NAMESPACE.ingress }],
    },
  ];
}

function deployment(waf: IngressSettings['waf'], { image, replicas }: ExtProc, dataPlane: DataPlane): JsonObject {
  return edgeDeployment({
    account: WAF.name,
    replicas,
    pods: WAF_PODS,
    dataPlane,
    containers:
      waf.configSync === undefined
        ? [firewall(imageName(image), [])]
        : [firewall(imageName(image), [TENANTS]), sync(imageName(waf.configSync))],
    volumes: [
      { name: 'platform', configMap: { name: WAF.name } },
      ...(waf.configSync === undefined ? [] : [{ name: TENANTS.name, emptyDir: { sizeLimit: '64Mi' } }, TOKEN]),
    ],
  });
}

/** Where files of tenants are written by one container and read by the other. */
const TENANTS = { name: 'tenants', mountPath: '/etc/waf/tenants' } as const;

function firewall(image: string, folders: readonly (typeof TENANTS)[]): JsonObject {
  return {
    name: 'waf',
    image,
    args: [
      '--config=/etc/waf/platform/platform.json',
      ...folders.map(({ mountPath }) => `--tenants=${mountPath}`),
      `--listen=:${WAF.port}`,
      `--admin=:${WAF.health}`,
    ],
    ports: [
      { name: 'grpc', containerPort: WAF.port },
      { name: 'health', containerPort: WAF.health },
    ],
    resources: { requests: { cpu: '1', memory: '512Mi' }, limits: { cpu: '4', memory: '1Gi' } },
    securityContext: EDGE_CONTAINER_SECURITY,
    readinessProbe: { httpGet: { path: '/readyz', port: 'health' }, periodSeconds: 5 },
    livenessProbe: { httpGet: { path: '/healthz', port: 'health' }, periodSeconds: 10, failureThreshold: 3 },
    volumeMounts: [
      { name: 'platform', mountPath: '/etc/waf/platform', readOnly: true },
      ...folders.map((folder) => ({ ...folder, readOnly: true })),
    ],
  };
}

/** Only this container has a token, and it can read ConfigMaps of this namespace alone. */
function sync(image: string): JsonObject {
  return {
    name: 'config-sync',
    image,
    env: [
      { name: 'LABEL', value: WAF_ROUTES_LABEL },
      { name: 'LABEL_VALUE', value: 'true' },
      { name: 'FOLDER', value: TENANTS.mountPath },
      { name: 'NAMESPACE', value: PLATFORM_NAMESPACE.ingress },
      { name: 'RESOURCE', value: 'configmap' },
      { name: 'METHOD', value: 'WATCH' },
    ],
    resources: { requests: { cpu: '20m', memory: '64Mi' }, limits: { cpu: '200m', memory: '128Mi' } },
    securityContext: EDGE_CONTAINER_SECURITY,
    volumeMounts: [
      TENANTS,
      { name: 'token', mountPath: '/var/run/secrets/kubernetes.io/serviceaccount', readOnly: true },
    ],
  };
}

const TOKEN = {
  name: 'token',
  projected: {
    sources: [
      { serviceAccountToken: { path: 'token', expirationSeconds: 3600 } },
      { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
    ],
  },
} as const;

function autoscaler({ replicas }: ExtProc): JsonObject {
  return {
    scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: WAF.name },
    minReplicas: replicas,
    maxReplicas: replicas * 5,
    metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 60 } } }],
  };
}
