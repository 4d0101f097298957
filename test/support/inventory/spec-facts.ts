import type { ClusterFacts } from '../../../constructs/core/cluster-facts';
import type { IngressSettings } from '../../../constructs/ingress/ingress-settings';
import type { TenantSpec } from '../../../constructs/tenant/tenant-spec';
import type { VaultSettings } from '../../../constructs/vault/vault-settings';

/** What was ordered: tenants as their files say, in a cluster as its environment says. */
export interface Order {
  readonly tenants: readonly TenantSpec[];
  readonly facts: ClusterFacts;
  /** Whose disks the region has. */
  readonly disks: 'aws' | 'gcp' | 'azure' | 'alibaba' | 'oci';
  /** Key of the disks, as the provider names it. */
  readonly diskKey?: string;
  /** @default - no Vault */
  readonly vault?: VaultSettings;
  /** @default - no edge */
  readonly edge?: IngressSettings;
  /** Whose tokens the edge believes. */
  readonly issuers?: readonly string[];
  /** The region's place among others; absent where it stands alone. */
  readonly across?: OrderedAcross;
}

/** What the environment says of a region and of those that it forms a mesh with. */
export interface OrderedAcross {
  readonly network: string;
  readonly server: string;
  readonly mesh: string;
  readonly callers: readonly string[];
  readonly balancer: Readonly<Record<string, string>>;
  /** Addresses of the other regions' gateways, and of their API servers. */
  readonly gateways: readonly string[];
  readonly apiServers: readonly string[];
  readonly failover: readonly (readonly [from: string, to: string])[];
}

/** A tenant's namespace with what was ordered for it. */
export interface OrderedNamespace {
  readonly tenant: TenantSpec;
  /** Full name. */
  readonly name: string;
  readonly suffix: string;
  readonly size: TenantSpec['namespaces'][string];
}

/** Every namespace of every tenant. */
export function namespacesOf({ tenants }: Order): readonly OrderedNamespace[] {
  return tenants.flatMap((tenant) =>
    Object.entries(tenant.namespaces).map(([suffix, size]) => ({
      tenant,
      suffix,
      size,
      name: `${tenant.name}-${suffix}`,
    })),
  );
}

/** A path inside the cluster as the tenant's file declares it. */
export interface OrderedPath {
  /** Name of the path in object names. */
  readonly slug: string;
  readonly namespace: string;
  /** Selector of the other end. */
  readonly peer: string;
  /** Ports that the application listens on. */
  readonly ports: readonly number[];
  /** Ports that the network must let through. */
  readonly wire: readonly number[];
}

const SERVICES = {
  vault: { namespace: 'vault', wire: [8200] },
  telemetry: { namespace: 'drun-telemetry', wire: [4317, 15008] },
  models: { namespace: 'drun-models', wire: [8443, 15008] },
} as const;

/** Paths out of a tenant: what it said under `allow`, without hosts on the internet. */
export function pathsOut({ allow, mesh }: TenantSpec): readonly OrderedPath[] {
  return allow.flatMap(({ to, ports }): readonly OrderedPath[] => {
    if ('tenant' in to) return [tenantPath(to, ports, mesh)];
    if ('fqdn' in to) return [];
    const { namespace, wire } = SERVICES[to.platform];
    return [{ slug: to.platform, namespace, peer: named(namespace), ports: wire, wire }];
  });
}

/** Paths into one namespace of a tenant: what it said under `accept`, and what it publishes there. */
export function pathsIn({ tenant: { accept, mesh, expose }, suffix }: OrderedNamespace): readonly OrderedPath[] {
  const published = expose.filter(({ namespace }) => namespace === suffix).map(({ port }) => fromEdge([port], mesh));
  const accepted = accept.flatMap(({ from, ports, namespace }): readonly OrderedPath[] => {
    if (namespace !== undefined && namespace !== suffix) return [];
    if ('tenant' in from) return [tenantPath(from, ports, mesh)];
    return [fromEdge(ports, mesh)];
  });
  return [...accepted, ...published];
}

function fromEdge(ports: readonly number[], mesh: TenantSpec['mesh']): OrderedPath {
  return { slug: 'ingress', namespace: 'drun-ingress', peer: named('drun-ingress'), ports, wire: wireOf(ports, mesh) };
}

/** Hosts on the internet with the ports that may be called. */
export function hostsOf({
  allow,
}: TenantSpec): readonly { readonly host: string; readonly ports: readonly number[] }[] {
  return allow.flatMap(({ to, ports }) => ('fqdn' in to ? [{ host: to.fqdn, ports }] : []));
}

/** The selector of one namespace. */
export function named(namespace: string): string {
  return `kubernetes.io/metadata.name=${namespace}`;
}

function tenantPath(
  peer: { tenant: string; namespace: string },
  ports: readonly number[],
  mesh: TenantSpec['mesh'],
): OrderedPath {
  const namespace = `${peer.tenant}-${peer.namespace}`;
  return {
    slug: namespace,
    namespace,
    peer: `drun.io/tenant=${peer.tenant} & ${named(namespace)}`,
    ports,
    wire: wireOf(ports, mesh),
  };
}

/** In ambient mode everything travels in the tunnel. */
function wireOf(ports: readonly number[], mesh: TenantSpec['mesh']): readonly number[] {
  return mesh === 'ambient' ? [15008] : ports;
}

/** Private networks of RFC 1918, 6598 and 3927: never the internet. */
const PRIVATE = ['10.0.0.0/8', '100.64.0.0/10', '169.254.0.0/16', '172.16.0.0/12', '192.168.0.0/16'];

/** The internet as a network policy has it. */
export function internet({ facts }: Pick<Order, 'facts'>): string {
  const inside = [...facts.podCidrs, ...facts.serviceCidrs, ...facts.nodeCidrs];
  return `0.0.0.0/0 except ${[...new Set([...PRIVATE, ...inside])].sort().join(',')}`;
}

/** A host as a part of names: dots become dashes and dashes two. */
export function publicName(host: string): string {
  return host.replaceAll('-', '--').replaceAll('.', '-');
}
