import { type Manifest, objectKey, objectLabel } from '../../constructs/core/manifest';
import type { ResolvedAdmin } from './endpoint';
import type { Cut } from './evaluate';
import { missingCloser } from './missing';
import { hasPort } from './port-set';
import type { Opener } from './report';
import { type Gate, gatePorts, type Route } from './route';
import type { World } from './world';

/**
 * What opens a port on a route: a minimal set of objects whose grants let it through (take away what any one of them
 * grants and a gate closes), and for each gate that would stand open without them all, what should have closed it.
 */
export function openersOf(world: World, route: Route, port: number): readonly Opener[] {
  const isOpen = (gate: Gate, cut: Cut) => hasPort(gatePorts(world, gate, cut), port);
  const silenced = new Set<Manifest>();
  const needed = [...new Set(route.flatMap(grantersOf))].filter((object) => {
    silenced.add(object);
    if (route.every((gate) => isOpen(gate, { grantsOf: silenced, objects: new Set() }))) return false;
    silenced.delete(object);
    return true;
  });
  const grants = needed.map((object): Opener => {
    const without = { grantsOf: new Set([...silenced, object]), objects: new Set<Manifest>() };
    const doings = route.filter((gate) => !isOpen(gate, without)).map(doing);
    const label = objectLabel(object);
    return { role: 'grants', key: objectKey(object), label, says: `${label} ${[...new Set(doings)].join(' and ')}` };
  });
  // Were the objects deleted, and not only silenced, a gate might stand open for want of any policy.
  const deleted = { grantsOf: silenced, objects: new Set(needed) };
  const missing = route
    .filter((gate) => gate.kind !== 'proxy-ports' && !isOfFuture(gate) && isOpen(gate, deleted))
    .map((gate) => missingCloser(world, gate, port));
  return [...new Map([...grants, ...missing].map((opener) => [`${opener.role} ${opener.label}`, opener])).values()];
}

/** A tenant yet to come has no objects to be missed: its counterpart must do without them. */
function isOfFuture(gate: Gate): boolean {
  return 'at' in gate && ('namespace' in gate.at ? gate.at.namespace.future : gate.at.future);
}

/** Objects with anything to grant at the gate. */
function grantersOf(gate: Gate): readonly Manifest[] {
  switch (gate.kind) {
    case 'egress':
    case 'ingress': {
      const side = gate.at[gate.kind];
      const accepting = (policies: readonly ResolvedAdmin[]) =>
        policies.filter(({ rules }) => rules.some(({ action }) => action !== 'Deny')).map(({ object }) => object);
      const network = side.network.filter(({ grants }) => grants.length > 0).map(({ object }) => object);
      return [...accepting(side.admin.flat()), ...network, ...accepting(side.baseline.flat())];
    }
    case 'authorization':
      return gate.policies
        .filter(({ action, rules }) => action === 'ALLOW' && rules.length > 0)
        .map(({ object }) => object);
    case 'plaintext':
      return gate.at.peerAuthentication
        .filter(({ mode, ports }) =>
          [mode, ...ports.map(([, level]) => level)].some((one) => one !== 'STRICT' && one !== 'UNSET'),
        )
        .map(({ object }) => object);
    case 'proxy-ports':
      return [];
  }
}

function doing(gate: Gate): string {
  switch (gate.kind) {
    case 'egress':
      return `lets it out of ${gate.at.namespace.name}`;
    case 'ingress':
      return `lets it into ${gate.at.namespace.name}`;
    case 'authorization':
      return `authorizes it at ${gate.waypoint === undefined ? '' : `waypoint ${gate.waypoint.name} of `}${gate.at.name}`;
    case 'plaintext':
      return `accepts plaintext in ${gate.at.namespace.name}`;
    case 'proxy-ports':
      return 'is a port of the proxy itself';
  }
}
