import type { Manifest } from '../../constructs/core/manifest';

/** Any further field of a manifest, for objects written only to be emitted. */
type Loose = Manifest & Readonly<Record<string, unknown>>;

const NAMESPACE_LABELS = {
  'pod-security.kubernetes.io/enforce': 'restricted',
  'pod-security.kubernetes.io/enforce-version': 'v1.36',
  'pod-security.kubernetes.io/audit': 'restricted',
  'pod-security.kubernetes.io/warn': 'restricted',
  'istio.io/dataplane-mode': 'ambient',
  'istio.io/use-waypoint': 'waypoint',
};

/**
 * The objects of one tenant with two namespaces, 14 each, shaped like the real ones (28 in all): what the
 * writer's speed and its round trips are measured with. Built anew on each call, as a synth builds them.
 */
export function tenantObjects(tenant: string): Loose[] {
  return ['train', 'serve'].flatMap((part) => namespaceObjects(tenant, `${tenant}-${part}`));
}

function namespaceObjects(tenant: string, namespace: string): Loose[] {
  const labels = { 'app.kubernetes.io/managed-by': 'drun-platform', 'drun.io/tenant': tenant };
  const meta = (name: string, controls: string) => ({
    name,
    namespace,
    labels,
    annotations: { 'drun.io/controls': controls },
  });
  return [
    ...accessObjects(tenant, namespace, labels, meta),
    ...quotaObjects(meta),
    ...networkObjects(tenant, meta),
    ...meshObjects(tenant, namespace, meta),
  ];
}

type Meta = (name: string, controls: string) => Manifest['metadata'];

function accessObjects(tenant: string, namespace: string, labels: Record<string, string>, meta: Meta): Loose[] {
  return [
    {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: {
        name: namespace,
        labels: { ...labels, ...NAMESPACE_LABELS },
        annotations: { 'drun.io/controls': 'CTR-3 NET-1' },
      },
    },
    {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: meta('workload', 'IAM-2'),
      automountServiceAccountToken: false,
    },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'RoleBinding',
      metadata: meta('drun-developer', 'IAM-2'),
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'drun-tenant-developer' },
      subjects: [{ kind: 'Group', apiGroup: 'rbac.authorization.k8s.io', name: `oidc:${tenant}-developers` }],
    },
    {
      apiVersion: 'policy.drun.io/v1',
      kind: 'TenantPolicy',
      metadata: meta('tenant', 'CTR-2 CTR-4'),
      spec: {
        tenant,
        trust: 'standard',
        registries: [`registry.example.com/${tenant}/`],
        runtimeClasses: ['gvisor', 'kata-qemu'],
        runtimeClassRequired: true,
        priorityClasses: ['drun-batch', 'drun-standard'],
        pool: 'shared',
        gpuResources: ['nvidia.com/gpu'],
        hosts: [`api.${tenant}.example`],
        peers: [],
        queue: 'default',
      },
    },
  ];
}

function quotaObjects(meta: Meta): Loose[] {
  const quota = (name: string, hard: Record<string, string | number>): Loose => ({
    apiVersion: 'v1',
    kind: 'ResourceQuota',
    metadata: meta(name, 'GPU-1'),
    spec: { hard },
  });
  return [
    quota('compute', { 'requests.cpu': '64', 'requests.memory': '512Gi', 'limits.cpu': '128', pods: 200 }),
    quota('gpu', { 'requests.nvidia.com/gpu': 8, 'gpu.nvidia.com.deviceclass.resource.k8s.io/devices': 8 }),
    quota('objects', { 'count/jobs.batch': '100', 'services.nodeports': '0', secrets: '100' }),
    {
      apiVersion: 'v1',
      kind: 'LimitRange',
      metadata: meta('limits', 'GPU-1'),
      spec: {
        limits: [
          { type: 'Container', default: { cpu: '1', memory: '2Gi' }, defaultRequest: { cpu: '100m', memory: '256Mi' } },
        ],
      },
    },
  ];
}

function networkObjects(tenant: string, meta: Meta): Loose[] {
  const policy = (name: string, spec: Record<string, unknown>): Loose => ({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: meta(name, 'NET-4'),
    spec: { podSelector: {}, ...spec },
  });
  const own = { namespaceSelector: { matchLabels: { 'drun.io/tenant': tenant } } };
  const dns = {
    namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } },
    podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } },
  };
  return [
    policy('default-deny', { policyTypes: ['Ingress', 'Egress'] }),
    policy('allow-dns', {
      policyTypes: ['Egress'],
      egress: [
        {
          to: [dns],
          ports: [
            { protocol: 'UDP', port: 53 },
            { protocol: 'TCP', port: 53 },
          ],
        },
      ],
    }),
    policy('allow-within', { policyTypes: ['Ingress', 'Egress'], ingress: [{ from: [own] }], egress: [{ to: [own] }] }),
  ];
}

function meshObjects(tenant: string, namespace: string, meta: Meta): Loose[] {
  return [
    {
      apiVersion: 'security.istio.io/v1',
      kind: 'PeerAuthentication',
      metadata: meta('default', 'NET-1 ENC-1'),
      spec: { mtls: { mode: 'STRICT' } },
    },
    {
      apiVersion: 'security.istio.io/v1',
      kind: 'AuthorizationPolicy',
      metadata: meta('allow-within', 'NET-1'),
      spec: {
        action: 'ALLOW',
        rules: [{ from: [{ source: { namespaces: [namespace, `${tenant}-serve`] } }] }],
        targetRefs: undefined,
      },
    },
    {
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'Gateway',
      metadata: meta('waypoint', 'NET-1'),
      spec: {
        gatewayClassName: 'istio-waypoint',
        listeners: [{ name: 'mesh', port: 15008, protocol: 'HBONE', allowedRoutes: { namespaces: { from: 'Same' } } }],
      },
    },
  ];
}
