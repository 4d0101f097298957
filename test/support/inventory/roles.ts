import type { Order } from './spec-facts';

const READ = ['get', 'list', 'watch'];
const WRITE = ['create', 'update', 'patch', 'delete', 'deletecollection'];

type Duty = readonly (readonly [group: string, resources: string, verbs: readonly string[]])[];

const VIEWER: Duty = [
  ['', 'pods pods/log pods/status services configmaps events persistentvolumeclaims', READ],
  ['', 'replicationcontrollers serviceaccounts resourcequotas limitranges endpoints', READ],
  ['apps', 'deployments statefulsets replicasets deployments/status statefulsets/status', READ],
  ['batch', 'jobs cronjobs jobs/status cronjobs/status', READ],
  ['autoscaling', 'horizontalpodautoscalers', READ],
  ['policy', 'poddisruptionbudgets', READ],
  ['networking.k8s.io', 'networkpolicies ingresses', READ],
  ['discovery.k8s.io', 'endpointslices', READ],
  ['events.k8s.io', 'events', READ],
  ['rbac.authorization.k8s.io', 'rolebindings', READ],
  ['kueue.x-k8s.io', 'localqueues workloads', READ],
  ['resource.k8s.io', 'resourceclaims resourceclaimtemplates', READ],
];

const DEVELOPER: Duty = [
  ...VIEWER,
  ['', 'pods services configmaps persistentvolumeclaims', WRITE],
  ['apps', 'deployments statefulsets deployments/scale statefulsets/scale', WRITE],
  ['batch', 'jobs cronjobs', WRITE],
  ['autoscaling', 'horizontalpodautoscalers', WRITE],
  ['policy', 'poddisruptionbudgets', WRITE],
  ['resource.k8s.io', 'resourceclaims resourceclaimtemplates', WRITE],
];

const OPERATOR: Duty = [
  ...DEVELOPER,
  ['', 'pods/exec pods/attach pods/portforward', ['create', 'get']],
  ['', 'pods/eviction', ['create']],
  ['', 'pods/ephemeralcontainers pods/resize', ['update', 'patch']],
  ['', 'secrets', [...READ, ...WRITE]],
  ['networking.k8s.io', 'ingresses', WRITE],
];

const STAFF: Duty = [
  ['', 'namespaces nodes pods services events resourcequotas limitranges persistentvolumes', READ],
  ['apps', 'deployments statefulsets daemonsets replicasets', READ],
  ['batch', 'jobs cronjobs', READ],
  ['networking.k8s.io', 'networkpolicies ingresses', READ],
  ['policy.networking.k8s.io', 'clusternetworkpolicies', READ],
  ['policy.drun.io', 'tenantpolicies', READ],
  ['admissionregistration.k8s.io', 'validatingadmissionpolicies validatingadmissionpolicybindings', READ],
  ['admissionregistration.k8s.io', 'mutatingadmissionpolicies mutatingadmissionpolicybindings', READ],
  ['kueue.x-k8s.io', 'clusterqueues localqueues resourceflavors workloads', READ],
];

/** What each role is for, right by right: whoever widens or narrows a role says so here as well. */
const DUTIES: Readonly<Record<string, Duty>> = {
  'drun-tenant-viewer': VIEWER,
  'drun-tenant-developer': DEVELOPER,
  'drun-tenant-operator': OPERATOR,
  'drun-tenant-owner': [...OPERATOR, ['', 'serviceaccounts', WRITE]],
  'drun-platform-viewer': STAFF,
  'drun-platform-operator': [...STAFF, ['', 'nodes', ['patch']], ['', 'pods/eviction', ['create']]],
};

/** What cert-manager needs to ask Vault for the mesh's certificate: a token of one account. */
const ISSUER = 'istio-ca-issuer create /serviceaccounts/token named istio-ca-issuer';

/** That account, whose token no pod mounts. */
export const issuerAccount = ({ across }: Order): readonly string[] =>
  across === undefined ? [] : ['ServiceAccount istio-system/istio-ca-issuer automountServiceAccountToken=false'];

/** Rights of every role. */
export const roleRights = ({ across }: Order): readonly string[] => [
  ...Object.entries(DUTIES).flatMap(([role, duty]) =>
    duty.flatMap(([group, resources, verbs]) =>
      resources.split(' ').flatMap((resource) => verbs.map((verb) => `${role} ${verb} ${group}/${resource}`)),
    ),
  ),
  ...(across === undefined ? [] : [ISSUER]),
];

/** Who among the platform's staff holds which role. */
export const staffBindings = ({ across }: Order): readonly string[] => [
  ...['viewer', 'operator'].map(
    (duty) => `cluster Group oidc:drun-platform-${duty}s is ClusterRole drun-platform-${duty}`,
  ),
  ...(across === undefined ? [] : ['istio-system ServiceAccount cert-manager/cert-manager is Role istio-ca-issuer']),
];
