import { Construct } from 'constructs';
import { satisfiesAll } from '../core/control';
import { type ClusterRole, type ClusterRoleBinding, manifest } from '../core/manifest';
import { stampFor } from '../core/stamp';

const CONTROLS = {
  'IAM-2': 'platform staff see the cluster without its secrets; nobody is bound to a built-in admin role',
} as const;

const READ = ['get', 'list', 'watch'] as const;

const VIEW = [
  {
    apiGroups: [''],
    resources: [
      'namespaces',
      'nodes',
      'pods',
      'services',
      'events',
      'resourcequotas',
      'limitranges',
      'persistentvolumes',
    ],
    verbs: READ,
  },
  { apiGroups: ['apps'], resources: ['deployments', 'statefulsets', 'daemonsets', 'replicasets'], verbs: READ },
  { apiGroups: ['batch'], resources: ['jobs', 'cronjobs'], verbs: READ },
  { apiGroups: ['networking.k8s.io'], resources: ['networkpolicies', 'ingresses'], verbs: READ },
  { apiGroups: ['policy.networking.k8s.io'], resources: ['clusternetworkpolicies'], verbs: READ },
  { apiGroups: ['policy.drun.io'], resources: ['tenantpolicies'], verbs: READ },
  {
    apiGroups: ['admissionregistration.k8s.io'],
    resources: [
      'validatingadmissionpolicies',
      'validatingadmissionpolicybindings',
      'mutatingadmissionpolicies',
      'mutatingadmissionpolicybindings',
    ],
    verbs: READ,
  },
  {
    apiGroups: ['kueue.x-k8s.io'],
    resources: ['clusterqueues', 'localqueues', 'resourceflavors', 'workloads'],
    verbs: READ,
  },
] as const;

const OPERATE = [
  { apiGroups: [''], resources: ['nodes'], verbs: ['patch'] },
  { apiGroups: [''], resources: ['pods/eviction'], verbs: ['create'] },
] as const;

const ROLES = { viewer: VIEW, operator: [...VIEW, ...OPERATE] } as const;

/** ClusterRoles for platform staff, bound to the groups `drun-platform-viewers` and `drun-platform-operators`. */
export class PlatformRoles extends Construct {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    satisfiesAll(this, CONTROLS);
    const stamp = stampFor({ component: 'identity' }, CONTROLS);
    for (const [duty, rules] of Object.entries(ROLES)) {
      const name = `drun-platform-${duty}`;
      manifest<ClusterRole>(this, name, {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'ClusterRole',
        metadata: stamp(name),
        rules,
      });
      manifest<ClusterRoleBinding>(this, `${name}-binding`, {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'ClusterRoleBinding',
        metadata: stamp(name),
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name },
        subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: `oidc:${name}s` }],
      });
    }
  }
}
