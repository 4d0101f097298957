import { LABEL } from '../../constructs/core/labels';
import { HBONE_PORT, PLATFORM_NAMESPACE, PLATFORM_SERVICES } from '../../constructs/core/platform-service';
import { EGRESS } from '../../constructs/network/egress-names';
import type { FindingCode } from './codes';
import type { NamespaceModel } from './namespace';
import { firstPort, formatPorts, intersectPorts, isEmptyPorts, type PortSet, portsOf, subtractPorts } from './port-set';
import { PROTOCOLS, type Protocol } from './protocol';
import { findWay, reach } from './reach';
import type { ReachablePath, Violation } from './report';
import { openersOf } from './witness';
import type { World } from './world';

/** Where tenants find the services they may name: those of the core table, and the gateway of pods with sidecars. */
const SERVICES = [
  ...Object.entries(PLATFORM_SERVICES).map(([name, { namespace, port }]) => ({ name, namespace, port })),
  { name: 'egress-gateway', namespace: EGRESS.namespace, port: EGRESS.port },
];

/** What every tenant may reach: names, the control plane of the mesh, and the proxies that guard the way out. */
const COMMON: Readonly<Record<string, Partial<Record<Protocol, readonly number[]>>>> = {
  'kube-system': { TCP: [53], UDP: [53] },
  [PLATFORM_NAMESPACE.mesh]: { TCP: [15_012, HBONE_PORT] },
  [PLATFORM_NAMESPACE.egress]: { TCP: [HBONE_PORT] },
};

/** What tenants reach of the platform, and what of it nobody consented to. */
export interface PlatformProof {
  readonly paths: readonly ReachablePath[];
  readonly violations: readonly Violation[];
}

/** Examines every tenant namespace against every namespace that is no tenant's, as the objects are written. */
export function provePlatform(world: World): PlatformProof {
  const paths: ReachablePath[] = [];
  const violations: Violation[] = [];
  const platform = world.namespaces.filter(({ tenant }) => tenant === undefined);
  for (const from of world.namespaces.filter(({ tenant, future }) => tenant !== undefined && !future)) {
    for (const to of platform) {
      for (const protocol of PROTOCOLS) {
        const ports = reach(world, from, to, protocol, 'asWritten');
        if (isEmptyPorts(ports)) continue;
        const expected = intersectPorts(ports, offered(from, to, protocol));
        const rest = subtractPorts(ports, expected);
        paths.push(...pathsOf(from, to, protocol, expected, rest));
        if (!isEmptyPorts(rest)) violations.push(violationOf(world, from, to, protocol, rest));
      }
    }
  }
  return { paths, violations };
}

function offered(from: NamespaceModel, to: NamespaceModel, protocol: Protocol): PortSet {
  // Beside the port of the service its tunnel, which policies name whether the namespace is in the mesh or not.
  const services = protocol === 'TCP' ? servicesOf(from, to).flatMap(({ port }) => [port, HBONE_PORT]) : [];
  const common = Object.hasOwn(COMMON, to.name) ? (COMMON[to.name]?.[protocol] ?? []) : [];
  return portsOf([...services, ...common]);
}

function servicesOf(from: NamespaceModel, to: NamespaceModel) {
  return SERVICES.filter(
    ({ name, namespace }) => namespace === to.name && from.labels[`${LABEL.usesPrefix}${name}`] === 'true',
  );
}

function pathsOf(
  from: NamespaceModel,
  to: NamespaceModel,
  protocol: Protocol,
  expected: PortSet,
  rest: PortSet,
): readonly ReachablePath[] {
  const base = {
    kind: 'platform',
    from: from.tenant ?? from.name,
    fromNamespace: from.name,
    to: to.name,
    toNamespace: to.name,
    protocol,
    verdict: 'asWritten',
  } as const;
  return [
    { ...base, ports: expected, expected: true },
    { ...base, ports: rest, expected: false },
  ].filter((path) => path.ports.length > 0);
}

function violationOf(
  world: World,
  from: NamespaceModel,
  to: NamespaceModel,
  protocol: Protocol,
  ports: PortSet,
): Violation {
  const port = firstPort(ports) ?? 0;
  const way = findWay(world, from, to, protocol, 'asWritten', port);
  const consented = servicesOf(from, to).length > 0;
  const code: FindingCode = consented ? 'PRV021' : 'PRV020';
  const lack = consented ? 'beyond the service it may use' : `without a ${LABEL.usesPrefix} label that says so`;
  return {
    code,
    from: from.tenant ?? from.name,
    to: to.name,
    protocol,
    ports,
    verdict: 'asWritten',
    sentence: `${from.tenant} (${from.name}) reaches the platform in ${to.name} on ${protocol} ${formatPorts(ports)} ${lack}`,
    openedBy: way === undefined ? [] : openersOf(world, way.route, port),
  };
}
