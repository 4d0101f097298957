import type { RoleBinding } from '../core/manifest';
import { oidcGroup } from '../core/object-names';
import type { TenantPart } from './tenant-part';

/** Duties inside a tenant, least first; each is a ClusterRole `drun-tenant-<role>` of the foundation layer. */
export const TENANT_ROLES = ['viewer', 'developer', 'operator', 'owner'] as const;

/** A duty inside a tenant. */
export type TenantRole = (typeof TENANT_ROLES)[number];

/** Groups of the identity provider bound to roles, namespace by namespace; nothing cluster-wide. */
export const accessPart: TenantPart = {
  name: 'access',
  controls: {
    'IAM-1': 'people are known by the groups of the single sign-on',
    'IAM-2': 'each group has one duty in the tenant’s own namespaces and no right outside them',
  },
  manifests: ({ spec, namespaces }, stamp) =>
    namespaces.flatMap(({ name }) =>
      TENANT_ROLES.flatMap((role) => {
        const groups = spec.access[role];
        if (groups.length === 0) return [];
        return [
          {
            apiVersion: 'rbac.authorization.k8s.io/v1',
            kind: 'RoleBinding',
            metadata: stamp(`drun-${role}`, name),
            roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: `drun-tenant-${role}` },
            subjects: groups.map((group) => ({
              apiGroup: 'rbac.authorization.k8s.io',
              kind: 'Group',
              name: oidcGroup(group),
            })),
          } satisfies RoleBinding,
        ];
      }),
    ),
};
