import { LABEL } from '../core/labels';
import { namespaceName } from '../core/object-names';
import {
  HBONE_PORT,
  PLATFORM_NAMESPACE,
  PLATFORM_SERVICES,
  type PlatformServiceName,
  servicePorts,
} from '../core/platform-service';
import { EGRESS } from '../network/egress-names';
import type { TenantSpec } from './tenant-spec';

/** The other end of a path: a namespace of another tenant, a host on the internet, or a service of the platform. */
export type PeerRef = TenantPeerRef | { readonly fqdn: string } | { readonly platform: PlatformServiceName };

/** A namespace of another tenant. */
export interface TenantPeerRef {
  readonly tenant: string;
  readonly namespace: string;
}

/** A tenant's namespace as a peer; only tenants can be accepted, hosts and services are called. */
export interface TenantPeer extends Peer {
  toPeer(): TenantPeerRef;
}

/** Whatever can stand at the other end of a path. */
export interface Peer {
  toPeer(): PeerRef;
}

/** A host on the internet as a peer: `acme.allow(fqdn('api.openai.com'), [443])`. */
export function fqdn(host: string): Peer {
  return { toPeer: () => ({ fqdn: host }) };
}

/** A service of the platform as a peer: `acme.allow(platformService('vault'))`. */
export function platformService(name: PlatformServiceName): Peer {
  return { toPeer: () => ({ platform: name }) };
}

/** One open path with everything declared for it put together. */
export interface Path {
  /** Name of the path, fit for an object name: `beta-serve`, `vault`, `ingress`. */
  readonly slug: string;
  /** Namespace at the other end. */
  readonly namespace: string;
  /** Tenant at the other end; undefined for the platform. */
  readonly tenant: string | undefined;
  /** Application ports, sorted. */
  readonly ports: readonly number[];
  /** TCP ports on the wire where they are not the tenant's own mesh's to decide. */
  readonly wire?: readonly number[];
}

/** Labels of a path's other end: for a tenant its name as well, so that a namespace that changed hands does not match. */
export function peerLabels({ namespace, tenant }: Path): Readonly<Record<string, string>> {
  const name = { 'kubernetes.io/metadata.name': namespace };
  return tenant === undefined ? name : { [LABEL.tenant]: tenant, ...name };
}

/** Paths out of a tenant inside the cluster; hosts on the internet go through {@link egressHosts}. */
export function pathsOut(spec: TenantSpec): readonly Path[] {
  return merged(
    spec.allow.flatMap(({ to, ports }): Path[] => {
      if ('tenant' in to) return [tenantPath(to, ports)];
      if ('fqdn' in to) return [];
      const service = PLATFORM_SERVICES[to.platform];
      const { namespace, port } = service;
      return [{ slug: to.platform, namespace, tenant: undefined, ports: [port], wire: servicePorts(service) }];
    }),
  );
}

/** Paths into one namespace of a tenant; what it publishes there opens the way from the edge. */
export function pathsIn(spec: TenantSpec, suffix: string): readonly Path[] {
  return merged([
    ...spec.accept
      .filter(({ namespace }) => namespace === undefined || namespace === suffix)
      .map(({ from, ports }) => ('tenant' in from ? tenantPath(from, ports) : edgePath(ports))),
    ...spec.expose.filter(({ namespace }) => namespace === suffix).map(({ port }) => edgePath([port])),
  ]);
}

/**
 * Doors through which others' calls arrive in one namespace, besides the callers themselves: what the edge of another region
 * calls comes through the gateway between regions, still under the identity of that edge.
 */
export function relaysIn(spec: TenantSpec, suffix: string): readonly Path[] {
  if (!spec.failover || !pathsIn(spec, suffix).some(({ namespace }) => namespace === PLATFORM_NAMESPACE.ingress))
    return [];
  return [
    { slug: 'regions', namespace: PLATFORM_NAMESPACE.eastWest, tenant: undefined, ports: [], wire: [HBONE_PORT] },
  ];
}

/** Hosts on the internet that a tenant may call, with all ports declared for each. */
export function egressHosts(spec: TenantSpec): ReadonlyMap<string, readonly number[]> {
  const hosts = new Map<string, readonly number[]>();
  for (const { to, ports } of spec.allow) {
    if ('fqdn' in to) hosts.set(to.fqdn, union(hosts.get(to.fqdn) ?? [], ports));
  }
  return hosts;
}

/** Where a tenant's calls to the internet leave the cluster, and the service that its namespaces are labelled with. */
export interface WayOut {
  readonly service: 'egress' | 'egress-gateway';
  readonly namespace: string;
  /** TCP port on the wire. */
  readonly port: number;
}

/** Node tunnels go through waypoints and sidecars do not (`findServiceWaypoint` in istiod): they have a gateway instead. */
export function wayOut({ mesh }: Pick<TenantSpec, 'mesh'>): WayOut {
  return mesh === 'ambient'
    ? { service: 'egress', namespace: PLATFORM_NAMESPACE.egress, port: HBONE_PORT }
    : { service: 'egress-gateway', namespace: EGRESS.namespace, port: EGRESS.port };
}

/** TCP ports on the wire: in ambient mode the tunnel alone, and the authorization policy decides the port inside it. */
export function wirePorts({ mesh }: TenantSpec, path: Path): readonly number[] {
  return path.wire ?? (mesh === 'ambient' ? [HBONE_PORT] : path.ports);
}

function edgePath(ports: readonly number[]): Path {
  return { slug: 'ingress', namespace: PLATFORM_NAMESPACE.ingress, tenant: undefined, ports };
}

function tenantPath(peer: { tenant: string; namespace: string }, ports: readonly number[]): Path {
  const namespace = namespaceName(peer.tenant, peer.namespace);
  return { slug: namespace, namespace, tenant: peer.tenant, ports };
}

function merged(paths: readonly Path[]): readonly Path[] {
  const bySlug = new Map<string, Path>();
  for (const path of paths) {
    bySlug.set(path.slug, { ...path, ports: union(bySlug.get(path.slug)?.ports ?? [], path.ports) });
  }
  return [...bySlug.values()];
}

function union(a: readonly number[], b: readonly number[]): readonly number[] {
  return [...new Set([...a, ...b])].sort((x, y) => x - y);
}
