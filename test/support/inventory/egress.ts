import { leaves, placedLeaves } from './lines';
import { hostsOf, internet, named, namespacesOf, type Order, publicName } from './spec-facts';

const PLACE = 'drun-egress-gateway';
const SERVICE = `egress.${PLACE}.svc.cluster.local`;
const PODS = { istio: 'egress' };

/** Where a tenant's calls to the internet go first: by how its pods are in the mesh. */
export function wayOut({ mesh }: Pick<Order['tenants'][number], 'mesh'>) {
  return mesh === 'ambient'
    ? { service: 'egress', peer: `${named('drun-egress')} TCP/15008` }
    : { service: 'egress-gateway', peer: `${named(PLACE)} TCP/8443` };
}

/** The only address of a host, for pods with sidecars. */
export function gatewayFor(ports: readonly number[]): object {
  return { address: SERVICE, ports: Object.fromEntries(ports.map((port) => [`tls-${port}`, 8443])) };
}

interface Route {
  readonly tenant: string;
  readonly host: string;
  readonly port: number;
  /** Name that is asked for, and name of the objects. */
  readonly name: string;
  readonly id: string;
}

const callers = ({ tenants }: Order) =>
  tenants.filter((tenant) => tenant.mesh === 'sidecar' && hostsOf(tenant).length > 0);

const routes = (order: Order): readonly Route[] =>
  callers(order).flatMap((one) =>
    hostsOf(one).flatMap(({ host, ports }) =>
      ports.map((port) => ({
        tenant: one.name,
        host,
        port,
        name: `${port}.${host}.${one.name}.egress.drun.io`,
        id: `${one.name}--${port}-${publicName(host)}`,
      })),
    ),
  );

/** What tenants have at the gateway. */
export const egressNames = (order: Order): readonly string[] => [
  ...routes(order).flatMap(({ id }) =>
    ['ServiceEntry', 'Gateway', 'VirtualService', 'AuthorizationPolicy'].map((kind) => `${kind} ${PLACE}/${id}`),
  ),
  ...callers(order).map(({ name }) => `NetworkPolicy ${PLACE}/internet-for-${name}`),
];

/** What the gateway may call: the internet, on ports that somebody declared. */
export const egressPaths = (order: Order): readonly string[] =>
  callers(order).flatMap((tenant) =>
    hostsOf(tenant).flatMap(({ ports }) =>
      ports.map((port) => `${PLACE} pods istio=egress Egress ${internet(order)} TCP/${port}`),
    ),
  );

/** Servers of the gateway, and where each leads. */
export const egressCarriers = (order: Order): readonly string[] =>
  routes(order).flatMap(({ id, name, host, port }) => {
    const server = { port: { number: 8443, name: 'tls', protocol: 'TLS' }, hosts: [`./${name}`] };
    const gateway = { selector: PODS, servers: [{ ...server, tls: { mode: 'ISTIO_MUTUAL' } }] };
    const entry = {
      hosts: [name],
      exportTo: ['.'],
      location: 'MESH_EXTERNAL',
      resolution: 'DNS',
      ports: [{ number: port, name: `tls-${port}`, protocol: 'TLS' }],
      endpoints: [{ address: host }],
    };
    return [
      ...leaves({ spec: gateway }, '').map((leaf) => `Gateway ${PLACE}/${id} ${leaf}`),
      ...leaves({ spec: entry }, '').map((leaf) => `ServiceEntry ${PLACE}/${id} ${leaf}`),
    ];
  });

/** Who may ask for which name. */
export const egressAuthorizations = (order: Order): readonly string[] => [
  ...leaves({ spec: { selector: { matchLabels: PODS } } }, '').map(
    (leaf) => `AuthorizationPolicy ${PLACE}/egress-default-deny ${leaf}`,
  ),
  ...routes(order).flatMap(({ tenant, id, name }) => {
    const own = namespacesOf(order).filter((one) => one.tenant.name === tenant);
    const principals = own.map((one) => `${order.facts.trustDomain}/ns/${one.name}/sa/*`);
    const rule = { from: [{ source: { principals } }], when: [{ key: 'connection.sni', values: [name] }] };
    const spec = { selector: { matchLabels: PODS }, action: 'ALLOW', rules: [rule] };
    return leaves({ spec }, '').map((leaf) => `AuthorizationPolicy ${PLACE}/${id} ${leaf}`);
  }),
];

/** The names that sidecars ask for. */
export const egressCalls = (order: Order): readonly string[] =>
  eachHost(order, 'DestinationRule', ({ host, ports, tenant }) => ({
    host,
    exportTo: ['.'],
    trafficPolicy: {
      portLevelSettings: ports.map((port) => ({
        port: { number: port },
        tls: {
          mode: 'ISTIO_MUTUAL',
          sni: `${port}.${host}.${tenant}.egress.drun.io`,
          subjectAltNames: [`spiffe://${order.facts.trustDomain}/ns/${PLACE}/sa/egress`],
        },
      })),
    },
  }));

/** What an application may ask a host for, and what the gateway forwards. */
export const egressRoutes = (order: Order): readonly string[] => [
  ...eachHost(order, 'VirtualService', ({ host, ports }) => ({
    hosts: [host],
    exportTo: ['.'],
    tls: ports.map((port) => ({
      match: [{ port, sniHosts: [host] }],
      route: [{ destination: { host, port: { number: port } } }],
    })),
  })),
  ...routes(order).flatMap(({ id, name, port }) => {
    const tcp = [{ match: [{ port: 8443 }], route: [{ destination: { host: name, port: { number: port } } }] }];
    const spec = { hosts: [name], gateways: [`${PLACE}/${id}`], exportTo: ['.'], tcp };
    return leaves({ spec }, '').map((leaf) => `VirtualService ${PLACE}/${id} ${leaf}`);
  }),
];

function eachHost(
  order: Order,
  kind: string,
  spec: (one: { readonly host: string; readonly ports: readonly number[]; readonly tenant: string }) => object,
): readonly string[] {
  return callers(order).flatMap((tenant) =>
    namespacesOf(order)
      .filter((one) => one.tenant === tenant)
      .flatMap(({ name }) =>
        hostsOf(tenant).flatMap(({ host, ports }) =>
          leaves({ spec: spec({ host, ports, tenant: tenant.name }) }, '').map(
            (leaf) => `${kind} ${name}/to-${host.replaceAll('.', '-')} ${leaf}`,
          ),
        ),
      ),
  );
}

/** The lowest version of TLS that the gateway speaks. */
export const egressFilters = (): readonly string[] => {
  const context = '@type=type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext';
  const patch = 'spec.configPatches[0]';
  const socket = `${patch}.patch.value.transport_socket`;
  return [
    ...placedLeaves({ spec: { workloadSelector: { labels: PODS } } }, ''),
    `${patch}.applyTo=FILTER_CHAIN`,
    `${patch}.match.context=GATEWAY`,
    `${patch}.match.listener.portNumber=8443`,
    `${patch}.patch.operation=MERGE`,
    `${socket}.name=envoy.transport_sockets.tls`,
    `${socket}.typed_config.${context}`,
    `${socket}.typed_config.common_tls_context.tls_params.tls_minimum_protocol_version=TLSv1_3`,
  ].map((line) => `EnvoyFilter ${PLACE}/egress-tls ${line}`);
};
