import type { TenantRole } from '../../constructs/tenant/access';
import type { ActorName } from './cases/case';

/** The verbs of Kubernetes that roles are made of, besides those that no tenant holds. */
export const VERBS = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete', 'deletecollection'] as const;

/** One of the eight. */
export type Verb = (typeof VERBS)[number];

const READ = 'get list watch';
const WRITE = 'create update patch delete deletecollection';
const BOTH = `${READ} ${WRITE}`;

/**
 * What each duty may do in its tenant's own namespaces: resource (`resource.group`), then verbs. Written down apart from the
 * roles, so that a role which grows is noticed.
 */
const VIEWER: Readonly<Record<string, string>> = {
  ...each('pods pods/log pods/status services configmaps events persistentvolumeclaims replicationcontrollers', READ),
  ...each('serviceaccounts resourcequotas limitranges endpoints', READ),
  ...each('deployments.apps statefulsets.apps replicasets.apps deployments.apps/status statefulsets.apps/status', READ),
  ...each('jobs.batch cronjobs.batch jobs.batch/status cronjobs.batch/status', READ),
  ...each('horizontalpodautoscalers.autoscaling poddisruptionbudgets.policy events.events.k8s.io', READ),
  ...each('networkpolicies.networking.k8s.io ingresses.networking.k8s.io endpointslices.discovery.k8s.io', READ),
  ...each('rolebindings.rbac.authorization.k8s.io localqueues.kueue.x-k8s.io workloads.kueue.x-k8s.io', READ),
  ...each('resourceclaims.resource.k8s.io resourceclaimtemplates.resource.k8s.io', READ),
};

const DEVELOPER: Readonly<Record<string, string>> = {
  ...VIEWER,
  ...each('pods services configmaps persistentvolumeclaims deployments.apps statefulsets.apps', BOTH),
  ...each('jobs.batch cronjobs.batch horizontalpodautoscalers.autoscaling poddisruptionbudgets.policy', BOTH),
  ...each('resourceclaims.resource.k8s.io resourceclaimtemplates.resource.k8s.io', BOTH),
  ...each('deployments.apps/scale statefulsets.apps/scale', WRITE),
};

const OPERATOR: Readonly<Record<string, string>> = {
  ...DEVELOPER,
  ...each('pods/exec pods/attach pods/portforward', 'create get'),
  'pods/eviction': 'create',
  ...each('pods/ephemeralcontainers pods/resize', 'update patch'),
  ...each('secrets ingresses.networking.k8s.io', BOTH),
};

const OWNER: Readonly<Record<string, string>> = { ...OPERATOR, serviceaccounts: BOTH };

const RIGHTS: Readonly<Record<TenantRole, Readonly<Record<string, string>>>> = {
  viewer: VIEWER,
  developer: DEVELOPER,
  operator: OPERATOR,
  owner: OWNER,
};

/** What everybody who signed on may do outside any namespace: ask about himself. */
const EVERYBODY: Readonly<Record<string, string>> = each(
  'selfsubjectreviews.authentication.k8s.io selfsubjectaccessreviews.authorization.k8s.io selfsubjectrulesreviews.authorization.k8s.io',
  'create',
);

/** Duty behind an actor; undefined for whoever is not a person of a tenant. */
export function dutyOf(actor: ActorName): TenantRole | undefined {
  if (actor === 'tenant' || actor === 'sidecar-owner') return 'owner';
  return actor === 'operator' || actor === 'developer' || actor === 'viewer' ? actor : undefined;
}

/** Whether a duty may do it in a namespace of its tenant. `resource`: as in `deployments.apps/scale`. */
export function mayInside(duty: TenantRole, verb: string, resource: string): boolean {
  return (RIGHTS[duty][resource] ?? '').split(' ').includes(verb);
}

/** Whether anybody who signed on may do it outside all namespaces. */
export function mayOutside(verb: string, resource: string): boolean {
  return (EVERYBODY[resource] ?? '').split(' ').includes(verb);
}

function each(resources: string, verbs: string): Readonly<Record<string, string>> {
  return Object.fromEntries(resources.split(' ').map((resource) => [resource, verbs]));
}
