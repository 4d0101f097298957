import type { Case } from './cases';
import { by, type Doc, of } from './platform';

const RBAC = 'rbac.authorization.k8s.io/v1';
const CONFIG = of('acme', 'v1', 'ConfigMap', 'a', { metadata: { namespace: 'acme-train' } });
const inside = (owner: string, apiVersion: string, kind: string, name: string, rest: Doc = {}) =>
  of(owner, apiVersion, kind, name, { metadata: { namespace: `${owner}-train` }, ...rest });
const SERVICE = inside('acme', 'v1', 'Service', 'web');
const route = (host: string) =>
  inside('acme', 'networking.istio.io/v1', 'VirtualService', 'web', {
    spec: { http: [{ route: [{ destination: { host } }] }] },
  });
const peers = (spec: Doc) => inside('acme', 'security.istio.io/v1', 'PeerAuthentication', 'default', { spec });
const destination = (spec: Doc) => inside('acme', 'networking.istio.io/v1', 'DestinationRule', 'web', { spec });
const entry = (spec: Doc) =>
  inside('acme', 'networking.istio.io/v1', 'ServiceEntry', 'out', { spec: { exportTo: ['.'], ...spec } });
const role = (name: string, ...rules: Doc[]) => by('tenancy', RBAC, 'ClusterRole', name, { rules });
const bound = (owner: string, kind: string, name: string, group = 'oidc:acme-devs') =>
  of(owner, RBAC, kind, `b-${name}`, {
    ...(kind === 'RoleBinding' ? { metadata: { namespace: 'acme-train' } } : {}),
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name },
    subjects: [{ kind: 'Group', name: group }],
  });
const READ = { apiGroups: ['apps'], resources: ['deployments'], verbs: ['get', 'list'] };
const PLATFORM_BINDING = by('ops', RBAC, 'ClusterRoleBinding', 'ops', {
  roleRef: { kind: 'ClusterRole', name: 'cluster-admin' },
  subjects: [{ kind: 'Group', name: 'oidc:platform-admins' }],
});

/** Mesh and roles. */
export const MESH: readonly Case[] = [
  ...[
    peers({ mtls: { mode: 'PERMISSIVE' } }),
    peers({ mtls: { mode: 'STRICT' }, portLevelMtls: { 8080: { mode: 'DISABLE' } } }),
    destination({ trafficPolicy: { tls: { mode: 'DISABLE' } } }),
    destination({ subsets: [{ trafficPolicy: { portLevelSettings: [{ tls: { mode: 'DISABLE' } }] } }] }),
  ].map(
    (broken): Case => ({
      rule: 'DRN170',
      where: `the mesh object is ${JSON.stringify(broken.spec)}`,
      fails: [broken],
      passes: [peers({ mtls: { mode: 'STRICT' } }), destination({ trafficPolicy: { tls: { mode: 'ISTIO_MUTUAL' } } })],
      silent: [destination({ host: 'a' }), CONFIG],
    }),
  ),
  ...[
    { hosts: ['*'] },
    { hosts: ['*.openai.com'] },
    { hosts: ['db.beta-serve.svc.cluster.local'] },
    { hosts: ['metadata.google.internal'] },
    { hosts: ['localhost'] },
    { hosts: [] },
    { hosts: ['api.openai.com'], exportTo: ['*'] },
  ].map(
    (spec): Case => ({
      rule: 'DRN171',
      where: `a service entry has ${JSON.stringify(spec)}`,
      fails: [entry(spec)],
      passes: [entry({ hosts: ['api.openai.com'] })],
      silent: [CONFIG],
    }),
  ),
  ...[
    { verbs: ['*'] },
    { apiGroups: ['*'] },
    { resources: ['deployments/*'] },
    { verbs: ['impersonate'] },
    { verbs: ['bind'] },
    { resources: ['nodes'] },
    { resources: ['pods/proxy'] },
    { resources: ['services/proxy'] },
    { resources: ['serviceaccounts/token'], verbs: ['create'] },
    { resources: ['namespaces'], verbs: ['patch'] },
  ].map(
    (changes): Case => ({
      rule: 'DRN180',
      where: `a role of a tenant has ${JSON.stringify(changes)}`,
      fails: [role('dev', { ...READ, ...changes }), bound('acme', 'RoleBinding', 'dev')],
      passes: [
        role('dev', READ, { apiGroups: [''], resources: ['namespaces'], verbs: ['get'] }),
        bound('acme', 'RoleBinding', 'dev'),
        role('ops', { ...READ, verbs: ['*'] }),
      ],
      silent: [CONFIG],
    }),
  ),
  {
    rule: 'DRN180',
    where: 'the role is not to be seen',
    fails: [bound('acme', 'RoleBinding', 'somewhere')],
    at: 'RoleBinding acme-train/b-somewhere roleRef.name',
    passes: [bound('acme', 'RoleBinding', 'view')],
    silent: [CONFIG],
  },
  {
    rule: 'DRN180',
    where: 'the role is aggregated',
    fails: [{ ...role('dev'), aggregationRule: {} }, bound('acme', 'RoleBinding', 'dev')],
    passes: [role('dev'), bound('acme', 'RoleBinding', 'dev')],
    silent: [CONFIG],
  },
  ...['cluster-admin', 'admin', 'edit'].map(
    (name): Case => ({
      rule: 'DRN181',
      where: `a tenant holds ${name}`,
      fails: [bound('acme', 'RoleBinding', name)],
      passes: [bound('acme', 'RoleBinding', 'view'), PLATFORM_BINDING],
      silent: [CONFIG, role('dev', READ)],
    }),
  ),
  {
    rule: 'DRN181',
    where: 'a component binds the group of a tenant',
    fails: [
      bound('acme', 'RoleBinding', 'view'),
      by('ops', RBAC, 'RoleBinding', 'x', {
        roleRef: { kind: 'ClusterRole', name: 'edit' },
        subjects: [{ kind: 'Group', name: 'oidc:acme-devs' }],
      }),
    ],
    passes: [bound('acme', 'RoleBinding', 'view'), PLATFORM_BINDING],
    silent: [CONFIG],
  },
  {
    rule: 'DRN182',
    where: 'a tenant is bound in the whole cluster',
    fails: [bound('acme', 'ClusterRoleBinding', 'view')],
    at: 'ClusterRoleBinding b-view subjects',
    passes: [bound('acme', 'RoleBinding', 'view'), PLATFORM_BINDING],
    silent: [CONFIG],
  },
  {
    rule: 'DRN182',
    where: 'everybody is bound in the whole cluster',
    fails: [{ ...PLATFORM_BINDING, subjects: [{ kind: 'Group', name: 'system:serviceaccounts:acme-train' }] }],
    passes: [PLATFORM_BINDING],
    silent: [CONFIG],
  },
  ...['db', 'db.acme-train.svc.cluster.local', 'api.openai.com', 'api.openai.com.evil.example'].map(
    (host): Case => ({
      rule: 'DRN172',
      where: `a route leads to ${host}, which is not there`,
      fails: [SERVICE, route(host)],
      passes: [
        SERVICE,
        route('web'),
        route('web.acme-train.svc.cluster.local'),
        route('vault.vault.svc.cluster.local'),
        entry({ hosts: ['api.openai.com'] }),
        destination({ host: 'api.openai.com' }),
        destination({ host: '*.local' }),
      ],
      silent: [CONFIG],
    }),
  ),
];
