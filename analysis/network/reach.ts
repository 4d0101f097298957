import type { Endpoint } from './endpoint';
import type { NamespaceModel } from './namespace';
import { hasPort, isEmptyPorts, NO_PORTS, type PortSet, unionPorts } from './port-set';
import type { Protocol } from './protocol';
import type { Verdict } from './report';
import { directRoutes, linkGates, type Route, relayedRoutes, routePorts } from './route';
import type { World } from './world';

/** One way in which some pod may reach another, with the pods that show it. */
export interface Way {
  readonly from: Endpoint;
  readonly to: Endpoint;
  readonly route: Route;
}

/** Ports on which some pod of one namespace can reach some pod of another, whatever labels and accounts they take. */
export function reach(
  world: World,
  from: NamespaceModel,
  to: NamespaceModel,
  protocol: Protocol,
  verdict: Verdict,
): PortSet {
  let ports = NO_PORTS;
  for (const { route } of ways(world, from, to, protocol, verdict)) {
    const more = routePorts(world, route);
    if (!isEmptyPorts(more)) ports = unionPorts(ports, more);
  }
  return ports;
}

/** The first way that carries the port, or undefined where none does. */
export function findWay(
  world: World,
  from: NamespaceModel,
  to: NamespaceModel,
  protocol: Protocol,
  verdict: Verdict,
  port: number,
): Way | undefined {
  for (const way of ways(world, from, to, protocol, verdict)) {
    if (hasPort(routePorts(world, way.route), port)) return way;
  }
  return undefined;
}

/** Every way there may be, open or not. */
export function* ways(
  world: World,
  from: NamespaceModel,
  to: NamespaceModel,
  protocol: Protocol,
  verdict: Verdict,
): Generator<Way> {
  const waypoints = protocol === 'TCP' ? world.waypointsOf(to) : [];
  for (const source of world.endpointsOf(from)) {
    for (const target of world.endpointsOf(to)) {
      for (const route of directRoutes(source, target, protocol, verdict)) yield { from: source, to: target, route };
    }
    for (const waypoint of waypoints) {
      for (const via of world.endpointsOf(waypoint.namespace)) {
        // Most pods do not reach the waypoint at all: ask that before all that would follow.
        if (isEmptyPorts(routePorts(world, linkGates(source, via, 'TCP', verdict, 'tunnel')))) continue;
        for (const target of world.endpointsOf(to)) {
          for (const route of relayedRoutes(source, waypoint, via, target, verdict))
            yield { from: source, to: target, route };
        }
      }
    }
  }
}
