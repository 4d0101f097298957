import { LABEL } from '../core/labels';
import { HBONE_PORT, PLATFORM_NAMESPACE } from '../core/platform-service';
import { type AdminPeer, ANYWHERE, type ClusterNetworkPolicy } from '../network/admin-policy';
import { egressHosts, pathsIn, pathsOut, peerLabels, wirePorts } from './peers';
import type { TenantContext, TenantPart } from './tenant-part';

type Protocols = readonly { readonly tcp: { readonly destinationPort: { readonly number: number } } }[];

/** Priority of the tenants' own admin policies; the platform-wide ones stand before them. */
const PRIORITY = 500;

/**
 * The admin tier: it is evaluated before any NetworkPolicy and no tenant can write it. What was declared is passed on to
 * the NetworkPolicies, everything else is denied here, whatever NetworkPolicies say.
 */
export const adminTierPart: TenantPart = {
  name: 'admin-tier',
  controls: {
    'NET-4': 'an undeclared path stays closed even if a network policy opens it',
    'NET-5': 'isolation is decided in a tier that tenants cannot write',
  },
  manifests: (tenant, stamp) =>
    tenant.namespaces.map(
      ({ name, suffix }): ClusterNetworkPolicy => ({
        apiVersion: 'policy.networking.k8s.io/v1alpha2',
        kind: 'ClusterNetworkPolicy',
        metadata: stamp(`tenant-${name}`),
        spec: {
          tier: 'Admin',
          priority: PRIORITY,
          subject: { namespaces: { matchLabels: { 'kubernetes.io/metadata.name': name } } },
          ingress: [
            { name: 'own-namespaces', action: 'Pass', from: own(tenant) },
            ...pathsIn(tenant.spec, suffix).map((path) => ({
              name: `from-${path.slug}`,
              action: 'Pass' as const,
              from: [{ namespaces: { matchLabels: peerLabels(path) } }],
              protocols: tcp(wirePorts(tenant.spec, path)),
            })),
            { name: 'everyone-else', action: 'Deny', from: [{ namespaces: {} }] },
          ],
          egress: [
            { name: 'own-namespaces', action: 'Pass', to: own(tenant) },
            { name: 'dns', action: 'Pass', to: inNamespace('kube-system') },
            { name: 'mesh', action: 'Pass', to: inNamespace(PLATFORM_NAMESPACE.mesh), protocols: tcp([15012]) },
            ...pathsOut(tenant.spec).map((path) => ({
              name: `to-${path.slug}`,
              action: 'Pass' as const,
              to: [{ namespaces: { matchLabels: peerLabels(path) } }],
              protocols: tcp(wirePorts(tenant.spec, path)),
            })),
            ...internet(tenant),
            { name: 'everything-else', action: 'Deny', to: [{ networks: ANYWHERE }] },
          ],
        },
      }),
    ),
};

function internet({ spec }: TenantContext) {
  if (egressHosts(spec).size === 0) return [];
  return [
    { name: 'to-internet', action: 'Pass' as const, to: inNamespace(PLATFORM_NAMESPACE.egress), protocols: tcp([HBONE_PORT]) },
  ];
}

function own({ spec }: TenantContext): readonly AdminPeer[] {
  return [{ namespaces: { matchLabels: { [LABEL.tenant]: spec.name } } }];
}

function inNamespace(name: string): readonly AdminPeer[] {
  return [{ namespaces: { matchLabels: { 'kubernetes.io/metadata.name': name } } }];
}

function tcp(ports: readonly number[]): Protocols {
  return ports.map((number) => ({ tcp: { destinationPort: { number } } }));
}
