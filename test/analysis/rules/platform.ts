import { METADATA_CIDRS } from '../../../constructs/core/cluster-facts';
import { isRecord } from '../../../constructs/core/json';

/** A Kubernetes object in a test. */
export type Doc = Readonly<Record<string, unknown>>;

export const DIGEST = `sha256:${'a'.repeat(64)}`;
export const TODAY = '2026-11-22';

/** An object of a tenant, as the platform labels it. */
export function of(tenant: string, apiVersion: string, kind: string, name: string, rest: Doc = {}): Doc {
  return made({ 'drun.io/tenant': tenant }, apiVersion, kind, name, rest);
}

/** An object of a component of the platform. */
export function by(component: string, apiVersion: string, kind: string, name: string, rest: Doc = {}): Doc {
  return made({ 'drun.io/component': component }, apiVersion, kind, name, rest);
}

function made(owner: Doc, apiVersion: string, kind: string, name: string, { metadata, ...rest }: Doc): Doc {
  const { labels, ...others } = isRecord(metadata) ? metadata : {};
  const all = { 'app.kubernetes.io/managed-by': 'drun-platform', ...owner, ...(isRecord(labels) ? labels : {}) };
  return { apiVersion, kind, metadata: { name, ...others, labels: all }, ...rest };
}

const CONTAINER = {
  name: 'app',
  image: `registry.example.com/acme/app@${DIGEST}`,
  resources: { requests: { cpu: '500m', memory: '256Mi' }, limits: { cpu: '1', memory: '512Mi' } },
  securityContext: {
    runAsNonRoot: true,
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ['ALL'] },
    seccompProfile: { type: 'RuntimeDefault' },
  },
};

/** A container that breaks no rule, with some fields changed. */
export function container(changes: Doc = {}): Doc {
  return { ...CONTAINER, ...changes };
}

/** A deployment that breaks no rule, with fields of its pod or its only container changed. */
export function deployment(inContainer: Doc = {}, inPod: Doc = {}): Doc {
  const spec = { automountServiceAccountToken: false, containers: [container(inContainer)], ...inPod };
  const metadata = { namespace: 'acme-serve' };
  return of('acme', 'apps/v1', 'Deployment', 'web', { metadata, spec: { replicas: 1, template: { spec } } });
}

/** The namespace of a tenant with its labels. */
export function namespace(tenant: string, name: string, labels: Doc = {}): Doc {
  const modes = ['enforce', 'audit', 'warn'].flatMap((mode) => [
    [`pod-security.kubernetes.io/${mode}`, 'restricted'],
    [`pod-security.kubernetes.io/${mode}-version`, 'v1.36'],
  ]);
  const mesh = {
    'istio.io/dataplane-mode': 'ambient',
    'istio.io/use-waypoint': 'waypoint',
    'istio.io/ingress-use-waypoint': 'true',
  };
  const all = { ...Object.fromEntries(modes), 'drun.io/trust': 'standard', ...mesh, ...labels };
  return of(tenant, 'v1', 'Namespace', name, { metadata: { labels: all } });
}

/** What one namespace of a tenant holds: about as many objects, and of the kinds, that the platform makes. */
export function tenant(name: string, ns = 'train'): readonly Doc[] {
  const metadata = { namespace: `${name}-${ns}`, annotations: { 'drun.io/controls': 'NET-4 NET-5' } };
  const make = (apiVersion: string, kind: string, id: string, rest: Doc = {}) =>
    of(name, apiVersion, kind, id, { metadata, ...rest });
  return [
    namespace(name, `${name}-${ns}`),
    ...['default', 'workload'].map((id) => make('v1', 'ServiceAccount', id, { automountServiceAccountToken: false })),
    make('policy.drun.io/v1', 'TenantPolicy', 'tenant', { spec: policy(name) }),
    make('v1', 'ResourceQuota', 'compute', {
      spec: { hard: { 'limits.cpu': '64', 'limits.memory': '256Gi', pods: '50' } },
    }),
    make('v1', 'ResourceQuota', 'gpu', { spec: { hard: gpus() } }),
    make('v1', 'ResourceQuota', 'objects', { spec: { hard: OBJECTS } }),
    make('v1', 'ResourceQuota', 'affinity', {
      spec: {
        hard: { pods: '0' },
        scopeSelector: { matchExpressions: [{ scopeName: 'CrossNamespacePodAffinity', operator: 'Exists' }] },
      },
    }),
    make('v1', 'ResourceQuota', 'storage', {
      spec: { hard: { 'requests.storage': '1Ti', persistentvolumeclaims: '10' } },
    }),
    make('v1', 'LimitRange', 'limits', { spec: { limits: [limits()] } }),
    ...['viewer', 'developer', 'operator', 'owner'].map((role) => make(...binding(name, role))),
    ...networkPolicies(name).map(([id, spec]) => make('networking.k8s.io/v1', 'NetworkPolicy', id, { spec })),
    make('security.istio.io/v1', 'PeerAuthentication', 'default', { spec: { mtls: { mode: 'STRICT' } } }),
    make('security.istio.io/v1', 'AuthorizationPolicy', 'default-deny', { spec: {} }),
    make('security.istio.io/v1', 'AuthorizationPolicy', 'allow-within', {
      spec: { rules: [{ from: [{ source: { namespaces: [`${name}-${ns}`] } }] }] },
    }),
    make('gateway.networking.k8s.io/v1', 'Gateway', 'waypoint', {
      metadata: { ...metadata, labels: { 'istio.io/waypoint-for': 'service' } },
      spec: { gatewayClassName: 'istio-waypoint', listeners: [{ name: 'mesh', port: 15008, protocol: 'HBONE' }] },
    }),
    make('networking.istio.io/v1', 'ServiceEntry', 'to-internet', {
      spec: {
        hosts: ['api.openai.com'],
        exportTo: ['.'],
        resolution: 'DNS',
        ports: [{ number: 443, protocol: 'TLS', name: 'tls' }],
      },
    }),
    make('kueue.x-k8s.io/v1beta2', 'LocalQueue', 'default', { spec: { clusterQueue: name } }),
    of(name, 'kueue.x-k8s.io/v1beta2', 'ClusterQueue', name, { spec: queue() }),
    of(name, 'policy.networking.k8s.io/v1alpha2', 'ClusterNetworkPolicy', `tenant-${name}`, {
      spec: adminTier(name, `${name}-${ns}`),
    }),
  ];
}

/** What tenants refer to: roles, sandboxes, a pool, the kind of their parameters, and the guards over all of them. */
export function platform(): readonly Doc[] {
  const rules = [{ apiGroups: ['apps'], resources: ['deployments'], verbs: ['get', 'list', 'watch'] }];
  return [
    ...['viewer', 'developer', 'operator', 'owner'].map((role) =>
      by('tenancy', 'rbac.authorization.k8s.io/v1', 'ClusterRole', `drun-tenant-${role}`, { rules }),
    ),
    by('runtime', 'node.k8s.io/v1', 'RuntimeClass', 'gvisor', { handler: 'runsc' }),
    by('gpu', 'kueue.x-k8s.io/v1beta2', 'ResourceFlavor', 'shared', { spec: {} }),
    by('admission', 'apiextensions.k8s.io/v1', 'CustomResourceDefinition', 'tenantpolicies.policy.drun.io', {
      spec: { group: 'policy.drun.io', scope: 'Namespaced' },
    }),
    guard('tenants-no-metadata', 'Admin', { egress: [{ action: 'Deny', to: [{ networks: [...METADATA_CIDRS] }] }] }),
    guard('tenants-default-deny', 'Baseline', {
      ingress: [{ action: 'Deny', from: [{ namespaces: {} }] }],
      egress: [{ action: 'Deny', to: [{ networks: ANYWHERE }] }],
    }),
    ...rootNamespace(),
    ...meshRoot(),
  ];
}

/** The namespace of the mesh's control plane. */
function rootNamespace(): readonly Doc[] {
  const levels = ['enforce', 'audit', 'warn'].flatMap((mode) => [
    [`pod-security.kubernetes.io/${mode}`, 'restricted'],
    [`pod-security.kubernetes.io/${mode}-version`, 'v1.36'],
  ]);
  return [
    by('mesh', 'v1', 'Namespace', 'istio-system', { metadata: { labels: Object.fromEntries(levels) } }),
    by('mesh', 'networking.k8s.io/v1', 'NetworkPolicy', 'default-deny', {
      metadata: { namespace: 'istio-system' },
      spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] },
    }),
  ];
}

/** What closes the whole mesh. */
export function meshRoot(): readonly Doc[] {
  const make = (apiVersion: string, kind: string, name: string, spec: Doc) =>
    by('mesh', apiVersion, kind, name, { metadata: { namespace: 'istio-system' }, spec });
  const gateways = [{ group: 'gateway.networking.k8s.io', kind: 'GatewayClass', name: 'istio-waypoint' }];
  return [
    make('security.istio.io/v1', 'PeerAuthentication', 'default', { mtls: { mode: 'STRICT' } }),
    make('security.istio.io/v1', 'AuthorizationPolicy', 'default-deny', {}),
    make('security.istio.io/v1', 'AuthorizationPolicy', 'waypoints-default-deny', { targetRefs: gateways }),
    make('networking.istio.io/v1', 'Sidecar', 'default', {
      outboundTrafficPolicy: { mode: 'REGISTRY_ONLY' },
      egress: [{ hosts: ['./*'] }],
    }),
  ];
}

const ANYWHERE = ['0.0.0.0/0', '::/0'];

/** A policy over all tenants, present and future. */
export function guard(name: string, tier: string, rules: Doc): Doc {
  const subject = { namespaces: { matchExpressions: [{ key: 'drun.io/tenant', operator: 'Exists' }] } };
  return by('network', 'policy.networking.k8s.io/v1alpha2', 'ClusterNetworkPolicy', name, {
    spec: { tier, priority: 10, subject, ...rules },
  });
}

const OBJECTS = {
  'count/secrets': '100',
  configmaps: '100',
  'count/services': '50',
  'count/jobs.batch': '100',
  'services.loadbalancers': '0',
  'services.nodeports': '0',
};

function gpus(): Doc {
  const classes = ['gpu', 'mig', 'vfio.gpu', 'shared.gpu'].map((name) => `${name}.nvidia.com`);
  return {
    'requests.nvidia.com/gpu': '8',
    'requests.nvidia.com/gpu.shared': '0',
    'requests.nvidia.com/pgpu': '0',
    'count/resourceclaims.resource.k8s.io': '8',
    ...Object.fromEntries(
      classes.flatMap((name) => [
        [`${name}.deviceclass.resource.k8s.io/devices`, name === 'gpu.nvidia.com' ? '8' : '0'],
        [`requests.deviceclass.resource.kubernetes.io/${name}`, name === 'gpu.nvidia.com' ? '8' : '0'],
      ]),
    ),
  };
}

function policy(name: string): Doc {
  return {
    tenant: name,
    trust: 'standard',
    registries: [`registry.example.com/${name}/`],
    runtimeClasses: ['gvisor'],
    runtimeClassRequired: true,
    pool: 'shared',
    hosts: [`api.${name}.example`],
    serviceAccounts: ['default', 'workload'],
    peers: [],
    queue: 'default',
  };
}

function limits(): Doc {
  return {
    type: 'Container',
    min: { cpu: '10m', memory: '16Mi' },
    defaultRequest: { cpu: '100m', memory: '128Mi' },
    default: { cpu: '1', memory: '1Gi' },
    max: { cpu: '32', memory: '128Gi' },
  };
}

function binding(name: string, role: string): [string, string, string, Doc] {
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: `drun-tenant-${role}` };
  const subjects = [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: `oidc:${name}-${role}s` }];
  return ['rbac.authorization.k8s.io/v1', 'RoleBinding', `drun-${role}`, { roleRef, subjects }];
}

function networkPolicies(name: string): readonly [string, Doc][] {
  const own = { namespaceSelector: { matchLabels: { 'drun.io/tenant': name } } };
  const dns = { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } } };
  const ports = [53].flatMap((port) => ['UDP', 'TCP'].map((protocol) => ({ protocol, port })));
  return [
    ['default-deny', { podSelector: {}, policyTypes: ['Ingress', 'Egress'] }],
    ['allow-dns', { podSelector: {}, policyTypes: ['Egress'], egress: [{ to: [dns], ports }] }],
    [
      'allow-within',
      { podSelector: {}, policyTypes: ['Ingress', 'Egress'], ingress: [{ from: [own] }], egress: [{ to: [own] }] },
    ],
    [
      'allow-mesh',
      { podSelector: {}, policyTypes: ['Egress'], egress: [{ to: [dns], ports: [{ protocol: 'TCP', port: 15012 }] }] },
    ],
  ];
}

function queue(): Doc {
  const resources = [
    { name: 'cpu', nominalQuota: '64' },
    { name: 'memory', nominalQuota: '256Gi' },
  ];
  return {
    namespaceSelector: {},
    resourceGroups: [{ coveredResources: ['cpu', 'memory'], flavors: [{ name: 'shared', resources }] }],
  };
}

function adminTier(name: string, ns: string): Doc {
  const own = [{ namespaces: { matchLabels: { 'drun.io/tenant': name } } }];
  return {
    tier: 'Admin',
    priority: 100,
    subject: { namespaces: { matchLabels: { 'kubernetes.io/metadata.name': ns } } },
    ingress: [
      { name: 'own', action: 'Pass', from: own },
      { name: 'others', action: 'Deny', from: [{ namespaces: {} }] },
    ],
    egress: [
      { name: 'own', action: 'Pass', to: own },
      { name: 'others', action: 'Deny', to: [{ networks: ANYWHERE }] },
    ],
  };
}
