import { type AddressRange, type AddressSet, formatAddress } from './cidr';
import type { FindingCode } from './codes';
import type { Endpoint } from './endpoint';
import { admitted, type Target } from './evaluate';
import { ALWAYS, MAYBE, NEVER } from './match';
import {
  ALL_PORTS,
  firstPort,
  formatPorts,
  intersectPorts,
  isEmptyPorts,
  NO_PORTS,
  type PortSet,
  unionPorts,
} from './port-set';
import { PROTOCOLS, type Protocol } from './protocol';
import type { Verdict, Violation } from './report';
import type { Gate } from './route';
import { openersOf } from './witness';
import type { World } from './world';

/** A part of the address space that is closed to tenants. */
interface Forbidden {
  readonly name: string;
  readonly addresses: AddressSet;
  readonly ports: Readonly<Record<Protocol, PortSet>>;
  readonly node: Extract<Target, { kind: 'address' }>['node'];
  readonly codes: Readonly<Record<Verdict, FindingCode>>;
}

/** Proves that no tenant reaches metadata services, API server, nodes, or anything outside directly. */
export function proveOutside(world: World, verdicts: readonly Verdict[]): readonly Violation[] {
  const forbidden = forbiddenParts(world);
  return world.namespaces.flatMap((namespace) => {
    if (namespace.tenant === undefined || namespace.future) return [];
    return world.endpointsOf(namespace).flatMap((endpoint) => {
      const cuts = boundariesOf(endpoint);
      return forbidden.flatMap((part) =>
        verdicts.flatMap((verdict) =>
          PROTOCOLS.flatMap((protocol) => judge(world, endpoint, part, cuts, verdict, protocol)),
        ),
      );
    });
  });
}

function forbiddenParts(world: World): readonly Forbidden[] {
  const { metadata, apiServer, apiServerPorts, nodes, outside } = world.plan;
  const all = { TCP: ALL_PORTS, UDP: ALL_PORTS, SCTP: ALL_PORTS };
  // A selector of nodes finds their addresses; the API server may live on some of them, or on none.
  const unlike = { all: NEVER, some: NEVER } as const;
  const perhaps = { all: MAYBE, some: MAYBE } as const;
  const surely = { all: ALWAYS, some: MAYBE } as const;
  const apiPorts = { TCP: apiServerPorts, UDP: NO_PORTS, SCTP: NO_PORTS };
  return [
    part('the metadata service', metadata, all, unlike, 'PRV010', 'PRV014'),
    part('the API server', apiServer, apiPorts, perhaps, 'PRV011', 'PRV015'),
    part('the nodes', nodes, all, surely, 'PRV012', 'PRV016'),
    part('addresses outside the cluster', outside, all, unlike, 'PRV013', 'PRV017'),
  ];
}

function part(
  name: string,
  addresses: AddressSet,
  ports: Forbidden['ports'],
  node: Forbidden['node'],
  asWritten: FindingCode,
  ifTenantOpensAll: FindingCode,
): Forbidden {
  return { name, addresses, ports, node, codes: { asWritten, ifTenantOpensAll } };
}

function judge(
  world: World,
  endpoint: Endpoint,
  forbidden: Forbidden,
  cuts: readonly bigint[],
  verdict: Verdict,
  protocol: Protocol,
): readonly Violation[] {
  let open = NO_PORTS;
  let first: bigint | undefined;
  for (const at of representatives(forbidden.addresses, cuts)) {
    const target: Target = { kind: 'address', at, node: forbidden.node };
    const ports = admitted(endpoint.egress, target, protocol, verdict === 'ifTenantOpensAll');
    const hit = intersectPorts(ports, forbidden.ports[protocol]);
    if (isEmptyPorts(hit)) continue;
    first ??= at;
    open = unionPorts(open, hit);
  }
  if (first === undefined) return [];
  return [violationOf(world, endpoint, forbidden, verdict, protocol, open, first)];
}

function violationOf(
  world: World,
  endpoint: Endpoint,
  forbidden: Forbidden,
  verdict: Verdict,
  protocol: Protocol,
  ports: PortSet,
  at: bigint,
): Violation {
  const { namespace } = endpoint;
  const target: Target = { kind: 'address', at, node: forbidden.node };
  const gate: Gate = { kind: 'egress', at: endpoint, target, protocol, verdict, carries: 'port' };
  const here = intersectPorts(admitted(endpoint.egress, target, protocol, verdict === 'ifTenantOpensAll'), ports);
  const provided = verdict === 'asWritten' ? '' : ' once it allows everything in its own network policies';
  const where = `${namespace.tenant} (${namespace.name})`;
  return {
    code: forbidden.codes[verdict],
    from: namespace.tenant ?? namespace.name,
    to: forbidden.name,
    protocol,
    ports,
    verdict,
    sentence: `${where} reaches ${forbidden.name} such as ${formatAddress(at)} on ${protocol} ${formatPorts(ports)}${provided}`,
    openedBy: openersOf(world, [gate], firstPort(here) ?? 0),
  };
}

/** Addresses at which the answer of some egress rule may change. */
function boundariesOf(endpoint: Endpoint): readonly bigint[] {
  const { admin, network, baseline } = endpoint.egress;
  const rules = [...admin.flat(), ...baseline.flat()].flatMap((policy) => policy.rules);
  const grants = network.flatMap((policy) => policy.grants);
  const starts = [...rules, ...grants].flatMap(({ peers }) =>
    peers.flatMap((peer) =>
      peer.kind === 'addresses' ? peer.addresses.flatMap(({ first, last }) => [first, last + 1n]) : [],
    ),
  );
  return [...new Set(starts)];
}

/** One address of every stretch of the set on which all rules answer alike. */
function representatives(addresses: AddressSet, cuts: readonly bigint[]): readonly bigint[] {
  return addresses.flatMap(({ first, last }: AddressRange) => [
    first,
    ...cuts.filter((cut) => first < cut && cut <= last),
  ]);
}
