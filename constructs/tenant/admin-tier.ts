import { LABEL } from '../core/labels';
import { PLATFORM_NAMESPACE } from '../core/platform-service';
import { type AdminPeer, ANYWHERE, type ClusterNetworkPolicy } from '../network/admin-policy';
import { peerLabels, wayOut, wirePorts } from './peers';
import type { TenantContext, TenantPart } from './tenant-part';
import type { TenantSpec } from './tenant-spec';

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
  manifests: (tenant, stamp) => {
    const within = own(tenant);
    const egress = egressRules(tenant, within);
    return tenant.namespaces.map(
      ({ name, pathsIn, relays }): ClusterNetworkPolicy => ({
        apiVersion: 'policy.networking.k8s.io/v1alpha2',
        kind: 'ClusterNetworkPolicy',
        metadata: stamp(`tenant-${name}`),
        spec: {
          tier: 'Admin',
          priority: PRIORITY,
          subject: { namespaces: { matchLabels: { 'kubernetes.io/metadata.name': name } } },
          ingress: [
            { name: 'own-namespaces', action: 'Pass', from: within },
            ...[...pathsIn, ...relays].map((path) => ({
              name: `from-${path.slug}`,
              action: 'Pass' as const,
              from: [{ namespaces: { matchLabels: peerLabels(path) } }],
              protocols: tcp(wirePorts(tenant.spec, path)),
            })),
            { name: 'everyone-else', action: 'Deny', from: [{ namespaces: {} }] },
          ],
          egress,
        },
      }),
    );
  },
};

type EgressRules = NonNullable<ClusterNetworkPolicy['spec']['egress']>;

const DNS = {
  name: 'dns',
  action: 'Pass',
  to: inNamespace('kube-system'),
  protocols: [{ udp: { destinationPort: { number: 53 } } }, { tcp: { destinationPort: { number: 53 } } }],
} as const;
const MESH = {
  name: 'mesh',
  action: 'Pass',
  to: inNamespace(PLATFORM_NAMESPACE.mesh),
  protocols: tcp([15012]),
} as const;
const NOTHING_ELSE = { name: 'everything-else', action: 'Deny', to: [{ networks: ANYWHERE }] } as const;

function egressRules({ spec, pathsOut, egressHosts }: TenantContext, within: readonly AdminPeer[]): EgressRules {
  return [
    { name: 'own-namespaces', action: 'Pass', to: within },
    DNS,
    MESH,
    ...pathsOut.map((path) => ({
      name: `to-${path.slug}`,
      action: 'Pass' as const,
      to: [{ namespaces: { matchLabels: peerLabels(path) } }],
      protocols: tcp(wirePorts(spec, path)),
    })),
    ...(egressHosts.size === 0 ? [] : [toInternet(spec)]),
    NOTHING_ELSE,
  ];
}

function toInternet(spec: TenantSpec) {
  const { namespace, port } = wayOut(spec);
  return { name: 'to-internet', action: 'Pass', to: inNamespace(namespace), protocols: tcp([port]) } as const;
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
