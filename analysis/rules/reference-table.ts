import { isRecord, listAt, recordAt, stringAt, valueAt } from '../../constructs/core/json';
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
  [`${RBAC}/RoleBinding`]: (subject) => [role(subject), ...accounts(subject)],
  [`${RBAC}/ClusterRoleBinding`]: (subject) => [role(subject), ...accounts(subject)],
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
  'networking.k8s.io/NetworkPolicy': ({ object }) => [
    ...peers(object, 'ingress', 'from'),
    ...peers(object, 'egress', 'to'),
  ],
  'policy.networking.k8s.io/ClusterNetworkPolicy': ({ object }) => [
    ...namespaces(valueAt(object, 'spec', 'subject'), 'spec.subject'),
    ...peers(object, 'ingress', 'from'),
    ...peers(object, 'egress', 'to'),
  ],
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
export const BUILT_IN: Readonly<Record<string, RegExp>> = {
  '/Namespace': /^(kube-[a-z-]+|default)$/,
  [`${RBAC}/ClusterRole`]: /^(cluster-admin|admin|edit|view|system:.*)$/,
  'scheduling.k8s.io/PriorityClass': /^system-/,
};

function named(to: string, value: unknown, ...path: readonly string[]): readonly Reference[] {
  const name = stringAt(value, ...path);
  return name ? [{ to, name, field: path.join('.') }] : [];
}

function role({ object, namespace }: Subject): Reference {
  const { kind, name } = recordAt(object, 'roleRef');
  const scoped = kind === 'Role' ? { to: `${RBAC}/Role`, namespace } : { to: `${RBAC}/ClusterRole` };
  return { ...scoped, name: typeof name === 'string' ? name : '', field: 'roleRef.name' };
}

/** Service accounts of a tenant; those of components come with their charts. */
function accounts({ object, namespace, tenant }: Subject): readonly Reference[] {
  if (tenant === undefined) return [];
  return listAt(object, 'subjects').flatMap((subject, i) =>
    valueAt(subject, 'kind') === 'ServiceAccount'
      ? named('/ServiceAccount', subject, 'name').map((one) => ({
          ...one,
          namespace: stringAt(subject, 'namespace') ?? namespace,
          field: `subjects[${i}].name`,
        }))
      : [],
  );
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
const TENANT_POLICY_LISTS: Readonly<Record<string, string>> = {
  priorityClasses: 'scheduling.k8s.io/PriorityClass',
  runtimeClasses: 'node.k8s.io/RuntimeClass',
  storageClasses: 'storage.k8s.io/StorageClass',
};

function tenantPolicy({ object, namespace }: Subject): readonly Reference[] {
  const spec = recordAt(object, 'spec');
  const texts = (field: string) =>
    listAt(spec, field).filter((name): name is string => typeof name === 'string' && name !== '');
  return [
    { ...TENANT_POLICIES, field: 'kind' },
    ...Object.entries(TENANT_POLICY_LISTS).flatMap(([field, to]) =>
      texts(field).map((name) => ({ to, name, field: `spec.${field}` })),
    ),
    ...named('node.k8s.io/RuntimeClass', object, 'spec', 'defaultRuntimeClass'),
    ...texts('serviceAccounts').map((name) => ({
      to: '/ServiceAccount',
      name,
      namespace,
      field: 'spec.serviceAccounts',
    })),
    ...named(`${KUEUE}/LocalQueue`, object, 'spec', 'queue').map((one) => ({ ...one, namespace })),
  ];
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

const TARGETABLE = [`${GATEWAY}/Gateway`, `${ISTIO}/ServiceEntry`];

function targets({ object, namespace }: Subject): readonly Reference[] {
  return listAt(object, 'spec', 'targetRefs').flatMap((target, i) => {
    const to = `${stringAt(target, 'group') ?? ''}/${stringAt(target, 'kind') ?? ''}`;
    if (!TARGETABLE.includes(to)) return [];
    return named(to, target, 'name').map((one) => ({ ...one, namespace, field: `spec.targetRefs[${i}].name` }));
  });
}

function peers(policy: unknown, way: 'ingress' | 'egress', field: 'from' | 'to'): readonly Reference[] {
  return listAt(policy, 'spec', way).flatMap((rule, i) =>
    listAt(rule, field).flatMap((peer, j) => namespaces(peer, `spec.${way}[${i}].${field}[${j}]`)),
  );
}

/**
 * The namespace that a selector names. Not where it names a tenant as well: a path to a peer is declared for all regions
 * of a tenant, and the peer need not be in each of them.
 */
function namespaces(peer: unknown, field: string): readonly Reference[] {
  const selector = [['namespaceSelector'], ['namespaces'], ['pods', 'namespaceSelector']]
    .map((path) => valueAt(peer, ...path))
    .find(isRecord);
  const labels = recordAt(selector, 'matchLabels');
  const name = labels['kubernetes.io/metadata.name'];
  if (typeof name !== 'string' || labels[LABEL.tenant] !== undefined) return [];
  return [{ to: '/Namespace', name, field }];
}
