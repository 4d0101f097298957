import { IMPERSONATE } from './powers';
import { type Access, type Allowed, allowed, type Rule } from './rule';

/** How a right turns into the rights of somebody else. */
export interface Route {
  /** `runs pods as`: between holder and gain in a chain. */
  readonly says: string;
  /** Whose rights are gained: service accounts of the namespace, users or groups by name, or all there are. */
  readonly gains: 'accounts' | 'named accounts' | 'users' | 'groups' | 'everything';
  /** Any one of these opens the route. */
  readonly access: readonly Access[];
}

/** One half of a route that takes two rights; both halves may come from different roles. */
export type Half =
  | 'bind clusterroles'
  | 'bind roles'
  | 'escalate clusterroles'
  | 'escalate roles'
  | 'write rolebindings'
  | 'write clusterrolebindings'
  | 'write roles'
  | 'write clusterroles'
  | 'request certificates'
  | 'approve certificates';

const PUT = ['create', 'update', 'patch'];
const SET = ['update', 'patch'];
const CONNECT = ['get', 'create'];
const RBAC = 'rbac.authorization.k8s.io';

/** Routes that take one right. */
export const ROUTES: readonly Route[] = [
  {
    says: 'runs pods as',
    gains: 'accounts',
    access: [
      core('pods', ['create']),
      core('replicationcontrollers', PUT),
      ...['deployments', 'replicasets', 'statefulsets', 'daemonsets'].map((plural) => of('apps', plural, PUT)),
      ...['jobs', 'cronjobs'].map((plural) => of('batch', plural, PUT)),
      of('jobset.x-k8s.io', 'jobsets', PUT),
      of('leaderworkerset.x-k8s.io', 'leaderworkersets', PUT),
      of('serving.kserve.io', 'inferenceservices', PUT),
      of('serving.knative.dev', 'services', PUT),
      ...['rayjobs', 'rayclusters', 'rayservices'].map((plural) => of('ray.io', plural, PUT)),
      ...['pytorchjobs', 'mpijobs', 'tfjobs', 'notebooks'].map((plural) => of('kubeflow.org', plural, PUT)),
      of('argoproj.io', 'workflows', PUT),
    ],
  },
  {
    says: 'runs code in the pods of',
    gains: 'accounts',
    access: [
      core('pods/exec', CONNECT),
      core('pods/attach', CONNECT),
      core('pods/ephemeralcontainers', SET),
      core('pods', SET),
    ],
  },
  { says: 'reads the tokens of', gains: 'accounts', access: [core('secrets', ['get', 'list', 'watch'])] },
  { says: 'mints tokens of', gains: 'named accounts', access: [core('serviceaccounts/token', ['create'])] },
  { says: 'impersonates', gains: 'named accounts', access: [core('serviceaccounts', IMPERSONATE)] },
  { says: 'impersonates', gains: 'users', access: [core('users', IMPERSONATE)] },
  { says: 'impersonates', gains: 'groups', access: [core('groups', IMPERSONATE)] },
  { says: 'runs code in every pod through the kubelet', gains: 'everything', access: [core('nodes/proxy', CONNECT)] },
  { says: 'mounts the disk of a node', gains: 'everything', access: [core('persistentvolumes', PUT)] },
  {
    says: 'lifts Pod Security by label and takes the node',
    gains: 'everything',
    access: [core('namespaces', SET), core('namespaces/status', SET), core('namespaces/finalize', SET)],
  },
  {
    says: 'sees or rewrites every request',
    gains: 'everything',
    access: [
      'validatingwebhookconfigurations',
      'mutatingwebhookconfigurations',
      'mutatingadmissionpolicies',
      'mutatingadmissionpolicybindings',
    ].map((plural) => of('admissionregistration.k8s.io', plural, PUT)),
  },
  {
    says: 'answers for the API server',
    gains: 'everything',
    access: [of('apiregistration.k8s.io', 'apiservices', PUT)],
  },
];

/** The rights that are worth something only in pairs. */
export const HALVES: readonly (readonly [Half, Access])[] = [
  ['bind clusterroles', of(RBAC, 'clusterroles', ['bind'])],
  ['bind roles', of(RBAC, 'roles', ['bind'])],
  ['escalate clusterroles', of(RBAC, 'clusterroles', ['escalate'])],
  ['escalate roles', of(RBAC, 'roles', ['escalate'])],
  ['write rolebindings', of(RBAC, 'rolebindings', PUT)],
  ['write clusterrolebindings', of(RBAC, 'clusterrolebindings', PUT)],
  ['write roles', of(RBAC, 'roles', PUT)],
  ['write clusterroles', of(RBAC, 'clusterroles', PUT)],
  ['request certificates', of('certificates.k8s.io', 'certificatesigningrequests', ['create'])],
  ['approve certificates', of('certificates.k8s.io', 'certificatesigningrequests/approval', SET)],
  ['approve certificates', of('certificates.k8s.io', 'certificatesigningrequests/status', SET)],
];

/** Pairs of halves, and what the pair gives: the rules of the roles that the first half names, or every right. */
export const PAIRS: readonly { readonly halves: readonly [Half, Half]; readonly gains: 'roles' | 'everything' }[] = [
  { halves: ['bind clusterroles', 'write rolebindings'], gains: 'roles' },
  { halves: ['bind clusterroles', 'write clusterrolebindings'], gains: 'roles' },
  { halves: ['bind roles', 'write rolebindings'], gains: 'roles' },
  { halves: ['escalate roles', 'write roles'], gains: 'everything' },
  { halves: ['escalate clusterroles', 'write clusterroles'], gains: 'everything' },
  { halves: ['request certificates', 'approve certificates'], gains: 'everything' },
];

/** What a rule opens by itself and together with others; the same rule always opens the same. */
export interface Openings {
  readonly routes: readonly { readonly route: Route; readonly names: readonly string[] | undefined }[];
  readonly halves: readonly { readonly half: Half; readonly names: readonly string[] | undefined }[];
}

/**
 * Asks the tables about one rule. `outside` holds the `group/resource` names that no RoleBinding can give; leave it out
 * for a rule that holds in the whole cluster.
 */
export function openings(rule: Rule, outside: ReadonlySet<string> = new Set()): Openings {
  const give = (access: Access): Allowed | undefined =>
    outside.has(`${access.group}/${access.resource.split('/', 1)[0]}`) && !access.verbs.includes('bind')
      ? undefined
      : allowed(rule, access);
  const routes = ROUTES.flatMap((route) => {
    const given = route.access.map(give).find((one) => one !== undefined);
    return given === undefined ? [] : [{ route, names: given.names }];
  });
  const halves = HALVES.flatMap(([half, access]) => {
    const given = give(access);
    return given === undefined ? [] : [{ half, names: given.names }];
  });
  return { routes, halves };
}

function core(resource: string, verbs: readonly string[]): Access {
  return { group: '', resource, verbs };
}

function of(group: string, resource: string, verbs: readonly string[]): Access {
  return { group, resource, verbs };
}
