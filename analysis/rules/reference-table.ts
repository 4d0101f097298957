import { isList, isRecord, listAt, recordAt, stringAt, valueAt } from '../../constructs/core/json';
import { LABEL } from '../../constructs/core/labels';
import type { Subject } from '../../constructs/core/rule';

/** An object that another one names. */
export interface Reference {
  /** Group and kind, such as `/Namespace` or `rbac.authorization.k8s.io/ClusterRole`. */
  readonly to: string;
  readonly name: string;
  /** Absent for what lives in no namespace. */
  readonly namespace?: string | undefined;
  /** Where the name is written. */
  readonly field: string;
}

const RBAC = 'rbac.authorization.k8s.io';
const ADMISSION = 'admissionregistration.k8s.io';
const GATEWAY = 'gateway.networking.k8s.io';
const ISTIO = 'networking.istio.io';
const KUEUE = 'kueue.x-k8s.io';
const CRD = 'apiextensions.k8s.io/CustomResourceDefinition';
/** Group of the kinds that this platform defines itself; other kinds come with charts. */
const OWN_GROUP = 'policy.drun.io';

/** By group and kind: a new kind of reference is a row. */
const ROWS: Readonly<Record<string, (subject: Subject) => readonly Reference[]>> = {
  [`${RBAC}/RoleBinding`]: binding,
  [`${RBAC}/ClusterRoleBinding`]: binding,
  [`${ADMISSION}/ValidatingAdmissionPolicyBinding`]: ({ object }) => policy(object, 'ValidatingAdmissionPolicy'),
  [`${ADMISSION}/MutatingAdmissionPolicyBinding`]: ({ object }) => policy(object, 'MutatingAdmissionPolicy'),
  [`${ADMISSION}/ValidatingAdmissionPolicy`]: parameters,
  [`${ADMISSION}/MutatingAdmissionPolicy`]: parameters,
  [`${OWN_GROUP}/TenantPolicy`]: tenantPolicy,
  [`${KUEUE}/LocalQueue`]: ({ object }) => named(`${KUEUE}/ClusterQueue`, object, 'spec', 'clusterQueue'),
  [`${KUEUE}/ClusterQueue`]: flavors,
  '/Namespace': (subject) => waypoint(subject, subject.name),
  [`${ISTIO}/ServiceEntry`]: (subject) => waypoint(subject, subject.namespace),
  'security.istio.io/AuthorizationPolicy': targets,
  'networking.k8s.io/NetworkPolicy': peers,
  'policy.networking.k8s.io/ClusterNetworkPolicy': peers,
};

/** What an object of a group and kind names. */
export const REFERENCES: ReadonlyMap<string, (subject: Subject) => readonly Reference[]> = new Map(
  Object.entries(ROWS),
);

/** Groups and kinds that something can name. */
export const TARGETS: ReadonlySet<string> = new Set([
  '/Namespace',
  '/ServiceAccount',
  `${RBAC}/Role`,
  `${RBAC}/ClusterRole`,
  `${ADMISSION}/ValidatingAdmissionPolicy`,
  `${ADMISSION}/MutatingAdmissionPolicy`,
  CRD,
  'scheduling.k8s.io/PriorityClass',
  'node.k8s.io/RuntimeClass',
  'storage.k8s.io/StorageClass',
  `${KUEUE}/LocalQueue`,
  `${KUEUE}/ClusterQueue`,
  `${KUEUE}/ResourceFlavor`,
  `${GATEWAY}/Gateway`,
  `${ISTIO}/ServiceEntry`,
]);

/** Names that Kubernetes itself brings; nobody writes them down. */
export const BUILT_IN: ReadonlyMap<string, RegExp> = new Map([
  ['/Namespace', /^(kube-[a-z-]+|default)$/],
  [`${RBAC}/ClusterRole`, /^(cluster-admin|admin|edit|view|system:.*)$/],
  ['scheduling.k8s.io/PriorityClass', /^system-/],
]);

function named(to: string, value: unknown, ...path: readonly string[]): readonly Reference[] {
  const name = stringAt(value, ...path);
  return name ? [{ to, name, field: path.join('.') }] : [];
}

function binding(subject: Subject): readonly Reference[] {
  const found = [role(subject)];
  // service accounts of components come with their charts
  if (subject.tenant === undefined) return found;
  for (const [i, one] of listAt(subject.object, 'subjects').entries()) {
    const name = valueAt(one, 'kind') === 'ServiceAccount' ? stringAt(one, 'name') : undefined;
    const namespace = stringAt(one, 'namespace') ?? subject.namespace;
    if (name) found.push({ to: '/ServiceAccount', name, namespace, field: `subjects[${i}].name` });
  }
  return found;
}

function role({ object, namespace }: Subject): Reference {
  const { kind, name } = recordAt(object, 'roleRef');
  const text = typeof name === 'string' ? name : '';
  if (kind === 'Role') return { to: `${RBAC}/Role`, name: text, namespace, field: 'roleRef.name' };
  return { to: `${RBAC}/ClusterRole`, name: text, namespace: undefined, field: 'roleRef.name' };
}

function policy(binding: unknown, kind: string): readonly Reference[] {
  return named(`${ADMISSION}/${kind}`, binding, 'spec', 'policyName');
}

/** The definition behind the kind of a policy's parameters. */
function parameters({ object }: Subject): readonly Reference[] {
  const kind = recordAt(object, 'spec', 'paramKind');
  if (typeof kind.apiVersion !== 'string' || !kind.apiVersion.startsWith(`${OWN_GROUP}/`)) return [];
  return [{ ...TENANT_POLICIES, field: 'spec.paramKind.kind' }];
}

const TENANT_POLICIES = { to: CRD, name: `tenantpolicies.${OWN_GROUP}` } as const;

/** What a tenant's parameters let its pods name must be there to be named. */
const TENANT_POLICY_LISTS = [
  ['priorityClasses', 'scheduling.k8s.io/PriorityClass'],
  ['runtimeClasses', 'node.k8s.io/RuntimeClass'],
  ['storageClasses', 'storage.k8s.io/StorageClass'],
] as const;

function tenantPolicy({ object, namespace }: Subject): readonly Reference[] {
  const found: Reference[] = [{ ...TENANT_POLICIES, field: 'kind' }];
  const spec = recordAt(object, 'spec');
  for (const [field, to] of TENANT_POLICY_LISTS) pushAll(found, spec, field, to, undefined);
  found.push(...named('node.k8s.io/RuntimeClass', object, 'spec', 'defaultRuntimeClass'));
  pushAll(found, spec, 'serviceAccounts', '/ServiceAccount', namespace);
  found.push(...named(`${KUEUE}/LocalQueue`, object, 'spec', 'queue').map((one) => ({ ...one, namespace })));
  return found;
}

function pushAll(found: Reference[], spec: unknown, key: string, to: string, namespace: string | undefined): void {
  for (const name of listAt(spec, key))
    if (typeof name === 'string' && name !== '') found.push({ to, name, namespace, field: `spec.${key}` });
}

function flavors({ object }: Subject): readonly Reference[] {
  return listAt(object, 'spec', 'resourceGroups').flatMap((group, i) =>
    listAt(group, 'flavors').flatMap((flavor, j) =>
      named(`${KUEUE}/ResourceFlavor`, flavor, 'name').map((one) => ({
        ...one,
        field: `spec.resourceGroups[${i}].flavors[${j}].name`,
      })),
    ),
  );
}

/** The waypoint that labels send traffic through; `none` sends it past. */
function waypoint({ labels }: Subject, own: string | undefined): readonly Reference[] {
  const name = labels['istio.io/use-waypoint'];
  const elsewhere = labels['istio.io/use-waypoint-namespace'];
  if (typeof name !== 'string' || name === 'none') return [];
  const namespace = typeof elsewhere === 'string' ? elsewhere : own;
  return [{ to: `${GATEWAY}/Gateway`, name, namespace, field: 'metadata.labels["istio.io/use-waypoint"]' }];
}

/** What an authorization policy can be bound to, by kind. */
const TARGETABLE = new Map([
  ['Gateway', GATEWAY],
  ['ServiceEntry', ISTIO],
]);

function targets({ object, namespace }: Subject): readonly Reference[] {
  const found: Reference[] = [];
  for (const [i, target] of listAt(object, 'spec', 'targetRefs').entries()) {
    const { group, kind, name } = isRecord(target) ? target : NOTHING;
    if (typeof kind !== 'string' || typeof name !== 'string' || name === '') continue;
    if (TARGETABLE.get(kind) !== group) continue;
    found.push({ to: `${group}/${kind}`, name, namespace, field: `spec.targetRefs[${i}].name` });
  }
  return found;
}

const NOTHING: Readonly<Record<string, unknown>> = {};

/** Loops, because most objects of a tenant are network policies and most of their peers name nothing. */
function peers({ object }: Subject): readonly Reference[] {
  const found: Reference[] = [];
  const spec = recordAt(object, 'spec');
  const subject = namespaceIn(spec.subject);
  if (subject !== undefined) found.push({ to: '/Namespace', name: subject, field: 'spec.subject' });
  if (isList(spec.ingress)) peersOf(spec.ingress, 'ingress', 'from', found);
  if (isList(spec.egress)) peersOf(spec.egress, 'egress', 'to', found);
  return found;
}

function peersOf(rules: readonly unknown[], way: string, field: string, found: Reference[]): void {
  for (let i = 0; i < rules.length; i += 1) {
    const peers = listAt(rules[i], field);
    for (let j = 0; j < peers.length; j += 1) {
      const name = namespaceIn(peers[j]);
      if (name !== undefined) found.push({ to: '/Namespace', name, field: `spec.${way}[${i}].${field}[${j}]` });
    }
  }
}

/**
 * The namespace that a selector names. Not where it names a tenant as well: a path to a peer is declared for all regions
 * of a tenant, and the peer need not be in each of them.
 */
function namespaceIn(peer: unknown): string | undefined {
  if (!isRecord(peer)) return undefined;
  const selector = peer.namespaceSelector ?? peer.namespaces ?? valueAt(peer.pods, 'namespaceSelector');
  const labels = isRecord(selector) && isRecord(selector.matchLabels) ? selector.matchLabels : NOTHING;
  const name = labels['kubernetes.io/metadata.name'];
  return typeof name === 'string' && labels[LABEL.tenant] === undefined ? name : undefined;
}
