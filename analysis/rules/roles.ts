import { isList, isRecord, listAt, recordAt, stringAt, valueAt } from '../../constructs/core/json';
import { type Claim, type ClusterFinding, type ClusterRule, claimBy, type Subject } from '../../constructs/core/rule';
import { flatMapClaims, namelessOnce } from './claims';

const RBAC = 'rbac.authorization.k8s.io';
/** Everybody who can log in, tenants among them. */
const EVERYBODY = ['system:authenticated', 'system:unauthenticated', 'system:serviceaccounts'];
/** Built-in roles that let a tenant act as a service account, or as anybody. `view` reads no secrets. */
const BUILT_IN = ['cluster-admin', 'admin', 'edit', 'system:masters', 'system:admin'];
const BINDINGS = [`RoleBinding.${RBAC}`, `ClusterRoleBinding.${RBAC}`];
const ROLES = [`Role.${RBAC}`, `ClusterRole.${RBAC}`];

const WRITES = ['create', 'update', 'patch', 'delete', 'deletecollection'];
/** Rights that lead out of a tenant: resource (any group) and the verbs that do; `*` for all of them. */
const OFF_LIMITS: Readonly<Record<string, readonly string[]>> = {
  nodes: ['*'],
  'nodes/proxy': ['*'],
  'pods/proxy': ['*'],
  'services/proxy': ['*'],
  'pods/binding': ['*'],
  bindings: ['*'],
  'serviceaccounts/token': ['*'],
  namespaces: WRITES,
  'namespaces/status': WRITES,
  'namespaces/finalize': ['*'],
  resourcequotas: WRITES,
  limitranges: WRITES,
  clusterroles: WRITES,
  clusterrolebindings: WRITES,
  persistentvolumes: ['*'],
  certificatesigningrequests: ['*'],
  'certificatesigningrequests/approval': ['*'],
  customresourcedefinitions: WRITES,
  apiservices: WRITES,
  validatingadmissionpolicies: WRITES,
  validatingadmissionpolicybindings: WRITES,
  mutatingadmissionpolicies: WRITES,
  mutatingadmissionpolicybindings: WRITES,
  validatingwebhookconfigurations: WRITES,
  mutatingwebhookconfigurations: WRITES,
  clusternetworkpolicies: WRITES,
  tenantpolicies: WRITES,
  tokenreviews: ['*'],
};
const ESCALATING = ['bind', 'escalate', 'impersonate', '*'];

/** Roles that tenants hold give nothing that leads out of the tenant. */
export const boundedRoles: ClusterRule = {
  id: 'DRN180',
  title: 'no role of a tenant has a wildcard, an escalating verb or a resource of the cluster',
  why: 'bind, escalate, impersonate, proxies, tokens and nodes each turn one namespace into the whole cluster',
  remedy: 'list exact resources and verbs; leave the named right to a platform role',
  control: 'IAM-2',
  kinds: [...ROLES, ...BINDINGS],
  claims: (subject) => (subject.kind.endsWith('Binding') ? bindingClaims(subject) : roleClaims(subject)),
  judge: (claims) => {
    const held = rolesHeldByTenants(claims);
    const known = new Set<string>();
    const findings: ClusterFinding[] = [];
    for (const { key, object, field, value } of claims) {
      if (!value.startsWith(ROLE)) continue;
      known.add(key);
      const given = value.slice(ROLE.length);
      if (given !== '' && held.has(key))
        findings.push({ object, field, given, expected: 'no such right in a role of a tenant' });
    }
    for (const [key, { object }] of held) {
      if (known.has(key) || isKnownRole(key)) continue;
      findings.push({ object, field: 'roleRef.name', given: `${key}, not found`, expected: 'a role that can be read' });
    }
    return findings;
  },
};

/** `view` is harmless; the built-in roles that are not are the matter of the next rule. */
function isKnownRole(key: string): boolean {
  const name = nameOf(key);
  return name === 'view' || BUILT_IN.includes(name);
}

/** Tenants never hold the roles that Kubernetes comes with. */
export const noBuiltInRoles: ClusterRule = {
  id: 'DRN181',
  title: 'no tenant holds a built-in role such as cluster-admin, admin or edit',
  why: 'the built-in edit and admin may impersonate service accounts and mint their tokens',
  remedy: 'bind one of the roles drun-tenant-viewer, -developer, -operator or -owner',
  control: 'IAM-2',
  kinds: BINDINGS,
  claims: (subject) => shortened(bindingClaims(subject), ({ key }) => BUILT_IN.includes(nameOf(key))),
  settle: namelessOnce,
  judge: (claims) =>
    [...rolesHeldByTenants(claims)].flatMap(([key, claim]) => {
      const name = nameOf(key);
      return BUILT_IN.includes(name)
        ? [{ object: claim.object, field: 'roleRef.name', given: name, expected: 'a role of the platform for tenants' }]
        : [];
    }),
};

/** What a tenant may do, it may do in its own namespaces. */
export const noClusterWideGrants: ClusterRule = {
  id: 'DRN182',
  title: 'no tenant holds a role in the whole cluster',
  why: 'a cluster role binding reaches every namespace, those of other tenants among them',
  remedy: 'bind the role in each namespace of the tenant with a RoleBinding',
  control: 'IAM-2',
  kinds: BINDINGS,
  claims: (subject) => shortened(bindingClaims(subject), ({ field }) => field === WIDE),
  settle: namelessOnce,
  judge: (claims) => {
    const isTenants = tenantTest(claims);
    return flatMapClaims(claims, (claim) =>
      claim.field === WIDE && isTenants(claim)
        ? [
            {
              object: claim.object,
              field: 'subjects',
              given: `a subject of a tenant: ${subjectOf(claim)}`,
              expected: 'platform groups',
            },
          ]
        : [],
    );
  },
};

/** Claims that only tell whose a subject is need not say more, and there are four in each namespace. */
function shortened(claims: readonly Claim[], matters: (claim: Claim) => boolean): readonly Claim[] {
  const short: Claim[] = [];
  for (const claim of claims) {
    const { owner, field, value } = claim;
    short.push(matters(claim) ? claim : { key: '', owner, object: '', field, value });
  }
  return short;
}

function nameOf(key: string): string {
  return key.slice(key.lastIndexOf(' ') + 1);
}

const ROLE = 'role:';
const SUBJECT = 'subject:';
const WIDE = 'cluster';

/** One claim for each offence of a role, or a single one to say that the role is here and has none. */
function roleClaims(subject: Subject): readonly Claim[] {
  const key = roleKey(subject.kind, subject.namespace, subject.name ?? '');
  const offences = listAt(subject.object, 'rules').flatMap((rule, index) => offencesOf(rule, `rules[${index}]`));
  if (subject.object.aggregationRule !== undefined)
    offences.push({ field: 'aggregationRule', given: 'rights gathered from roles that may come later' });
  if (offences.length === 0) return [claimBy(subject, key, '', ROLE)];
  return offences.map(({ field, given }) => claimBy(subject, key, field, `${ROLE}${given}`));
}

function offencesOf(rule: unknown, path: string): { field: string; given: string }[] {
  const verbs = textsAt(rule, 'verbs');
  const resources = textsAt(rule, 'resources');
  const stars = ['apiGroups', 'resources', 'nonResourceURLs']
    .filter((field) => textsAt(rule, field).some((text) => text.includes('*')))
    .map((field) => ({ field: `${path}.${field}`, given: 'a wildcard' }));
  const escalating = verbs
    .filter((verb) => ESCALATING.includes(verb))
    .map((verb) => ({ field: `${path}.verbs`, given: `verb ${verb}` }));
  const off = resources.filter((resource) => {
    const limits = Object.hasOwn(OFF_LIMITS, resource) ? OFF_LIMITS[resource] : undefined;
    return limits?.some((verb) => verb === '*' || verbs.includes(verb)) ?? false;
  });
  return [...stars, ...escalating, ...off.map((name) => ({ field: `${path}.resources`, given: `resource ${name}` }))];
}

let lastSubject: Subject | undefined;
let lastClaims: readonly Claim[] = [];

/** Three rules ask about each binding, one after the other. */
function bindingClaims(subject: Subject): readonly Claim[] {
  if (subject !== lastSubject) {
    lastClaims = claimsOf(subject);
    lastSubject = subject;
  }
  return lastClaims;
}

/** One claim for each subject of a binding; the key is the role, the value the subject. */
function claimsOf(subject: Subject): readonly Claim[] {
  const { object, kind, namespace = '' } = subject;
  const ref = recordAt(object, 'roleRef');
  const role = typeof ref.kind === 'string' ? ref.kind : 'ClusterRole';
  const key = roleKey(role, subject.namespace, typeof ref.name === 'string' ? ref.name : '');
  const field = kind === 'ClusterRoleBinding' ? WIDE : '';
  const claims: Claim[] = [];
  const subjects = listAt(object, 'subjects');
  for (let i = 0; i < subjects.length; i += 1)
    claims.push(claimBy(subject, key, field, `${SUBJECT}${nameOfSubject(subjects[i], namespace)}`));
  return claims;
}

function nameOfSubject(each: unknown, namespace: string): string {
  const name = stringAt(each, 'name') ?? '';
  if (valueAt(each, 'kind') !== 'ServiceAccount') return `Group ${name}`;
  return `ServiceAccount ${stringAt(each, 'namespace') ?? namespace}/${name}`;
}

/** Roles that a subject of a tenant holds, each with one of the bindings that say so. */
function rolesHeldByTenants(claims: Iterable<Claim>): ReadonlyMap<string, Claim> {
  const isTenants = tenantTest(claims);
  const held = new Map<string, Claim>();
  for (const claim of claims) {
    const known = held.get(claim.key);
    // the first in order of name, so that the report does not depend on the order of the objects
    if (isTenants(claim) && (known === undefined || claim.object < known.object)) held.set(claim.key, claim);
  }
  return held;
}

/** Whether a binding's subject is a tenant's: bound by a tenant's object anywhere, or one of the groups of everybody. */
function tenantTest(claims: Iterable<Claim>): (claim: Claim) => boolean {
  const theirs = new Set<string>();
  for (const claim of claims)
    if (claim.value.startsWith(SUBJECT) && claim.owner.startsWith('tenant ')) theirs.add(claim.value);
  return (claim) =>
    claim.value.startsWith(SUBJECT) &&
    (theirs.has(claim.value) || EVERYBODY.some((group) => subjectOf(claim).startsWith(`Group ${group}`)));
}

function subjectOf(claim: Claim): string {
  return claim.value.slice(SUBJECT.length);
}

function roleKey(kind: string, namespace: string | undefined, name: string): string {
  return kind === 'Role' ? `Role ${namespace ?? ''} ${name}` : `ClusterRole ${name}`;
}

function textsAt(rule: unknown, key: string): readonly string[] {
  const list = isRecord(rule) ? rule[key] : undefined;
  return isList(list) ? list.filter((item): item is string => typeof item === 'string') : [];
}
