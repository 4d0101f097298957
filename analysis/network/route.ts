import { HBONE_PORT } from '../../constructs/core/platform-service';
import type { AuthorizationPolicyModel } from './authorization-policy';
import { authorizedPorts, type Caller } from './authorize';
import type { Endpoint } from './endpoint';
import { admitted, type Cut, NO_CUT, type Target } from './evaluate';
import type { Origin } from './identity';
import type { NamespaceModel } from './namespace';
import { plaintextPorts } from './peer-authentication';
import {
  ALL_PORTS,
  hasPort,
  intersectPorts,
  isEmptyPorts,
  NO_PORTS,
  type PortSet,
  portsOf,
  unionPorts,
} from './port-set';
import type { Protocol } from './protocol';
import type { Verdict } from './report';
import { type Waypoint, waypointPolicies } from './waypoint';
import type { World } from './world';

/** Ports of a proxy itself, which no mesh policy guards. */
const PROXY_PORTS = portsOf([15_020, 15_021, 15_090]);

/** One check on a connection's way. */
export type Gate =
  | {
      readonly kind: 'egress' | 'ingress';
      readonly at: Endpoint;
      readonly target: Target;
      readonly protocol: Protocol;
      readonly verdict: Verdict;
      /** `port`: the port itself must pass; `tunnel`: the tunnel's port; `any`: some port, whichever. */
      readonly carries: 'port' | 'tunnel' | 'any';
    }
  | {
      readonly kind: 'authorization';
      readonly policies: readonly AuthorizationPolicyModel[];
      readonly caller: Caller;
      /** Where the policies stand: a namespace, or a waypoint of it. */
      readonly at: NamespaceModel;
      readonly waypoint: Waypoint | undefined;
      readonly carries: 'port' | 'any';
    }
  | { readonly kind: 'plaintext'; readonly at: Endpoint }
  | { readonly kind: 'proxy-ports' };

/** Checks that must all let a connection through. */
export type Route = readonly Gate[];

/** Ports that a gate lets through. */
export function gatePorts(world: World, gate: Gate, cut: Cut = NO_CUT): PortSet {
  switch (gate.kind) {
    case 'egress':
    case 'ingress': {
      const open = gate.verdict === 'ifTenantOpensAll' && gate.at.namespace.tenant !== undefined;
      const ports = admitted(gate.at[gate.kind], gate.target, gate.protocol, open, cut);
      if (gate.carries === 'port') return ports;
      const carried = gate.carries === 'any' ? !isEmptyPorts(ports) : hasPort(ports, HBONE_PORT);
      return carried ? ALL_PORTS : NO_PORTS;
    }
    case 'authorization': {
      const ports = authorizedPorts(gate.policies, gate.caller, world.plan, cut);
      return gate.carries === 'any' && !isEmptyPorts(ports) ? ALL_PORTS : ports;
    }
    case 'plaintext': {
      const standing = gate.at.peerAuthentication.filter(
        ({ object }) => !cut.objects.has(object) && !cut.grantsOf.has(object),
      );
      return plaintextPorts(standing, gate.at.namespace.name);
    }
    case 'proxy-ports':
      return PROXY_PORTS;
  }
}

/** Ports that every gate of the route lets through. */
export function routePorts(world: World, route: Route): PortSet {
  let ports = ALL_PORTS;
  for (const gate of route) {
    ports = intersectPorts(ports, gatePorts(world, gate));
    if (isEmptyPorts(ports)) break;
  }
  return ports;
}

/** Ports that some route lets through. */
export function anyRoutePorts(world: World, routes: readonly Route[]): PortSet {
  return routes.map((route) => routePorts(world, route)).reduce(unionPorts, NO_PORTS);
}

/** The ways from a pod of one endpoint straight to a pod of another. */
export function directRoutes(from: Endpoint, to: Endpoint, protocol: Protocol, verdict: Verdict): readonly Route[] {
  const link = linkGates(from, to, protocol, verdict, 'port');
  const { mesh } = to.namespace;
  // The mesh carries TCP only; all else passes it by.
  if (protocol !== 'TCP' || mesh === 'none') return [link];
  const named = authorizationGate(to, originOf(from.namespace), 'port');
  const plain: Route = [...link, { kind: 'plaintext', at: to }, authorizationGate(to, undefined, 'port')];
  if (mesh === 'sidecar') return [[...link, named], plain, [...link, { kind: 'proxy-ports' }]];
  return [[...linkGates(from, to, protocol, verdict, 'tunnel'), named], plain];
}

/** The ways through a waypoint, which calls on in its own name. `via` is a pod of the waypoint's namespace. */
export function relayedRoutes(
  from: Endpoint,
  waypoint: Waypoint,
  via: Endpoint,
  to: Endpoint,
  verdict: Verdict,
): readonly Route[] {
  const origin = originOf(from.namespace);
  const inward = linkGates(from, via, 'TCP', verdict, 'tunnel');
  const onward = linkGates(via, to, 'TCP', verdict, to.namespace.mesh === 'ambient' ? 'tunnel' : 'any');
  const arrival = to.namespace.mesh === 'none' ? [] : [authorizationGate(to, originOf(via.namespace), 'any')];
  return waypointPolicies(waypoint, to.namespace).map((policies) => [
    ...inward,
    { kind: 'authorization', policies, caller: origin, at: via.namespace, waypoint, carries: 'port' } as const,
    ...onward,
    ...arrival,
  ]);
}

/** The gates of the network itself between two pods. */
export function linkGates(
  from: Endpoint,
  to: Endpoint,
  protocol: Protocol,
  verdict: Verdict,
  carries: 'port' | 'tunnel' | 'any',
): Route {
  return [
    { kind: 'egress', at: from, target: { kind: 'pod', endpoint: to }, protocol, verdict, carries },
    { kind: 'ingress', at: to, target: { kind: 'pod', endpoint: from }, protocol, verdict, carries },
  ];
}

function authorizationGate(to: Endpoint, caller: Caller, carries: 'port' | 'any'): Gate {
  return { kind: 'authorization', policies: to.authorization, caller, at: to.namespace, waypoint: undefined, carries };
}

function originOf(namespace: NamespaceModel): Origin {
  return namespace.future ? { kind: 'future' } : { kind: 'namespace', name: namespace.name };
}
