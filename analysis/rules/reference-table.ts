import { isList, isRecord, listAt, recordAt, stringAt, valueAt } from '../../constructs/core/json';
import { LABEL } from '../../constructs/core/labels';
import type { Subject } from '../../constructs/core/rule';

/** A kind that something can name. */
export interface Target {
  readonly group: string;
  readonly kind: string;
  /** Names that Kubernetes itself brings; nobody writes them down. */
  readonly builtIn?: RegExp;
}

/** Takes what an object names, and where the name is written; a namespace only for what lives in one. */
export type Naming = (to: Target, name: string, field: string, namespace?: string) => void;

/** Tells what an object names. */
export type Namer = (subject: Subject, naming: Naming) => void;

const RBAC = 'rbac.authorization.k8s.io';
const ADMISSION = 'admissionregistration.k8s.io';
const ISTIO = 'networking.istio.io';
const KUEUE = 'kueue.x-k8s.io';
/** Group of the kinds that this platform defines itself; other kinds come with charts. */
const OWN_GROUP = 'policy.drun.io';

/** Objects are placed in it, besides being named. */
export const NAMESPACE: Target = { group: '', kind: 'Namespace', builtIn: /^(kube-[a-z-]+|default)$/ };
const SERVICE_ACCOUNT: Target = { group: '', kind: 'ServiceAccount' };
const ROLE: Target = { group: RBAC, kind: 'Role' };
const CLUSTER_ROLE: Target = {
  group: RBAC,
  kind: 'ClusterRole',
  builtIn: /^(cluster-admin|admin|edit|view|system:.*)$/,
};
const VALIDATING: Target = { group: ADMISSION, kind: 'ValidatingAdmissionPolicy' };
const MUTATING: Target = { group: ADMISSION, kind: 'MutatingAdmissionPolicy' };
const DEFINITION: Target = { group: 'apiextensions.k8s.io', kind: 'CustomResourceDefinition' };
const PRIORITY_CLASS: Target = { group: 'scheduling.k8s.io', kind: 'PriorityClass', builtIn: /^system-/ };
const RUNTIME_CLASS: Target = { group: 'node.k8s.io', kind: 'RuntimeClass' };
const STORAGE_CLASS: Target = { group: 'storage.k8s.io', kind: 'StorageClass' };
const LOCAL_QUEUE: Target = { group: KUEUE, kind: 'LocalQueue' };
const CLUSTER_QUEUE: Target = { group: KUEUE, kind: 'ClusterQueue' };
const FLAVOR: Target = { group: KUEUE, kind: 'ResourceFlavor' };
const GATEWAY: Target = { group: 'gateway.networking.k8s.io', kind: 'Gateway' };
const SERVICE_ENTRY: Target = { group: ISTIO, kind: 'ServiceEntry' };
const ISSUER: Target = { group: 'cert-manager.io', kind: 'ClusterIssuer' };

/** By group and kind. */
export const TARGETS: ReadonlyMap<string, Target> = new Map(
  [
    NAMESPACE,
    SERVICE_ACCOUNT,
    ROLE,
    CLUSTER_ROLE,
    VALIDATING,
    MUTATING,
    DEFINITION,
    PRIORITY_CLASS,
    RUNTIME_CLASS,
    STORAGE_CLASS,
    LOCAL_QUEUE,
    CLUSTER_QUEUE,
    FLAVOR,
    GATEWAY,
    SERVICE_ENTRY,
    ISSUER,
  ].map((target) => [`${target.group}/${target.kind}`, target]),
);

/** What an object of a group and kind names: a new kind of reference is a row. */
export const REFERENCES: ReadonlyMap<string, Namer> = new Map<string, Namer>([
  [`${RBAC}/RoleBinding`, binding],
  [`${RBAC}/ClusterRoleBinding`, binding],
  [`${ADMISSION}/ValidatingAdmissionPolicyBinding`, ({ object }, naming) => policy(object, VALIDATING, naming)],
  [`${ADMISSION}/MutatingAdmissionPolicyBinding`, ({ object }, naming) => policy(object, MUTATING, naming)],
  [`${ADMISSION}/ValidatingAdmissionPolicy`, parameters],
  [`${ADMISSION}/MutatingAdmissionPolicy`, parameters],
  [`${OWN_GROUP}/TenantPolicy`, tenantPolicy],
  [`${KUEUE}/LocalQueue`, queue],
  [`${KUEUE}/ClusterQueue`, flavors],
  ['/Namespace', (subject, naming) => waypoint(subject, subject.name, naming)],
  [`${ISTIO}/ServiceEntry`, (subject, naming) => waypoint(subject, subject.namespace, naming)],
  ['security.istio.io/AuthorizationPolicy', targets],
  ['cert-manager.io/Certificate', issuer],
  ['networking.k8s.io/NetworkPolicy', peers],
  ['policy.networking.k8s.io/ClusterNetworkPolicy', peers],
]);

function binding({ object, namespace, tenant }: Subject, naming: Naming): void {
  const { kind, name } = recordAt(object, 'roleRef');
  const role = typeof name === 'string' ? name : '';
  if (kind === 'Role') naming(ROLE, role, 'roleRef.name', namespace);
  else naming(CLUSTER_ROLE, role, 'roleRef.name');
  // service accounts of components come with their charts
  const subjects = tenant === undefined ? undefined : object.subjects;
  if (!isList(subjects)) return;
  for (let i = 0; i < subjects.length; i += 1) {
    const one = subjects[i];
    const account = valueAt(one, 'kind') === 'ServiceAccount' ? stringAt(one, 'name') : undefined;
    if (account) naming(SERVICE_ACCOUNT, account, `subjects[${i}].name`, stringAt(one, 'namespace') ?? namespace);
  }
}

function policy(binding: unknown, to: Target, naming: Naming): void {
  const name = stringAt(binding, 'spec', 'policyName');
  if (name) naming(to, name, 'spec.policyName');
}

const TENANT_POLICIES = `tenantpolicies.${OWN_GROUP}`;

/** The definition behind the kind of a policy's parameters. */
function parameters({ object }: Subject, naming: Naming): void {
  const { apiVersion } = recordAt(object, 'spec', 'paramKind');
  if (typeof apiVersion !== 'string' || !apiVersion.startsWith(`${OWN_GROUP}/`)) return;
  naming(DEFINITION, TENANT_POLICIES, 'spec.paramKind.kind');
}

/** What a tenant's parameters let its pods name must be there to be named. */
function tenantPolicy({ object, namespace }: Subject, naming: Naming): void {
  naming(DEFINITION, TENANT_POLICIES, 'kind');
  const spec = recordAt(object, 'spec');
  for (const name of textsOf(spec.priorityClasses)) naming(PRIORITY_CLASS, name, 'spec.priorityClasses');
  for (const name of textsOf(spec.runtimeClasses)) naming(RUNTIME_CLASS, name, 'spec.runtimeClasses');
  for (const name of textsOf(spec.storageClasses)) naming(STORAGE_CLASS, name, 'spec.storageClasses');
  const { defaultRuntimeClass, queue } = spec;
  if (typeof defaultRuntimeClass === 'string' && defaultRuntimeClass !== '')
    naming(RUNTIME_CLASS, defaultRuntimeClass, 'spec.defaultRuntimeClass');
  for (const name of textsOf(spec.serviceAccounts)) naming(SERVICE_ACCOUNT, name, 'spec.serviceAccounts', namespace);
  if (typeof queue === 'string' && queue !== '') naming(LOCAL_QUEUE, queue, 'spec.queue', namespace);
}

function textsOf(list: unknown): readonly string[] {
  return isList(list) ? list.filter((name): name is string => typeof name === 'string' && name !== '') : [];
}

function queue({ object }: Subject, naming: Naming): void {
  const name = stringAt(object, 'spec', 'clusterQueue');
  if (name) naming(CLUSTER_QUEUE, name, 'spec.clusterQueue');
}

function flavors({ object }: Subject, naming: Naming): void {
  listAt(object, 'spec', 'resourceGroups').forEach((group, i) => {
    listAt(group, 'flavors').forEach((flavor, j) => {
      const name = stringAt(flavor, 'name');
      if (name) naming(FLAVOR, name, `spec.resourceGroups[${i}].flavors[${j}].name`);
    });
  });
}

/** The waypoint that labels send traffic through; `none` sends it past. */
function waypoint({ labels }: Subject, own: string | undefined, naming: Naming): void {
  const name = labels['istio.io/use-waypoint'];
  const elsewhere = labels['istio.io/use-waypoint-namespace'];
  if (typeof name !== 'string' || name === 'none') return;
  naming(GATEWAY, name, 'metadata.labels["istio.io/use-waypoint"]', typeof elsewhere === 'string' ? elsewhere : own);
}

/** Issuers of one namespace come with whoever works there. */
function issuer({ object }: Subject, naming: Naming): void {
  const { kind, name } = recordAt(object, 'spec', 'issuerRef');
  if (kind === 'ClusterIssuer' && typeof name === 'string' && name !== '') naming(ISSUER, name, 'spec.issuerRef.name');
}

/** What an authorization policy can be bound to. */
function targets({ object, namespace }: Subject, naming: Naming): void {
  const bound = listAt(object, 'spec', 'targetRefs');
  for (let i = 0; i < bound.length; i += 1) {
    const { group, kind, name } = recordAt(bound[i]);
    const to = kind === GATEWAY.kind ? GATEWAY : SERVICE_ENTRY;
    if (kind !== to.kind || group !== to.group || typeof name !== 'string' || name === '') continue;
    naming(to, name, `spec.targetRefs[${i}].name`, namespace);
  }
}

/** Loops, because most objects of a tenant are network policies and most of their peers name nothing. */
function peers({ object }: Subject, naming: Naming): void {
  const spec = recordAt(object, 'spec');
  const subject = namespaceIn(spec.subject);
  if (subject !== undefined) naming(NAMESPACE, subject, 'spec.subject');
  if (isList(spec.ingress)) peersOf(spec.ingress, 'ingress', 'from', naming);
  if (isList(spec.egress)) peersOf(spec.egress, 'egress', 'to', naming);
}

function peersOf(rules: readonly unknown[], way: string, field: string, naming: Naming): void {
  for (let i = 0; i < rules.length; i += 1) {
    const peers = listAt(rules[i], field);
    for (let j = 0; j < peers.length; j += 1) {
      const name = namespaceIn(peers[j]);
      if (name !== undefined) naming(NAMESPACE, name, `spec.${way}[${i}].${field}[${j}]`);
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
  if (!isRecord(selector) || !isRecord(selector.matchLabels)) return undefined;
  const { matchLabels } = selector;
  const name = matchLabels['kubernetes.io/metadata.name'];
  return typeof name === 'string' && matchLabels[LABEL.tenant] === undefined ? name : undefined;
}
