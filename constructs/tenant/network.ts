import { LABEL } from '../core/labels';
import type { NetworkPolicy } from '../core/manifest';
import { PLATFORM_NAMESPACE } from '../core/platform-service';
import { type Path, peerLabels, wayOut, wirePorts } from './peers';
import type { TenantContext, TenantPart } from './tenant-part';
import type { TenantSpec } from './tenant-spec';

type PolicySpec = NonNullable<NetworkPolicy['spec']>;
type Named = readonly [name: string, spec: PolicySpec];
type Labels = Readonly<Record<string, string>>;
type Ports = readonly { protocol: string; port: number }[];

/** Network policies: everything is denied both ways, then each declared path is opened by a policy of its own. */
export const networkPart: TenantPart = {
  name: 'network',
  controls: {
    'NET-4':
      'traffic is denied both ways unless the tenant declared it; a path to another tenant needs both to declare it',
    'NET-5': 'the floor is the portable NetworkPolicy, which every conforming network plugin enforces',
  },
  manifests: (tenant, stamp) => {
    const everywhere = policies(tenant);
    return tenant.namespaces.flatMap(({ name, pathsIn, relays }) =>
      [...everywhere, ...ingress(tenant.spec, [...pathsIn, ...relays])].map(
        ([id, spec]): NetworkPolicy => ({
          apiVersion: 'networking.k8s.io/v1',
          kind: 'NetworkPolicy',
          metadata: stamp(id, name),
          spec,
        }),
      ),
    );
  },
};

const DEFAULT_DENY: PolicySpec = { podSelector: {}, policyTypes: ['Ingress', 'Egress'] };
const DNS = dns();
const MESH = mesh();

/** The policies that all namespaces of a tenant have in common. */
function policies(tenant: TenantContext): readonly Named[] {
  return [
    ['default-deny', DEFAULT_DENY],
    ['allow-dns', DNS],
    ['allow-mesh', MESH],
    ['allow-within', within(tenant.spec.name)],
    ...egress(tenant),
  ];
}

function dns(): PolicySpec {
  const kubeDns = {
    namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } },
    podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } },
  };
  const ports = [
    { protocol: 'UDP', port: 53 },
    { protocol: 'TCP', port: 53 },
  ];
  return { podSelector: {}, policyTypes: ['Egress'], egress: [{ to: [kubeDns], ports }] };
}

/**
 * The mesh's own needs: waypoints and sidecars fetch their configuration on 15012; in ambient mode the kubelet's probes
 * arrive from 169.254.7.127 (https://istio.io/latest/docs/ambient/usage/networkpolicy/).
 */
function mesh(): PolicySpec {
  return {
    podSelector: {},
    policyTypes: ['Ingress', 'Egress'],
    ingress: [{ from: [{ ipBlock: { cidr: '169.254.7.127/32' } }] }],
    egress: [
      { to: [{ namespaceSelector: { matchLabels: namespaceLabels(PLATFORM_NAMESPACE.mesh) } }], ports: tcp(15012) },
    ],
  };
}

function within(tenant: string): PolicySpec {
  const own = [{ namespaceSelector: { matchLabels: { [LABEL.tenant]: tenant } } }];
  return { podSelector: {}, policyTypes: ['Ingress', 'Egress'], ingress: [{ from: own }], egress: [{ to: own }] };
}

function egress({ spec, pathsOut, egressHosts }: TenantContext): readonly Named[] {
  const paths = pathsOut.map(
    (path): Named => [`to-${path.slug}`, out(peerLabels(path), tcp(...wirePorts(spec, path)))],
  );
  if (egressHosts.size === 0) return paths;
  // A NetworkPolicy cannot name a host: it opens the way to the proxy that does, and to no other.
  const { namespace, port } = wayOut(spec);
  return [...paths, ['to-internet', out(namespaceLabels(namespace), tcp(port))]];
}

function ingress(spec: TenantSpec, pathsIn: readonly Path[]): readonly Named[] {
  return pathsIn.map((path) => [`from-${path.slug}`, into(peerLabels(path), tcp(...wirePorts(spec, path)))]);
}

function out(matchLabels: Labels, ports: Ports): PolicySpec {
  return {
    podSelector: {},
    policyTypes: ['Egress'],
    egress: [{ to: [{ namespaceSelector: { matchLabels } }], ports }],
  };
}

function into(matchLabels: Labels, ports: Ports): PolicySpec {
  return {
    podSelector: {},
    policyTypes: ['Ingress'],
    ingress: [{ from: [{ namespaceSelector: { matchLabels } }], ports }],
  };
}

function tcp(...ports: readonly number[]): Ports {
  return ports.map((port) => ({ protocol: 'TCP', port }));
}

function namespaceLabels(name: string): Labels {
  return { 'kubernetes.io/metadata.name': name };
}
