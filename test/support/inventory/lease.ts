import type { TenantSpec } from '../../../constructs/tenant/tenant-spec';
import { leaves } from './lines';
import { namespacesOf, type Order, type OrderedNamespace } from './spec-facts';

/** The four names of a GPU by the mode in which it is leased, from the vendors' documentation. */
function gpuOf({ gpu }: TenantSpec) {
  switch (gpu?.mode) {
    case undefined:
      return undefined;
    case 'time-sliced':
      return { resource: 'nvidia.com/gpu.shared', deviceClass: 'shared.gpu.nvidia.com', runtimes: [] };
    case 'mig':
      return { resource: `nvidia.com/mig-${gpu.profile}`, deviceClass: 'mig.nvidia.com', runtimes: [] };
    case 'whole':
      return { resource: 'nvidia.com/gpu', deviceClass: 'gpu.nvidia.com', runtimes: [] };
    case 'kata':
      return { resource: 'nvidia.com/pgpu', deviceClass: 'vfio.gpu.nvidia.com', runtimes: ['kata-qemu-nvidia-gpu'] };
    case 'confidential':
      return {
        resource: 'nvidia.com/pgpu',
        deviceClass: 'vfio.gpu.nvidia.com',
        runtimes: [`kata-qemu-nvidia-gpu-${gpu.tee}`],
      };
  }
}

const RESOURCES = ['nvidia.com/gpu', 'nvidia.com/gpu.shared', 'nvidia.com/pgpu'];
const CLASSES = ['gpu.nvidia.com', 'mig.nvidia.com', 'vfio.gpu.nvidia.com', 'shared.gpu.nvidia.com'];

function gpuQuota({ tenant, size }: OrderedNamespace): Readonly<Record<string, unknown>> {
  const leased = gpuOf(tenant);
  const amount = (name: string): number => (name === leased?.resource || name === leased?.deviceClass ? size.gpus : 0);
  return {
    ...Object.fromEntries(
      [...RESOURCES, ...(leased === undefined ? [] : [leased.resource])].map((name) => [
        `requests.${name}`,
        amount(name),
      ]),
    ),
    ...Object.fromEntries(
      CLASSES.flatMap((name) => [
        [`${name}.deviceclass.resource.k8s.io/devices`, amount(name)],
        [`requests.deviceclass.resource.kubernetes.io/${name}`, amount(name)],
      ]),
    ),
    'count/resourceclaims.resource.k8s.io': size.gpus,
  };
}

const OBJECTS = {
  'count/configmaps': 200,
  'count/secrets': 100,
  'count/services': 50,
  'services.loadbalancers': 0,
  'services.nodeports': 0,
  'count/serviceaccounts': 30,
  'count/persistentvolumeclaims': 50,
  'count/deployments.apps': 100,
  'count/statefulsets.apps': 50,
  'count/replicasets.apps': 500,
  'count/jobs.batch': 500,
  'count/cronjobs.batch': 20,
  'count/ingresses.networking.k8s.io': 50,
  'count/rolebindings.rbac.authorization.k8s.io': 50,
};

/** Quotas and limit ranges; every committed namespace has room for the defaults of a container. */
export const tenantQuotas = (order: Order): readonly string[] =>
  namespacesOf(order).flatMap((namespace) => {
    const { name, size, tenant } = namespace;
    const scratch = `${size.pods * 10}Gi`;
    const all = ['requests', 'limits'].flatMap((way) => [
      [`${way}.cpu`, size.cpu],
      [`${way}.memory`, size.memory],
      [`${way}.ephemeral-storage`, scratch],
    ]);
    const fast = tenant.storageClasses.includes('drun-encrypted-fast');
    const slow = tenant.storageClasses.includes('drun-encrypted');
    const none = (storageClass: string) => ({ [`${storageClass}.storageclass.storage.k8s.io/requests.storage`]: 0 });
    const quotas: Readonly<Record<string, object>> = {
      compute: { ...Object.fromEntries(all), pods: size.pods },
      gpu: gpuQuota(namespace),
      storage: {
        'requests.storage': size.storage,
        ...(slow ? {} : none('drun-encrypted')),
        ...(fast ? {} : none('drun-encrypted-fast')),
      },
      objects: OBJECTS,
      'cross-namespace-affinity': { pods: 0 },
    };
    const scope = `ResourceQuota ${name}/cross-namespace-affinity spec.scopeSelector.matchExpressions[]`;
    return [
      ...Object.entries(quotas).flatMap(([id, hard]) =>
        leaves(hard, '').map((leaf) => `ResourceQuota ${name}/${id} spec.hard.${leaf}`),
      ),
      `${scope}.scopeName=CrossNamespacePodAffinity`,
      `${scope}.operator=Exists`,
      ...leaves({ limits: limits(namespace) }, 'spec').map((leaf) => `LimitRange ${name}/limits ${leaf}`),
    ];
  });

function limits({ size }: OrderedNamespace): readonly object[] {
  return [
    {
      type: 'Container',
      max: { cpu: size.cpu, memory: size.memory, 'ephemeral-storage': '100Gi' },
      default: { cpu: '500m', memory: '512Mi', 'ephemeral-storage': '1Gi' },
      defaultRequest: { cpu: '100m', memory: '512Mi', 'ephemeral-storage': '1Gi' },
      maxLimitRequestRatio: { cpu: 10, memory: 2 },
    },
    { type: 'PersistentVolumeClaim', min: { storage: '1Mi' }, max: { storage: size.storage } },
  ];
}

const poolOf = ({ pool, name }: TenantSpec): string => (pool === 'dedicated' ? name : 'shared');

/** Queues: what the namespaces of a tenant have together, on its pool. */
export const tenantQueues = (order: Order): readonly string[] => [
  ...namespacesOf(order).map(({ name, tenant }) => `LocalQueue ${name}/default spec.clusterQueue=${tenant.name}`),
  ...order.tenants.flatMap((tenant) => {
    const sizes = Object.values(tenant.namespaces);
    const sum = (amount: (size: (typeof sizes)[number]) => number) =>
      sizes.reduce((total, size) => total + amount(size), 0);
    const leased = gpuOf(tenant);
    const resources = [
      { name: 'cpu', nominalQuota: `${sum(({ cpu }) => Number(cpu) * 1000)}m` },
      {
        name: 'memory',
        nominalQuota: `${sum(({ memory }) => Number.parseInt(memory, 10) * (memory.endsWith('Ti') ? 1024 : 1))}Gi`,
      },
      ...(leased === undefined ? [] : [{ name: leased.resource, nominalQuota: sum(({ gpus }) => gpus) }]),
    ];
    const spec = {
      namespaceSelector: { matchLabels: { 'drun.io/tenant': tenant.name } },
      queueingStrategy: 'BestEffortFIFO',
      resourceGroups: [
        { coveredResources: resources.map(({ name }) => name), flavors: [{ name: poolOf(tenant), resources }] },
      ],
    };
    const taint = { key: 'drun.io/pool', value: tenant.name, effect: 'NoSchedule' };
    const flavor = {
      nodeLabels: { 'drun.io/pool': tenant.name },
      nodeTaints: [taint],
      tolerations: [{ ...taint, operator: 'Equal' }],
    };
    return [
      ...leaves({ spec }, '').map((leaf) => `ClusterQueue ${tenant.name} ${leaf}`),
      ...(tenant.pool === 'dedicated'
        ? leaves({ spec: flavor }, '').map((leaf) => `ResourceFlavor ${tenant.name} ${leaf}`)
        : []),
    ];
  }),
];

/** What a level of trust permits. */
const TRUST = {
  trusted: {
    priorityClasses: ['drun-batch', 'drun-standard', 'drun-high'],
    runtimeClassRequired: false,
    defaultRuntimeClass: '',
  },
  standard: { priorityClasses: ['drun-batch', 'drun-standard'], runtimeClassRequired: false, defaultRuntimeClass: '' },
  untrusted: { priorityClasses: ['drun-batch'], runtimeClassRequired: true, defaultRuntimeClass: 'kata-qemu' },
};

const FIELDS =
  'tenant trust registries runtimeClasses runtimeClassRequired defaultRuntimeClass priorityClasses storageClasses pool gpuResources deviceClasses hosts serviceAccounts peers queue';

/** The kind of the parameters of admission. */
export const PARAMETERS = [
  'policy.drun.io TenantPolicy Namespaced',
  ...FIELDS.split(' ').map((field) => `requires ${field}`),
];

/** Parameters of admission. */
export const tenantParameters = (order: Order): readonly string[] =>
  namespacesOf(order).flatMap(({ name, tenant }) => {
    const leased = gpuOf(tenant);
    const peers = [...tenant.allow.map(({ to }) => to), ...tenant.accept.map(({ from }) => from)];
    const spec = {
      tenant: tenant.name,
      trust: tenant.trust,
      registries: tenant.registries,
      runtimeClasses: ['gvisor', 'kata-qemu', ...(leased?.runtimes ?? [])],
      ...TRUST[tenant.trust],
      storageClasses: tenant.storageClasses,
      pool: poolOf(tenant),
      gpuResources: leased === undefined ? [] : [leased.resource],
      deviceClasses: leased === undefined ? [] : [leased.deviceClass],
      hosts: tenant.hosts,
      serviceAccounts: [...new Set(['default', ...tenant.serviceAccounts])],
      peers: [...new Set(peers.flatMap((peer) => ('tenant' in peer ? [peer.tenant] : [])))],
      queue: 'default',
    };
    return leaves({ spec }, '').map((leaf) => `TenantPolicy ${name}/tenant ${leaf}`);
  });
