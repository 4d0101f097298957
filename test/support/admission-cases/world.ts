import type { TenantPolicySpec } from '../../../constructs/admission/tenant-policy';
import { stringAt } from '../../../constructs/core/json';
import { type CaseObject, merge, type SeedName } from './case';
import { container, podSpec } from './templates';

const MANAGED = { 'app.kubernetes.io/managed-by': 'drun-platform' } as const;

function namespace(name: string, labels: Readonly<Record<string, string>>): CaseObject {
  const security = { 'pod-security.kubernetes.io/enforce': 'restricted' };
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels: { ...MANAGED, ...security, ...labels } } };
}

const ambient = (tenant: string) => ({ 'drun.io/tenant': tenant, 'istio.io/dataplane-mode': 'ambient' });

/**
 * `acme-train` and `beta-serve` are whole; `acme-bare` has lost its TenantPolicy, `acme-lost` its labels as well;
 * `acme-sidecar` has sidecars injected; `vault` is the platform's.
 */
export const NAMESPACES: readonly CaseObject[] = [
  namespace('acme-train', ambient('acme')),
  namespace('acme-bare', ambient('acme')),
  { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'acme-lost' } },
  namespace('acme-sidecar', { 'drun.io/tenant': 'acme', 'istio-injection': 'enabled' }),
  namespace('beta-serve', ambient('beta')),
  namespace('vault', { 'drun.io/component': 'vault' }),
];

const ACME: TenantPolicySpec = {
  tenant: 'acme',
  trust: 'standard',
  registries: ['registry.example.com/acme/', 'registry.example.com/shared/'],
  runtimeClasses: ['gvisor', 'kata-qemu'],
  runtimeClassRequired: true,
  defaultRuntimeClass: 'gvisor',
  priorityClasses: ['drun-batch', 'drun-standard'],
  storageClasses: ['drun-encrypted'],
  pool: 'acme',
  gpuResources: ['nvidia.com/gpu'],
  deviceClasses: ['gpu.nvidia.com'],
  hosts: ['api.acme.example', 'www.acme.example'],
  serviceAccounts: ['default', 'workload'],
  peers: ['beta'],
  queue: 'default',
};

const BETA: TenantPolicySpec = {
  ...ACME,
  tenant: 'beta',
  pool: 'beta',
  registries: ['registry.example.com/beta/'],
  hosts: ['api.beta.example'],
};

function tenantPolicy(ns: string, spec: TenantPolicySpec): CaseObject {
  return {
    apiVersion: 'policy.drun.io/v1',
    kind: 'TenantPolicy',
    metadata: { name: 'tenant', namespace: ns, labels: MANAGED },
    spec: { ...spec },
  };
}

export const TENANT_POLICIES: readonly CaseObject[] = [
  tenantPolicy('acme-train', ACME),
  tenantPolicy('acme-sidecar', ACME),
  tenantPolicy('beta-serve', BETA),
];

const train = (apiVersion: string, kind: string, name: string, rest: object, labels: object = {}): CaseObject => ({
  apiVersion,
  kind,
  metadata: { name, namespace: 'acme-train', labels: { ...labels } },
  ...rest,
});

const ACCOUNTS: readonly CaseObject[] = NAMESPACES.flatMap((ns) =>
  ['default', 'workload', 'waypoint'].map((name) => ({
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: {
      name,
      namespace: stringAt(ns, 'metadata', 'name') ?? '',
      labels: name === 'waypoint' ? {} : MANAGED,
    },
    automountServiceAccountToken: false,
  })),
);

const GPU = { limits: { 'nvidia.com/gpu': '1' } } as const;

/** Objects that are there before any case runs, written by the platform. */
export const SEEDS: Readonly<Record<SeedName, CaseObject>> = {
  namespace: NAMESPACES[0] ?? namespace('acme-train', ambient('acme')),
  tenantPolicy: tenantPolicy('acme-train', ACME),
  quota: train('v1', 'ResourceQuota', 'compute', { spec: { hard: { pods: '100' } } }, MANAGED),
  limits: train(
    'v1',
    'LimitRange',
    'limits',
    { spec: { limits: [{ type: 'Container', default: { cpu: '1' } }] } },
    MANAGED,
  ),
  defaultDeny: train(
    'networking.k8s.io/v1',
    'NetworkPolicy',
    'default-deny',
    { spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] } },
    MANAGED,
  ),
  ownPolicy: train('networking.k8s.io/v1', 'NetworkPolicy', 'mine', { spec: { podSelector: {} } }),
  roleBinding: train(
    'rbac.authorization.k8s.io/v1',
    'RoleBinding',
    'drun-owner',
    { roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'drun-tenant-owner' } },
    MANAGED,
  ),
  pod: train('v1', 'Pod', 'runner', { spec: poddedSpec() }, { app: 'runner' }),
  gatedPod: train('v1', 'Pod', 'waiting', {
    spec: merge(poddedSpec(), { schedulingGates: [{ name: 'kueue.x-k8s.io/admission' }] }),
  }),
  deployment: train('apps/v1', 'Deployment', 'web', {
    spec: {
      replicas: 0,
      selector: { matchLabels: { app: 'web' } },
      template: { metadata: { labels: { app: 'web' } }, spec: podSpec() },
    },
  }),
  waypoint: train(
    'apps/v1',
    'Deployment',
    'waypoint',
    {
      spec: {
        replicas: 0,
        selector: { matchLabels: { 'gateway.networking.k8s.io/gateway-name': 'waypoint' } },
        template: {
          metadata: { labels: { 'gateway.networking.k8s.io/gateway-name': 'waypoint' } },
          spec: merge(podSpec(), { serviceAccountName: 'waypoint' }),
        },
      },
    },
    { 'gateway.networking.k8s.io/gateway-name': 'waypoint' },
  ),
  gpuPod: train(
    'v1',
    'Pod',
    'trainer',
    { spec: merge(poddedSpec(), { containers: [container({ imagePullPolicy: 'Always', resources: GPU })] }) },
    { 'kueue.x-k8s.io/queue-name': 'default' },
  ),
  job: train(
    'batch/v1',
    'Job',
    'queued',
    {
      spec: {
        suspend: true,
        template: { spec: podSpec({ restartPolicy: 'Never', containers: [container({ resources: GPU })] }) },
      },
    },
    { 'kueue.x-k8s.io/queue-name': 'default' },
  ),
  service: train('v1', 'Service', 'web', { spec: { selector: { app: 'web' }, ports: [{ port: 80 }] } }),
  ingress: train('networking.k8s.io/v1', 'Ingress', 'web', {
    spec: { ingressClassName: 'drun', rules: [{ host: 'api.acme.example' }] },
  }),
  claim: train('v1', 'PersistentVolumeClaim', 'data', {
    spec: {
      accessModes: ['ReadWriteOnce'],
      storageClassName: 'drun-encrypted',
      resources: { requests: { storage: '1Gi' } },
    },
  }),
  configMap: train('v1', 'ConfigMap', 'settings', { data: { a: 'b' } }),
  rootCa: train('v1', 'ConfigMap', 'kube-root-ca.crt', { data: { 'ca.crt': 'x' } }),
};

/** A pod as it is stored: what the defaults fill in is there. */
function poddedSpec(): CaseObject['metadata'] {
  return merge(podSpec(), {
    nodeSelector: { 'drun.io/pool': 'acme' },
    runtimeClassName: 'gvisor',
    priorityClassName: 'drun-batch',
    serviceAccountName: 'default',
    automountServiceAccountToken: false,
    containers: [container({ imagePullPolicy: 'Always' })],
  });
}

/** Cluster-wide objects that the cases name, besides the platform's own policies. */
export const CLUSTER: readonly CaseObject[] = [
  ...['gvisor', 'kata-qemu', 'kata-qemu-nvidia-gpu'].map((name) => ({
    apiVersion: 'node.k8s.io/v1',
    kind: 'RuntimeClass',
    metadata: { name },
    handler: name,
    overhead: { podFixed: { memory: '64Mi' } },
  })),
  ...[
    ['drun-batch', 1_000],
    ['drun-standard', 10_000],
    ['drun-high', 100_000],
  ].map(([name, value]) => ({
    apiVersion: 'scheduling.k8s.io/v1',
    kind: 'PriorityClass',
    metadata: { name: String(name) },
    value: Number(value),
  })),
  ...ACCOUNTS,
];
