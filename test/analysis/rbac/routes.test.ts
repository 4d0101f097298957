import { proveRbac, type RbacViolation } from '../../../analysis/rbac';
import type { Manifest } from '../../../constructs/core/manifest';
import { bind, bindCluster, clusterRole, honest, rule } from './fixture';

const RBAC = 'rbac.authorization.k8s.io';
const CERT = 'certificates.k8s.io';
const HOOKS = 'admissionregistration.k8s.io';

/** Rights in the platform's namespace that lead to its controller, which may do everything. */
const INTO_PLATFORM: readonly (readonly [string, object])[] = [
  ['runs pods as', rule('create', 'pods')],
  ['runs pods as', rule('patch', 'deployments', 'apps')],
  ['runs pods as', rule('create', 'cronjobs', 'batch')],
  ['runs code in the pods of', rule('create', 'pods/exec')],
  ['runs code in the pods of', rule('get', '*/attach')],
  ['runs code in the pods of', rule('update', 'pods/ephemeralcontainers')],
  ['runs code in the pods of', rule('patch', 'pods')],
  ['reads the tokens of', rule('list', 'secrets')],
  ['mints tokens of', rule('create', 'serviceaccounts/token', '', ['controller'])],
  ['impersonates', rule('impersonate', 'serviceaccounts')],
];

/** Rights that end at everything when they are held for the whole cluster. */
const TO_EVERYTHING: readonly (readonly [string, readonly object[]])[] = [
  ['the kubelet', [rule('get', 'nodes/proxy')]],
  ['a host path volume', [rule('create', 'persistentvolumes')]],
  ['labels of namespaces', [rule('patch', 'namespaces')]],
  ['a mutating webhook', [rule('create', 'mutatingwebhookconfigurations', HOOKS)]],
  ['a mutating policy', [rule('patch', 'mutatingadmissionpolicies', HOOKS)]],
  ['an API service', [rule('update', 'apiservices', 'apiregistration.k8s.io')]],
  ['the group system:masters', [rule('impersonate', 'groups', '', ['system:masters'])]],
  ['any user', [rule('impersonate', 'users')]],
  ['the controllers of kube-system', [rule('create', 'pods')]],
  [
    'certificates',
    [rule('create', 'certificatesigningrequests', CERT), rule('update', 'certificatesigningrequests/approval', CERT)],
  ],
  ['escalation', [rule('escalate', 'clusterroles', RBAC), rule('patch', 'clusterroles', RBAC)]],
  ['binding', [rule('bind', 'clusterroles', RBAC), rule('create', 'clusterrolebindings', RBAC)]],
  ['a star', [rule('*', '*', '*')]],
];

describe('routes from rights to rights', () => {
  test.each(INTO_PLATFORM)('[IAM-2] fails when a tenant %s an account of the platform (%j)', (says, one) => {
    const found = everything([
      clusterRole('tried', [one]),
      bind('drun-system', 'tried', 'ClusterRole tried', 'Group oidc:acme-dev'),
    ]);
    expect(found).toMatchObject([
      { tenant: 'acme', subject: 'Group oidc:acme-dev', right: 'every right in the cluster' },
    ]);
    expect(found[0]?.chain).toEqual(expect.arrayContaining([says, 'ServiceAccount drun-system/controller']));
    expect(found[0]?.objects).toEqual([
      'RoleBinding drun-system/tried',
      'ClusterRole tried',
      'ClusterRoleBinding controller',
      'ClusterRole controller',
    ]);
  });

  test.each(INTO_PLATFORM)('[IAM-2] the same right in the own namespace leads nowhere: %s (%j)', (_, one) => {
    expect(
      everything([
        clusterRole('tried', [one]),
        bind('acme-train', 'tried', 'ClusterRole tried', 'Group oidc:acme-dev'),
      ]),
    ).toEqual([]);
  });

  test.each(TO_EVERYTHING)('[IAM-2] fails when a tenant holds %s in the whole cluster', (_, rules) => {
    const found = everything([
      clusterRole('tried', rules),
      bindCluster('tried', 'ClusterRole tried', 'Group oidc:acme-dev'),
    ]);
    expect(found).toMatchObject([
      { right: 'every right in the cluster', objects: ['ClusterRoleBinding tried', 'ClusterRole tried'] },
    ]);
  });

  test('[IAM-2] removing any object of a chain breaks it', () => {
    const bad = [
      clusterRole('tried', [rule('create', 'pods')]),
      bind('drun-system', 'tried', 'ClusterRole tried', 'Group oidc:acme-dev'),
    ];
    const objects = [...honest(), ...bad];
    const [chain] = everything(bad);
    expect(chain?.objects).toHaveLength(4);
    for (const label of chain?.objects ?? []) {
      const left = objects.filter((object) => labelOf(object) !== label);
      expect(left).toHaveLength(objects.length - 1);
      expect(proveRbac({ objects: left }).violations.filter(({ code }) => code === 'PRV111')).toEqual([]);
    }
  });

  test('[IAM-2] two halves of a route may come from two groups of the tenant', () => {
    const request = [
      clusterRole('ask', [rule('create', 'certificatesigningrequests', CERT)]),
      bindCluster('ask', 'ClusterRole ask', 'Group oidc:acme-dev'),
    ];
    const approve = [
      clusterRole('yes', [rule('patch', 'certificatesigningrequests/approval', CERT)]),
      bindCluster('yes', 'ClusterRole yes', 'Group oidc:acme-own'),
    ];
    expect(everything(request)).toEqual([]);
    expect(everything(approve)).toEqual([]);
    expect(everything([...request, ...approve])).toHaveLength(1);
  });

  test('[IAM-2] binding named roles gives the rights of those roles and no more', () => {
    const binder = (name: string) => [
      clusterRole('tried', [rule('bind', 'clusterroles', RBAC, [name]), rule('create', 'rolebindings', RBAC)]),
      bind('acme-train', 'tried', 'ClusterRole tried', 'Group oidc:acme-own'),
      clusterRole('quota', [rule('update', 'resourcequotas')]),
    ];
    const found = proveRbac({ objects: [...honest(), ...binder('quota')] }).violations;
    expect(found).toMatchObject([
      { code: 'PRV120', chain: expect.arrayContaining(['binds itself to ClusterRole quota']) },
    ]);
    expect(proveRbac({ objects: [...honest(), ...binder('viewer')] }).violations).toEqual([]);
  });

  test('[IAM-2] escalate in the own namespace gives every right there, and is said so', () => {
    const bad = [
      clusterRole('tried', [rule('escalate patch', 'roles', RBAC)]),
      bind('acme-train', 'tried', 'ClusterRole tried', 'Group oidc:acme-own'),
    ];
    expect(everything(bad)).toMatchObject([{ right: 'every right in acme-train' }]);
  });

  test('[IAM-2] a role that takes up rules by label, over two steps, is followed to them', () => {
    const pick = (value: string) => ({
      aggregationRule: {
        clusterRoleSelectors: [{ matchExpressions: [{ key: 'agg', operator: 'In', values: [value] }] }],
      },
    });
    const roles = [
      clusterRole('top', [], pick('1')),
      clusterRole('middle', [], pick('2'), { agg: '1' }),
      clusterRole('leaf', [rule('get', 'nodes/proxy')], {}, { agg: '2' }),
      bindCluster('tried', 'ClusterRole top', 'Group oidc:acme-dev'),
    ];
    expect(everything(roles)).toMatchObject([
      { objects: ['ClusterRoleBinding tried', 'ClusterRole top', 'ClusterRole leaf'] },
    ]);
  });

  test('[IAM-2] a chart label widens the built-in view for whoever holds it', () => {
    const bad = [
      clusterRole('chart', [rule('get', 'secrets')], {}, { 'rbac.authorization.k8s.io/aggregate-to-view': 'true' }),
      bind('acme-train', 'x', 'ClusterRole view', 'Group oidc:acme-dev'),
    ];
    const codes = proveRbac({ objects: [...honest(), ...bad] }).violations.map(({ code }) => code);
    expect(codes).toEqual(['PRV131', 'PRV141']);
  });
});

function everything(bad: readonly Manifest[]): readonly RbacViolation[] {
  return proveRbac({ objects: [...honest(), ...bad] }).violations.filter(({ code }) => code === 'PRV111');
}

function labelOf({ kind, metadata }: Manifest): string {
  return `${kind} ${metadata.namespace === undefined ? '' : `${metadata.namespace}/`}${metadata.name}`;
}
