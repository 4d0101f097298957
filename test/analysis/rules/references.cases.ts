import type { Case } from './cases';
import { by, type Doc, of, platform, tenant } from './platform';

const RBAC = 'rbac.authorization.k8s.io/v1';
const ADMISSION = 'admissionregistration.k8s.io/v1';
const WHOLE = [...platform(), ...tenant('acme')];
/** Nothing names these, they name nothing, or the platform did not make them. */
const SILENT = [
  by('storage', 'v1', 'PersistentVolume', 'disk'),
  {
    apiVersion: RBAC,
    kind: 'RoleBinding',
    metadata: { name: 'of-a-chart', namespace: 'kube-system' },
    roleRef: { name: 'x' },
  },
];
const inside = (apiVersion: string, kind: string, rest: Doc) =>
  of('acme', apiVersion, kind, 'x', { metadata: { namespace: 'acme-train' }, ...rest });
const toNamespace = (name: string, labels: Doc = {}) =>
  inside('networking.k8s.io/v1', 'NetworkPolicy', {
    spec: {
      podSelector: {},
      egress: [{ to: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': name, ...labels } } }] }],
    },
  });
const adminPolicy = (peer: Doc) =>
  by('network', 'policy.networking.k8s.io/v1alpha2', 'ClusterNetworkPolicy', 'x', {
    spec: { tier: 'Admin', subject: { namespaces: {} }, egress: [{ action: 'Pass', to: [peer] }] },
  });
const byName = (name: string) => ({ matchLabels: { 'kubernetes.io/metadata.name': name } });
const bound = (kind: string, name: string) =>
  inside(RBAC, 'RoleBinding', { roleRef: { kind, name }, subjects: [{ kind: 'Group', name: 'oidc:acme' }] });
const target = (kind: string, name: string) => {
  const group = kind === 'Gateway' ? 'gateway.networking.k8s.io' : 'networking.istio.io';
  return inside('security.istio.io/v1', 'AuthorizationPolicy', { spec: { targetRefs: [{ group, kind, name }] } });
};
const entry = (labels: Doc) =>
  of('acme', 'networking.istio.io/v1', 'ServiceEntry', 'x', { metadata: { namespace: 'acme-train', labels } });

/** The object that is named is missing. */
const MISSING: readonly (readonly [kind: string, name: string, at: string])[] = [
  ['ClusterRole', 'drun-tenant-viewer', 'RoleBinding acme-train/drun-viewer roleRef.name'],
  ['RuntimeClass', 'gvisor', 'TenantPolicy acme-train/tenant spec.runtimeClasses'],
  ['ServiceAccount', 'workload', 'TenantPolicy acme-train/tenant spec.serviceAccounts'],
  ['LocalQueue', 'default', 'TenantPolicy acme-train/tenant spec.queue'],
  ['ClusterQueue', 'acme', 'LocalQueue acme-train/default spec.clusterQueue'],
  ['ResourceFlavor', 'shared', 'ClusterQueue acme spec.resourceGroups[0].flavors[0].name'],
  ['Gateway', 'waypoint', 'Namespace acme-train metadata.labels["istio.io/use-waypoint"]'],
  ['CustomResourceDefinition', 'tenantpolicies.policy.drun.io', 'TenantPolicy acme-train/tenant kind'],
];

/** An object that names something that is nowhere. */
const DANGLING: readonly (readonly [broken: Doc, twin: Doc])[] = [
  [toNamespace('drun-nowhere'), toNamespace('kube-system')],
  [toNamespace('acme-trian'), toNamespace('beta-train', { 'drun.io/tenant': 'beta' })],
  [adminPolicy({ namespaces: byName('acme-trian') }), adminPolicy({ namespaces: byName('acme-train') })],
  [
    adminPolicy({ pods: { namespaceSelector: byName('nowhere'), podSelector: {} } }),
    adminPolicy({ pods: { namespaceSelector: byName('kube-system'), podSelector: {} } }),
  ],
  [bound('Role', 'drun-tenant-viewer'), bound('ClusterRole', 'view')],
  [
    inside(RBAC, 'RoleBinding', {
      roleRef: { kind: 'ClusterRole', name: 'view' },
      subjects: [{ kind: 'ServiceAccount', name: 'ghost' }],
    }),
    inside(RBAC, 'RoleBinding', {
      roleRef: { kind: 'ClusterRole', name: 'view' },
      subjects: [{ kind: 'ServiceAccount', name: 'workload' }],
    }),
  ],
  [target('Gateway', 'nowhere'), target('Gateway', 'waypoint')],
  [target('ServiceEntry', 'nowhere'), target('ServiceEntry', 'to-internet')],
  [entry({ 'istio.io/use-waypoint': 'egress' }), entry({ 'istio.io/use-waypoint': 'none' })],
  [
    entry({ 'istio.io/use-waypoint': 'waypoint', 'istio.io/use-waypoint-namespace': 'drun-egress' }),
    entry({ 'istio.io/use-waypoint': 'waypoint', 'istio.io/use-waypoint-namespace': 'acme-train' }),
  ],
  ...['Validating', 'Mutating'].map((sort) => {
    const of = (policyName: string) =>
      by('admission', ADMISSION, `${sort}AdmissionPolicyBinding`, 'x', { spec: { policyName } });
    return [
      of('drun-ghost'),
      {
        apiVersion: 'v1',
        kind: 'List',
        items: [of('drun-x'), by('admission', ADMISSION, `${sort}AdmissionPolicy`, 'drun-x')],
      },
    ] as const;
  }),
];

/** Names that lead nowhere. */
export const REFERENCES: readonly Case[] = [
  ...MISSING.map(
    ([kind, name, at]): Case => ({
      rule: 'DRN195',
      where: `${kind} ${name} is missing`,
      fails: WHOLE.filter((doc) => doc.kind !== kind || !JSON.stringify(doc.metadata).includes(`"name":"${name}"`)),
      at,
      passes: WHOLE,
      silent: SILENT,
    }),
  ),
  ...DANGLING.map(
    ([broken, twin], i): Case => ({
      rule: 'DRN195',
      where: `${String(broken.kind)} x names what is nowhere (${i + 1})`,
      fails: [...WHOLE, broken],
      passes: [...WHOLE, twin],
      silent: SILENT,
    }),
  ),
  {
    rule: 'DRN195',
    where: 'the namespace of an object is missing',
    fails: [by('vault', 'v1', 'ConfigMap', 'a', { metadata: { namespace: 'vault' } })],
    at: 'Namespace vault',
    passes: [
      by('vault', 'v1', 'ConfigMap', 'a', { metadata: { namespace: 'vault' } }),
      by('vault', 'v1', 'Namespace', 'vault'),
      by('vault', 'v1', 'ConfigMap', 'b', { metadata: { namespace: 'kube-system' } }),
    ],
    silent: SILENT,
  },
];
