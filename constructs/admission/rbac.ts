import { list } from './cel';
import type { Policy } from './policy';

const WRITES = ['CREATE', 'UPDATE'] as const;
const CONTROLS = { 'IAM-2': 'a right in a tenant’s namespace goes to people and accounts of that namespace' } as const;

/** Role bindings and roles of a namespace; the API server itself refuses rights that their author does not hold. */
export const rbacPolicies: readonly Policy[] = [
  {
    id: 'role-bindings',
    controls: CONTROLS,
    reach: 'tenants',
    matches: [{ group: 'rbac.authorization.k8s.io', resources: ['rolebindings'], operations: WRITES }],
    params: 'none',
    checks: [
      {
        rows: ['R14'],
        each: 'object.?subjects.orValue([])',
        as: 's',
        holds: [
          "(s.kind == 'Group' && s.name.startsWith('oidc:') && !s.name.startsWith('oidc:drun-platform'))",
          "(s.kind == 'User' && s.name.startsWith('oidc:'))",
          "(s.kind == 'ServiceAccount' && s.?namespace.orValue('') == request.namespace)",
        ].join(' || '),
        given: "{s.kind} {s.?namespace.orValue('')} {s.name}",
        expected: 'people and groups of the identity provider, or an account of this namespace',
        remedy: 'name them one by one',
      },
      {
        rows: ['R06', 'R14'],
        holds: `object.roleRef.kind == 'Role' || object.roleRef.name in ${list(
          ['viewer', 'developer', 'operator', 'owner'].map((duty) => `drun-tenant-${duty}`),
        )}`,
        given: '{object.roleRef.kind} {object.roleRef.name}',
        expected: 'a Role of this namespace or one of the roles drun-tenant-*',
        remedy: 'bind one of them',
      },
    ],
  },
  {
    id: 'roles',
    controls: CONTROLS,
    reach: 'tenants',
    matches: [{ group: 'rbac.authorization.k8s.io', resources: ['roles'], operations: WRITES }],
    params: 'none',
    checks: [
      {
        rows: ['R08'],
        each: 'object.?rules.orValue([])',
        as: 'r',
        holds:
          "r.verbs.all(v, !(v in ['*', 'impersonate', 'escalate', 'bind'])) && r.?resources.orValue([]).all(x, x != '*') && r.?apiGroups.orValue([]).all(g, g != '*')",
        given: "a rule with the verbs {r.verbs.join(' ')}",
        expected: 'named verbs and resources, without impersonate, escalate and bind',
        remedy: 'name what is needed',
      },
    ],
  },
];
