import type { Manifest } from '../../../constructs/core/manifest';

/** One rule in short: `rule('get list', 'pods configmaps')`, `rule('create', 'jobs', 'batch', ['a'])`. */
export function rule(verbs: string, resources: string, groups = '', names: readonly string[] = []): object {
  return {
    apiGroups: groups.split(' '),
    resources: resources.split(' '),
    verbs: verbs.split(' '),
    ...(names.length === 0 ? {} : { resourceNames: names }),
  };
}

export function addresses(...nonResourceURLs: readonly string[]): object {
  return { verbs: ['get'], nonResourceURLs };
}

export function clusterRole(name: string, rules: readonly object[], more: object = {}, labels = {}): Manifest {
  return Object.assign(rbac('ClusterRole', { name, labels }), { rules }, more);
}

export function role(namespace: string, name: string, rules: readonly object[]): Manifest {
  return Object.assign(rbac('Role', { name, namespace }), { rules });
}

/** `bind('acme-train', 'name', 'ClusterRole reader', 'Group oidc:a', 'ServiceAccount acme-train/b')`. */
export function bind(namespace: string, name: string, to: string, ...subjects: readonly string[]): Manifest {
  return Object.assign(rbac('RoleBinding', { name, namespace }), { roleRef: ref(to), subjects: subjects.map(subject) });
}

export function bindCluster(name: string, to: string, ...subjects: readonly string[]): Manifest {
  return Object.assign(rbac('ClusterRoleBinding', { name }), { roleRef: ref(to), subjects: subjects.map(subject) });
}

export function namespace(name: string, tenant?: string): Manifest {
  const labels: Record<string, string> = tenant === undefined ? {} : { 'drun.io/tenant': tenant };
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } };
}

/** Two honest tenants and a platform: nothing here may be objected to. */
export function honest(): readonly Manifest[] {
  return [
    namespace('acme-train', 'acme'),
    namespace('acme-serve', 'acme'),
    namespace('beta-train', 'beta'),
    namespace('drun-system'),
    clusterRole('viewer', [rule('get list watch', 'pods pods/log services configmaps resourcequotas limitranges')]),
    clusterRole('developer', [
      rule('get list watch create update patch delete', 'pods configmaps persistentvolumeclaims secrets'),
      rule('create get', 'pods/exec pods/portforward'),
      rule('get list watch create update patch delete', 'deployments statefulsets', 'apps'),
      rule('get list watch create update patch delete', 'jobs', 'batch'),
    ]),
    clusterRole('owner', [
      rule('get list watch', 'pods'),
      rule('get list watch create', 'rolebindings', 'rbac.authorization.k8s.io'),
      rule('get', 'namespaces'),
    ]),
    clusterRole('controller', [rule('*', '*', '*')]),
    clusterRole('reviewer', [rule('create', 'selfsubjectaccessreviews', 'authorization.k8s.io'), addresses('/api/*')]),
    bindCluster('controller', 'ClusterRole controller', 'ServiceAccount drun-system/controller'),
    bindCluster('reviewer', 'ClusterRole reviewer', 'Group oidc:acme-dev'),
    bindCluster('staff', 'ClusterRole cluster-admin', 'Group oidc:drun-platform-admins', 'Group system:masters'),
    bind('acme-train', 'viewer', 'ClusterRole viewer', 'Group oidc:acme-dev', 'ServiceAccount acme-train/workload'),
    bind('acme-train', 'developer', 'ClusterRole developer', 'Group oidc:acme-dev'),
    bind('acme-serve', 'developer', 'ClusterRole developer', 'Group oidc:acme-dev'),
    bind('acme-train', 'owner', 'ClusterRole owner', 'Group oidc:acme-own'),
    bind('beta-train', 'developer', 'ClusterRole developer', 'Group oidc:beta-dev'),
    bind('acme-train', 'staff', 'ClusterRole controller', 'Group oidc:drun-platform-support'),
  ];
}

function rbac(kind: string, metadata: Manifest['metadata']): Manifest {
  return { apiVersion: 'rbac.authorization.k8s.io/v1', kind, metadata };
}

function ref(to: string): object {
  const [kind, name] = to.split(' ');
  return { apiGroup: 'rbac.authorization.k8s.io', kind, name };
}

function subject(text: string): object {
  const [kind, name = ''] = text.split(' ');
  const [space, account] = name.split('/');
  return kind === 'ServiceAccount' ? { kind, namespace: space, name: account } : { kind, name };
}
