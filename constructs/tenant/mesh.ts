import type { Manifest } from '../core/manifest';
import { hostSlug } from '../core/object-names';
import { HBONE_PORT, PLATFORM_NAMESPACE } from '../core/platform-service';
import type { Stamp } from '../core/stamp';
import type { TenantContext, TenantNamespace, TenantPart } from './tenant-part';

/** An Istio, Gateway API or other object whose fields are under `spec`. */
interface SpecObject extends Manifest {
  readonly spec: object;
}

/** Identity, encryption and authorization between workloads. */
export const meshPart: TenantPart = {
  name: 'mesh',
  controls: {
    'NET-1': 'mutual TLS is strict, nothing is authorized by default, and each declared path names identity and port',
    'ENC-1': 'plaintext between workloads is refused',
  },
  manifests: (tenant, stamp) => {
    const within = { action: 'ALLOW', rules: [fromOwn(tenant)] };
    const boundary = tenant.spec.mesh === 'ambient' ? waypoint(within.rules) : sidecar(tenant);
    return tenant.namespaces.flatMap((namespace) => [
      peerAuthentication(namespace, stamp),
      authorization('default-deny', namespace, stamp, {}),
      authorization('allow-within', namespace, stamp, within),
      ...namespace.pathsIn.map((path) =>
        authorization(`from-${path.slug}`, namespace, stamp, {
          ...enforcedBy(tenant),
          action: 'ALLOW',
          rules: [{ from: principals(tenant, [path.namespace]), to: toPorts(path.ports) }],
        }),
      ),
      ...boundary(namespace, stamp),
      ...hosts(tenant, namespace, stamp),
    ]);
  },
};

/** What stands between a namespace and the mesh. */
type Boundary = (namespace: TenantNamespace, stamp: Stamp) => readonly SpecObject[];

function peerAuthentication({ name }: TenantNamespace, stamp: Stamp): SpecObject {
  return {
    apiVersion: 'security.istio.io/v1',
    kind: 'PeerAuthentication',
    metadata: stamp('default', name),
    spec: { mtls: { mode: 'STRICT' } },
  };
}

function authorization(id: string, { name }: Pick<TenantNamespace, 'name'>, stamp: Stamp, spec: object): SpecObject {
  return { apiVersion: 'security.istio.io/v1', kind: 'AuthorizationPolicy', metadata: stamp(id, name), spec };
}

/**
 * Where a rule about a peer is enforced. In ambient mode a peer's traffic arrives at the waypoint, and the workload
 * itself sees the waypoint's identity, which is one of the tenant's own.
 */
function enforcedBy({ spec }: TenantContext): object {
  return spec.mesh === 'ambient' ? { targetRefs: [WAYPOINT] } : {};
}

const WAYPOINT = { group: 'gateway.networking.k8s.io', kind: 'Gateway', name: 'waypoint' } as const;

const WAYPOINT_LABELS = { 'istio.io/waypoint-for': 'service' } as const;
const WAYPOINT_SPEC = {
  gatewayClassName: 'istio-waypoint',
  listeners: [{ name: 'mesh', port: HBONE_PORT, protocol: 'HBONE', allowedRoutes: { namespaces: { from: 'Same' } } }],
} as const;

/** A waypoint with any ALLOW policy denies the rest; this one lets the tenant's own namespaces through it. */
function waypoint(fromOwnNamespaces: readonly object[]): Boundary {
  const admitted = { targetRefs: [WAYPOINT], action: 'ALLOW', rules: fromOwnNamespaces };
  return (namespace, stamp) => [
    {
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'Gateway',
      metadata: stamp('waypoint', namespace.name, WAYPOINT_LABELS),
      spec: WAYPOINT_SPEC,
    },
    authorization('waypoint', namespace, stamp, admitted),
  ];
}

/** A sidecar sees only the services it may call; any other destination is refused before it leaves the pod. */
function sidecar({ namespaces, pathsOut }: TenantContext): Boundary {
  const own = namespaces.map((namespace) => `${namespace.name}/*`);
  const peers = pathsOut.map((path) => `${path.namespace}/*`);
  const spec = {
    outboundTrafficPolicy: { mode: 'REGISTRY_ONLY' },
    egress: [{ hosts: [...new Set([...own, ...peers, `${PLATFORM_NAMESPACE.mesh}/*`])].sort() }],
  };
  return ({ name }, stamp) => [
    { apiVersion: 'networking.istio.io/v1', kind: 'Sidecar', metadata: stamp('default', name), spec },
  ];
}

/** One service entry a host, seen by this namespace only and bound to the egress waypoint, which checks who calls. */
function hosts(tenant: TenantContext, { name }: TenantNamespace, stamp: Stamp): readonly SpecObject[] {
  // Sidecars call no waypoint: theirs is the egress gateway.
  if (tenant.spec.mesh === 'sidecar') return [];
  return [...tenant.egressHosts].flatMap(([host, ports]) => {
    const id = `to-${hostSlug(host)}`;
    return [
      {
        apiVersion: 'networking.istio.io/v1',
        kind: 'ServiceEntry',
        metadata: stamp(id, name, {
          'istio.io/use-waypoint': 'egress',
          'istio.io/use-waypoint-namespace': PLATFORM_NAMESPACE.egress,
        }),
        spec: {
          hosts: [host],
          exportTo: ['.'],
          location: 'MESH_EXTERNAL',
          resolution: 'DNS',
          ports: ports.map((number) => ({ number, name: `tls-${number}`, protocol: 'TLS' })),
        },
      },
      authorization(id, { name }, stamp, {
        targetRefs: [{ group: 'networking.istio.io', kind: 'ServiceEntry', name: id }],
        action: 'ALLOW',
        rules: [{ from: principals(tenant, [name]), to: toPorts(ports) }],
      }),
    ];
  });
}

function fromOwn(tenant: TenantContext): object {
  return {
    from: principals(
      tenant,
      tenant.namespaces.map(({ name }) => name),
    ),
  };
}

/** Identities by full SPIFFE path, so that the trust domain counts; the trailing `*` is any account of the namespace. */
function principals({ cluster }: TenantContext, namespaces: readonly string[]): readonly object[] {
  return [{ source: { principals: namespaces.map((name) => `${cluster.trustDomain}/ns/${name}/sa/*`) } }];
}

function toPorts(ports: readonly number[]): readonly object[] {
  return [{ operation: { ports: ports.map(String) } }];
}
