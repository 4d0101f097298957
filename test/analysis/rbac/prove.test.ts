import { proveRbac, type RbacCode, type RbacReport } from '../../../analysis/rbac';
import { RBAC_CODES } from '../../../analysis/rbac/codes';
import type { Manifest } from '../../../constructs/core/manifest';
import { addresses, bind, bindCluster, clusterRole, honest, namespace, role, rule } from './fixture';

const RBAC = 'rbac.authorization.k8s.io';

/** `[what, code, objects that break it, objects that look alike and must pass]`. */
const CASES: readonly (readonly [string, RbacCode, readonly Manifest[], readonly Manifest[]])[] = [
  [
    'a group of beta reads in acme',
    'PRV101',
    train('ClusterRole viewer', 'Group oidc:beta-dev'),
    train('ClusterRole viewer', 'Group oidc:acme-new'),
  ],
  [
    'a service account of beta reads in acme',
    'PRV101',
    train('ClusterRole viewer', 'ServiceAccount beta-train/x'),
    train('ClusterRole viewer', 'ServiceAccount acme-serve/x'),
  ],
  [
    'a service account spelled as a user',
    'PRV101',
    train('ClusterRole viewer', 'User system:serviceaccount:beta-train:x'),
    train('ClusterRole viewer', 'User system:serviceaccount:acme-train:x'),
  ],
  [
    'future accounts of beta read in acme',
    'PRV101',
    train('ClusterRole viewer', 'Group system:serviceaccounts:beta-train'),
    train('ClusterRole viewer', 'Group system:serviceaccounts:acme-serve'),
  ],
  [
    'a tenant reads in a platform namespace',
    'PRV102',
    [bind('drun-system', 'b', 'ClusterRole viewer', 'Group oidc:acme-dev')],
    [bind('drun-system', 'b', 'ClusterRole viewer', 'Group oidc:drun-platform-x')],
  ],
  ['a tenant reads nodes', 'PRV103', cluster(rule('get list', 'nodes')), inTrain(rule('get list', 'nodes'))],
  ['a tenant lists pods everywhere', 'PRV103', cluster(rule('list', 'pods')), inTrain(rule('list', 'pods'))],
  [
    'a tenant writes storage classes',
    'PRV104',
    cluster(rule('create', 'storageclasses', 'storage.k8s.io')),
    inTrain(rule('create', 'storageclasses', 'storage.k8s.io')),
  ],
  [
    'a tenant asks about the rights of others',
    'PRV104',
    cluster(rule('create', 'subjectaccessreviews', 'authorization.k8s.io')),
    cluster(rule('create', 'selfsubjectrulesreviews', 'authorization.k8s.io')),
  ],
  [
    'a tenant reads metrics',
    'PRV105',
    cluster(addresses('/metrics')),
    cluster(addresses('/healthz', '/version', '/openapi/v3')),
  ],
  ['a wildcard address covers metrics', 'PRV105', cluster(addresses('/m*')), cluster(addresses('/api/v1*'))],
  [
    'a tenant may bind any role',
    'PRV110',
    inTrain(rule('bind', 'clusterroles', RBAC)),
    inTrain(rule('bind', 'clusterroles', RBAC, ['viewer'])),
  ],
  [
    'a tenant may bind a role nobody can see',
    'PRV110',
    inTrain(rule('bind', 'clusterroles', RBAC, ['x'])),
    inTrain(rule('bind', 'clusterroles', RBAC, ['owner'])),
  ],
  ['a tenant may escalate', 'PRV110', inTrain(rule('escalate', 'roles', RBAC)), inTrain(rule('escalate', 'pods'))],
  [
    'a tenant impersonates accounts',
    'PRV110',
    inTrain(rule('impersonate', 'serviceaccounts')),
    inTrain(rule('impersonate', 'pods')),
  ],
  [
    'a tenant impersonates by the new verbs',
    'PRV110',
    inTrain(rule('impersonate:serviceaccount', 'serviceaccounts')),
    inTrain(rule('get', 'serviceaccounts')),
  ],
  [
    'a tenant proxies to pods',
    'PRV113',
    inTrain(rule('get', 'pods/proxy')),
    inTrain(rule('create', 'pods/portforward')),
  ],
  [
    'a tenant proxies to services by a star',
    'PRV113',
    inTrain(rule('get', '*/proxy')),
    inTrain(rule('get', 'services/*')),
  ],
  [
    'a tenant binds pods to nodes',
    'PRV114',
    inTrain(rule('create', 'pods/binding')),
    inTrain(rule('create', 'pods/eviction')),
  ],
  [
    'a tenant writes endpoint slices',
    'PRV114',
    inTrain(rule('update', 'endpointslices', 'discovery.k8s.io')),
    inTrain(rule('get', 'endpointslices', 'discovery.k8s.io')),
  ],
  [
    'a tenant changes quotas',
    'PRV120',
    inTrain(rule('patch', 'resourcequotas')),
    inTrain(rule('get', 'resourcequotas')),
  ],
  [
    'a tenant changes one named quota',
    'PRV120',
    inTrain(rule('update', 'resourcequotas', '', ['gpu'])),
    inTrain(rule('get', 'resourcequotas', '', ['gpu'])),
  ],
  [
    'a tenant deletes network policies',
    'PRV120',
    inTrain(rule('deletecollection', 'networkpolicies', 'networking.k8s.io')),
    inTrain(rule('deletecollection', 'networkpolicies', 'extensions')),
  ],
  [
    'a tenant turns off mutual TLS',
    'PRV120',
    inTrain(rule('create', 'peerauthentications', 'security.istio.io')),
    inTrain(rule('list', 'peerauthentications', 'security.istio.io')),
  ],
  [
    'a tenant changes its admission parameters',
    'PRV120',
    inTrain(rule('update', 'tenantpolicies', 'policy.drun.io')),
    inTrain(rule('update', 'tenantpolicies', 'policy.example')),
  ],
  [
    'a tenant relabels its namespace',
    'PRV121',
    inTrain(rule('patch', 'namespaces')),
    inTrain(rule('create', 'namespaces')),
  ],
  [
    'a tenant deletes role bindings',
    'PRV122',
    inTrain(rule('delete', 'rolebindings', RBAC)),
    inTrain(rule('create list', 'rolebindings roles', RBAC)),
  ],
  ['a role has a star', 'PRV130', inTrain(rule('*', 'configmaps')), inTrain(rule('get', 'configmaps'))],
  [
    'a tenant gets the built-in edit',
    'PRV131',
    train('ClusterRole edit', 'Group oidc:acme-dev'),
    train('ClusterRole developer', 'Group oidc:acme-dev'),
  ],
  [
    'a tenant gets a role that is not there',
    'PRV132',
    train('Role ghost', 'Group oidc:acme-dev'),
    [...train('Role ghost', 'Group oidc:acme-dev'), role('acme-train', 'ghost', [])],
  ],
  [
    'a role of a tenant aggregates',
    'PRV140',
    [...train('ClusterRole agg', 'Group oidc:acme-dev'), aggregate('agg')],
    [aggregate('agg')],
  ],
  [
    'a chart widens a role of a tenant',
    'PRV141',
    [...train('ClusterRole agg', 'Group oidc:acme-dev'), aggregate('agg'), widening()],
    [aggregate('agg'), widening()],
  ],
  [
    'everybody reads in acme',
    'PRV150',
    train('ClusterRole viewer', 'Group system:authenticated'),
    train('ClusterRole viewer', 'Group system:masters'),
  ],
  [
    'strangers read addresses of discovery',
    'PRV150',
    clusterTo('User system:anonymous', addresses('/api')),
    clusterTo('User system:anonymous', addresses('/livez')),
  ],
  ['rules are no list', 'PRV160', [clusterRole('x', [], { rules: 'all' })], [clusterRole('x', [])]],
  [
    'a rule has a text for a list',
    'PRV160',
    [clusterRole('x', [{ verbs: 'get', resources: ['pods'] }])],
    [clusterRole('x', [rule('get', 'pods')])],
  ],
];

describe('proof over role-based access control', () => {
  test('[IAM-2] two honest tenants are accepted, with what they hold as a table', () => {
    const report = proveRbac({ objects: honest() });
    expect(report.violations).toEqual([]);
    expect(report.figures).toEqual({ tenants: 2, subjects: 7, roles: 5, bindings: 9, rights: expect.any(Number) });
    expect(report.matrix).toContainEqual({
      role: 'ClusterRole developer',
      group: 'batch',
      resource: 'jobs',
      names: [],
      scope: 'namespace',
      verbs: ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch'],
    });
    expect(report.notes.map(({ sentence }) => sentence)).toEqual([
      'Group oidc:acme-own may create rolebindings, which can give no more than it holds in acme-train',
    ]);
  });

  test.each(CASES)('[IAM-2] fails when %s (%s)', (_, code, bad) => {
    expect(codesOf(proveRbac({ objects: [...honest(), ...bad] }))).toContain(code);
  });

  test.each(CASES)('[IAM-2] accepts the benign twin of: %s (%s)', (_, _code, _bad, good) => {
    expect(codesOf(proveRbac({ objects: [...honest(), ...good] }))).toEqual([]);
  });

  test('[IAM-2] every code has a failing case', () => {
    const tried = new Set([...CASES.map(([, code]) => code), 'PRV111']);
    expect(Object.keys(RBAC_CODES).filter((code) => !tried.has(code))).toEqual([]);
  });

  test('[IAM-2] a group of the identity provider without a tenant is held to the same rules', () => {
    const objects = [...honest(), bind('acme-train', 'x', 'ClusterRole viewer', 'Group oidc:acme-dev')];
    const lost = [...objects, bindCluster('lost', 'ClusterRole viewer', 'Group oidc:lost')];
    expect(proveRbac({ objects: lost }).violations).toMatchObject([{ code: 'PRV103', subject: 'Group oidc:lost' }]);
    expect(codesOf(proveRbac({ objects }))).toEqual([]);
  });

  test('[IAM-2] the order of the objects never matters', () => {
    const objects = [...honest(), ...CASES.flatMap(([, , bad]) => bad).map(renamed)];
    expect(codesOf(proveRbac({ objects: [...objects].reverse() }))).toEqual(codesOf(proveRbac({ objects })));
  });

  test('[IAM-2] a namespace whose Namespace object is missing still has its owner', () => {
    const quota: Manifest = {
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: { name: 'q', namespace: 'lone', labels: { 'drun.io/tenant': 'acme' } },
    };
    const binding = bind('lone', 'x', 'ClusterRole viewer', 'Group oidc:acme-dev');
    expect(codesOf(proveRbac({ objects: [...honest(), quota, binding] }))).toEqual([]);
    expect(codesOf(proveRbac({ objects: [...honest(), binding] }))).toEqual(['PRV102']);
  });

  test('[IAM-2] a cluster-scoped custom resource is nothing a role binding could give', () => {
    const crd = {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: 'a' },
      spec: { group: 'x.io', scope: 'Cluster', names: { plural: 'things' } },
    };
    const binding = [
      clusterRole('things', [rule('update', 'things', 'x.io')]),
      bind('beta-train', 'x', 'ClusterRole things', 'Group oidc:acme-dev'),
    ];
    expect(codesOf(proveRbac({ objects: [...honest(), ...binding, crd] }))).toEqual([]);
    expect(codesOf(proveRbac({ objects: [...honest(), ...binding] }))).toEqual(['PRV101']);
  });

  test('an empty cluster has nothing to object to', () => {
    expect(proveRbac({ objects: [] })).toMatchObject({
      violations: [],
      notes: [],
      matrix: [],
      figures: { tenants: 0 },
    });
    expect(namespace('a').kind).toBe('Namespace');
  });
});

function codesOf(report: RbacReport): readonly string[] {
  return [...new Set(report.violations.map(({ code }) => code))].sort();
}

function train(to: string, ...subjects: readonly string[]): readonly Manifest[] {
  return [bind('acme-train', 'tried', to, ...subjects)];
}

function inTrain(...rules: readonly object[]): readonly Manifest[] {
  return [clusterRole('tried', rules), bind('acme-train', 'tried', 'ClusterRole tried', 'Group oidc:acme-dev')];
}

function cluster(...rules: readonly object[]): readonly Manifest[] {
  return clusterTo('Group oidc:acme-dev', ...rules);
}

function clusterTo(subject: string, ...rules: readonly object[]): readonly Manifest[] {
  return [clusterRole('tried', rules), bindCluster('tried', 'ClusterRole tried', subject)];
}

function aggregate(name: string): Manifest {
  return clusterRole(name, [], {
    aggregationRule: { clusterRoleSelectors: [{ matchLabels: { 'drun.io/agg': 'yes' } }] },
  });
}

function widening(): Manifest {
  return clusterRole('chart', [rule('get', 'events')], {}, { 'drun.io/agg': 'yes' });
}

/** Gives colliding test objects names of their own. */
function renamed(object: Manifest, index: number): Manifest {
  if (!['tried'].includes(object.metadata.name)) return object;
  const next = { ...object, metadata: { ...object.metadata, name: `tried-${Math.floor(index / 2)}` } };
  return next;
}
