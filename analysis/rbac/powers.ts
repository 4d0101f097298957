import type { RbacCode } from './codes';
import { type Access, allowed, coversGroup, type Rule } from './rule';

/** Something a tenant may not do, even in its own namespaces. */
export interface Power {
  readonly code: RbacCode;
  /** `change resource quotas`: what the holder could do. */
  readonly says: string;
  /** Any one of these is the power. Resource `*` stands for every resource of the group. */
  readonly access: readonly Access[];
}

const WRITE = ['create', 'update', 'patch', 'delete', 'deletecollection'];
const REWRITE = ['update', 'patch', 'delete', 'deletecollection'];
const SET = ['update', 'patch'];
const ANY = ['get', 'list', 'watch', ...WRITE];
const RBAC = 'rbac.authorization.k8s.io';

/** Impersonation, plain and constrained (KEP-5284). */
export const IMPERSONATE: readonly string[] = [
  'impersonate',
  ...['user-info', 'serviceaccount', 'arbitrary-node', 'associated-node'].map((mode) => `impersonate:${mode}`),
];

/** Powers over objects that the platform owns inside tenant namespaces, and ways around its walls. */
export const OWN_NAMESPACE_POWERS: readonly Power[] = [
  power('PRV113', 'connect through the API server to pods', core('pods/proxy', ANY)),
  power('PRV113', 'connect through the API server to services', core('services/proxy', ANY)),
  power('PRV114', 'choose the node of a pod', core('pods/binding', ['create']), core('bindings', ['create'])),
  power('PRV114', 'forge the status of pods and services', core('pods/status', SET), core('services/status', SET)),
  power('PRV114', 'write endpoints', core('endpoints', WRITE), of('discovery.k8s.io', 'endpointslices', WRITE)),
  power(
    'PRV114',
    'allocate devices by hand',
    ...['status', 'driver', 'binding'].map((sub) => of('resource.k8s.io', `resourceclaims/${sub}`, SET)),
  ),
  power('PRV120', 'change resource quotas', core('resourcequotas', WRITE), core('resourcequotas/status', SET)),
  power('PRV120', 'change limit ranges', core('limitranges', WRITE)),
  power(
    'PRV120',
    'change network policies',
    of('networking.k8s.io', 'networkpolicies', WRITE),
    of('cilium.io', '*', WRITE),
    of('crd.projectcalico.org', '*', WRITE),
    of('projectcalico.org', '*', WRITE),
  ),
  power(
    'PRV120',
    'change the mesh',
    ...['security', 'networking', 'extensions', 'telemetry'].map((part) => of(`${part}.istio.io`, '*', WRITE)),
    of('gateway.networking.k8s.io', 'gateways', WRITE),
  ),
  power('PRV120', 'change the tenant policy', of('policy.drun.io', '*', WRITE)),
  power(
    'PRV120',
    'change its queues',
    of('kueue.x-k8s.io', 'localqueues', WRITE),
    of('kueue.x-k8s.io', 'workloads/status', SET),
  ),
  power('PRV120', 'exempt itself from policies', of('kyverno.io', '*', WRITE), of('policies.kyverno.io', '*', WRITE)),
  power(
    'PRV121',
    'change or delete its namespace',
    core('namespaces', ['update', 'patch', 'delete']),
    core('namespaces/status', SET),
    core('namespaces/finalize', SET),
  ),
  power('PRV122', 'change or delete role bindings', of(RBAC, 'rolebindings', REWRITE)),
  power('PRV122', 'change or delete roles', of(RBAC, 'roles', REWRITE)),
];

/** Verbs that lift the escalation checks of the API server. */
export const ESCALATING_POWERS: readonly Power[] = [
  power('PRV110', 'escalate roles', of(RBAC, 'roles', ['escalate']), of(RBAC, 'clusterroles', ['escalate'])),
  power(
    'PRV110',
    'impersonate',
    ...['users', 'groups', 'serviceaccounts'].map((resource) => core(resource, IMPERSONATE)),
    of('authentication.k8s.io', '*', IMPERSONATE),
  ),
];

/** `bind`, which is harmless when the names of the roles are listed and their rights are. */
export const BIND_ACCESS: readonly Access[] = [of(RBAC, 'clusterroles', ['bind']), of(RBAC, 'roles', ['bind'])];

/** Creating bindings and roles: without bind and escalate they give no more than the holder has. Recorded, not refused. */
export const GRANTING_ACCESS: readonly Access[] = [of(RBAC, 'rolebindings', ['create']), of(RBAC, 'roles', ['create'])];

/** Whether the rule gives the power. */
export function holdsPower(rule: Rule, one: Power): boolean {
  return one.access.some((access) => (access.resource === '*' ? touchesGroup(rule, access) : allowed(rule, access)));
}

function touchesGroup(rule: Rule, access: Access): boolean {
  const wholeGroup = rule.apiGroups.includes('*') ? rule.resources.includes('*') : rule.resources.length > 0;
  const verbs = rule.verbs.includes('*') || access.verbs.some((verb) => rule.verbs.includes(verb));
  return coversGroup(rule, access.group) && wholeGroup && verbs;
}

function power(code: RbacCode, says: string, ...access: readonly Access[]): Power {
  return { code, says, access };
}

function core(resource: string, verbs: readonly string[]): Access {
  return { group: '', resource, verbs };
}

function of(group: string, resource: string, verbs: readonly string[]): Access {
  return { group, resource, verbs };
}
