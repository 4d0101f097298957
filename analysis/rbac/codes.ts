/** What a code of the RBAC proof means, for `drun explain`. */
export interface RbacCodeText {
  /** The sentence that must hold. */
  readonly title: string;
  /** What can happen otherwise. */
  readonly why: string;
  readonly remedy: string;
  /** Clause of the mission that it serves. */
  readonly control: 'IAM-2' | 'NET-4' | 'CTR-3' | 'GPU-1';
}

/** Every code that {@link RbacViolation} can carry. */
export const RBAC_CODES = {
  PRV101: {
    title: 'no tenant holds a right in the namespace of another tenant',
    why: 'whoever may read or change objects there can take data, run code or stop work of the other tenant',
    remedy: 'remove the subject from the binding, or bind a subject of the tenant that owns the namespace',
    control: 'IAM-2',
  },
  PRV102: {
    title: 'no tenant holds a right in a namespace of the platform',
    why: 'the platform’s controllers run there with rights over every tenant, and their secrets lie there',
    remedy: 'remove the subject from the binding; offer what the tenant needs as a platform service',
    control: 'IAM-2',
  },
  PRV103: {
    title: 'no tenant reads anything outside of its namespaces',
    why: 'a cluster-wide read shows every tenant’s objects, names and often their secrets',
    remedy: 'bind the role with a RoleBinding in the tenant’s namespaces instead of a ClusterRoleBinding',
    control: 'IAM-2',
  },
  PRV104: {
    title: 'no tenant writes anything outside of its namespaces',
    why: 'cluster-scoped objects such as nodes, webhooks and roles decide what every tenant may do',
    remedy: 'remove the ClusterRoleBinding, or drop the rule from the role',
    control: 'IAM-2',
  },
  PRV105: {
    title: 'no tenant calls addresses of the API server beyond the public ones',
    why: '/metrics, /logs and /debug tell of other tenants and of the control plane',
    remedy: 'drop the address from nonResourceURLs',
    control: 'IAM-2',
  },
  PRV110: {
    title: 'no tenant holds a verb that lifts the escalation checks',
    why: 'bind, escalate and impersonate give rights that the holder was never given',
    remedy: 'drop the verb; bind is accepted when resourceNames list harmless roles',
    control: 'IAM-2',
  },
  PRV111: {
    title: 'no tenant can turn its rights into every right',
    why: 'the chain of rights ends at the control plane or at a node, and from there at every tenant',
    remedy: 'break the chain at its first object: drop the rule or the binding',
    control: 'IAM-2',
  },
  PRV113: {
    title: 'no tenant reaches pods, services or nodes through the API server',
    why: 'the API server connects from its own address, so a proxy request walks around every network policy',
    remedy: 'drop the proxy subresource; port-forward to own pods does not need it',
    control: 'NET-4',
  },
  PRV114: {
    title: 'no tenant places pods or writes endpoints and status by itself',
    why: 'a pod bound by hand runs on any node, and an endpoint written by hand sends traffic to any address',
    remedy: 'drop the rule: the scheduler and the controllers write these',
    control: 'GPU-1',
  },
  PRV120: {
    title: 'no tenant changes the platform’s objects in its own namespace',
    why: 'quotas, policies and queues bind the tenant only as long as the tenant cannot rewrite them',
    remedy: 'drop the rule, or keep its reading verbs only',
    control: 'IAM-2',
  },
  PRV121: {
    title: 'no tenant changes its own Namespace object',
    why: 'its labels switch Pod Security, the mesh and admission on; deleting it takes the platform’s objects along',
    remedy: 'drop namespaces and its subresources from the rule, or keep get only',
    control: 'CTR-3',
  },
  PRV122: {
    title: 'no tenant changes or deletes roles and role bindings',
    why: 'the platform’s own bindings stand beside those of the tenant, and RBAC cannot tell them apart',
    remedy: 'keep get, list, watch and create only; admission decides which subjects a new binding may name',
    control: 'IAM-2',
  },
  PRV130: {
    title: 'no role of a tenant has a wildcard',
    why: 'a star also covers what Kubernetes and new controllers add tomorrow, the escalating verbs included',
    remedy: 'list the groups, resources and verbs',
    control: 'IAM-2',
  },
  PRV131: {
    title: 'no tenant is bound to a role built into Kubernetes',
    why: 'edit and admin may impersonate service accounts and mint their tokens, and all of them change with upgrades',
    remedy: 'bind one of the drun-tenant roles',
    control: 'IAM-2',
  },
  PRV132: {
    title: 'every role that a tenant is bound to is among the objects',
    why: 'a role that is not here gives rights that nobody has looked at, as soon as it exists',
    remedy: 'add the role, correct its name, or remove the binding',
    control: 'IAM-2',
  },
  PRV140: {
    title: 'no role of a tenant takes up rules by label',
    why: 'any chart that installs a ClusterRole with the label widens what tenants may do',
    remedy: 'write the rules out and drop aggregationRule',
    control: 'IAM-2',
  },
  PRV141: {
    title: 'no role adds its rules to a role of a tenant',
    why: 'its label makes Kubernetes copy the rules into a role that tenants hold',
    remedy: 'drop the aggregation label from the ClusterRole',
    control: 'IAM-2',
  },
  PRV150: {
    title: 'no right is given to everybody',
    why: 'system:authenticated, system:serviceaccounts and the anonymous groups contain every tenant, also future ones',
    remedy: 'name the group or service account that needs the right',
    control: 'IAM-2',
  },
  PRV160: {
    title: 'every role and binding can be read',
    why: 'the API server refuses it, or reads something else than its author meant; no proof can be given about it',
    remedy: 'write rules, verbs, subjects and roleRef as the API describes them',
    control: 'IAM-2',
  },
} as const satisfies Readonly<Record<string, RbacCodeText>>;

/** One of {@link RBAC_CODES}. */
export type RbacCode = keyof typeof RBAC_CODES;
