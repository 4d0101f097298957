import type { Manifest, NetworkPolicy } from '../core/manifest';
import { hostSlug } from '../core/object-names';
import { outsideOf } from '../core/private-networks';
import type { Stamp } from '../core/stamp';
import { EGRESS, type EgressRoute, egressObjectName, egressServerName } from '../network/egress-names';
import type { TenantContext, TenantPart } from './tenant-part';

interface SpecObject extends Manifest {
  readonly spec: object;
}

/**
 * Hosts on the internet for pods with sidecars. In the tenant's namespaces each host has one address, the egress gateway's; at
 * the gateway each port of it has a route of the tenant's own, for the tenant's identities.
 */
export const egressPart: TenantPart = {
  name: 'egress',
  controls: {
    'NET-1':
      'the egress gateway asks for the caller’s identity, and opens a host to those of the tenant that declared it',
    'NET-4':
      'a declared host is called through the egress gateway, which calls that host on that port and nothing else',
  },
  manifests: (tenant, stamp) => {
    if (tenant.spec.mesh !== 'sidecar' || tenant.egressHosts.size === 0) return [];
    return [
      ...tenant.namespaces.flatMap(({ name }) =>
        [...tenant.egressHosts].flatMap(([host, ports]) => [
          entry(host, ports, name, stamp),
          asking(host, ports, name, stamp),
          destination(tenant, host, ports, name, stamp),
        ]),
      ),
      ...routes(tenant).flatMap((route) => routeObjects(tenant, route, stamp)),
      openings(tenant, stamp),
    ];
  },
};

function routes({ spec, egressHosts }: TenantContext): readonly EgressRoute[] {
  return [...egressHosts].flatMap(([host, ports]) => ports.map((port) => ({ tenant: spec.name, host, port })));
}

/** The host as the tenant's sidecars see it: whatever a name server says, its only address is the gateway's. */
function entry(host: string, ports: readonly number[], namespace: string, stamp: Stamp): SpecObject {
  return {
    apiVersion: 'networking.istio.io/v1',
    kind: 'ServiceEntry',
    metadata: stamp(`to-${hostSlug(host)}`, namespace),
    spec: {
      hosts: [host],
      exportTo: ['.'],
      location: 'MESH_EXTERNAL',
      resolution: 'DNS',
      ports: ports.map(tlsPort),
      endpoints: [
        { address: EGRESS.host, ports: Object.fromEntries(ports.map((port) => [tlsPort(port).name, EGRESS.port])) },
      ],
    },
  };
}

/**
 * An application that asks for another name than that of the host it called is refused. Without this route a sidecar looks at
 * the name only where the host has no address of its own (`buildSidecarOutboundTLSFilterChainOpts` in istiod).
 */
function asking(host: string, ports: readonly number[], namespace: string, stamp: Stamp): SpecObject {
  return {
    apiVersion: 'networking.istio.io/v1',
    kind: 'VirtualService',
    metadata: stamp(`to-${hostSlug(host)}`, namespace),
    spec: {
      hosts: [host],
      exportTo: ['.'],
      tls: ports.map((number) => ({
        match: [{ port: number, sniHosts: [host] }],
        route: [{ destination: { host, port: { number } } }],
      })),
    },
  };
}

/** The application's own TLS travels inside mutual TLS, whose server name says which route is asked for. */
function destination(
  { spec, cluster }: TenantContext,
  host: string,
  ports: readonly number[],
  namespace: string,
  stamp: Stamp,
): SpecObject {
  const gateway = `spiffe://${cluster.trustDomain}/ns/${EGRESS.namespace}/sa/${EGRESS.name}`;
  return {
    apiVersion: 'networking.istio.io/v1',
    kind: 'DestinationRule',
    metadata: stamp(`to-${hostSlug(host)}`, namespace),
    spec: {
      host,
      exportTo: ['.'],
      trafficPolicy: {
        portLevelSettings: ports.map((port) => ({
          port: { number: port },
          tls: {
            mode: 'ISTIO_MUTUAL',
            sni: egressServerName({ tenant: spec.name, host, port }),
            subjectAltNames: [gateway],
          },
        })),
      },
    },
  };
}

function routeObjects(tenant: TenantContext, route: EgressRoute, stamp: Stamp): readonly SpecObject[] {
  const id = egressObjectName(route);
  const name = egressServerName(route);
  const metadata = stamp(id, EGRESS.namespace);
  const istio = 'networking.istio.io/v1';
  return [
    { apiVersion: istio, kind: 'ServiceEntry', metadata, spec: target(route, name) },
    { apiVersion: istio, kind: 'Gateway', metadata, spec: server(name) },
    { apiVersion: istio, kind: 'VirtualService', metadata, spec: forwarding(route, id, name) },
    { apiVersion: 'security.istio.io/v1', kind: 'AuthorizationPolicy', metadata, spec: callers(tenant, name) },
  ];
}

/** Where the route leads. It has a name of its own, because two tenants that call one host would share the host's. */
function target({ host, port }: EgressRoute, name: string): object {
  return {
    hosts: [name],
    exportTo: ['.'],
    location: 'MESH_EXTERNAL',
    resolution: 'DNS',
    ports: [tlsPort(port)],
    endpoints: [{ address: host }],
  };
}

function server(name: string): object {
  const port = { number: EGRESS.port, name: 'tls', protocol: 'TLS' };
  // Istio ignores a lowest version of TLS in this mode (`BuildListenerTLSContext`): the gateway itself sets it for all.
  return { selector: EGRESS.pods, servers: [{ port, hosts: [`./${name}`], tls: { mode: 'ISTIO_MUTUAL' } }] };
}

function forwarding({ port }: EgressRoute, id: string, name: string): object {
  return {
    hosts: [name],
    gateways: [`${EGRESS.namespace}/${id}`],
    exportTo: ['.'],
    tcp: [{ match: [{ port: EGRESS.port }], route: [{ destination: { host: name, port: { number: port } } }] }],
  };
}

/** The union of the tenant's identities; a tenant has at least one namespace. */
function callers({ namespaces, cluster }: TenantContext, name: string): object {
  const principals = namespaces.map((one) => `${cluster.trustDomain}/ns/${one.name}/sa/*`);
  return {
    selector: { matchLabels: EGRESS.pods },
    action: 'ALLOW',
    rules: [{ from: [{ source: { principals } }], when: [{ key: 'connection.sni', values: [name] }] }],
  };
}

/** What the gateway may call for the tenant: the internet on the ports that were declared, never the inside. */
function openings({ spec, cluster, egressHosts }: TenantContext, stamp: Stamp): NetworkPolicy {
  const ports = [...new Set([...egressHosts.values()].flat())].sort((a, b) => a - b);
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: stamp(`internet-for-${spec.name}`, EGRESS.namespace),
    spec: {
      podSelector: { matchLabels: EGRESS.pods },
      policyTypes: ['Egress'],
      egress: [{ to: [outsideOf(cluster)], ports: ports.map((port) => ({ protocol: 'TCP', port })) }],
    },
  };
}

function tlsPort(number: number) {
  return { number, name: `tls-${number}`, protocol: 'TLS' };
}
