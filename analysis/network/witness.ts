import { type Manifest, objectKey, objectLabel } from '../../constructs/core/manifest';
import type { ResolvedAdmin } from './endpoint';
import type { Cut } from './evaluate';
import { missingCloser } from './missing';
import { hasPort } from './port-set';
import type { Opener } from './report';
import { type Gate, gatePorts, type Route } from './route';
import type { World } from './world';

/**
 * What opens a port on a route: of each gate a minimal set of objects whose grants let it through (without any one of
 * them it would not), and where a gate would stay open without all of them, what should have closed it.
 */
export function openersOf(world: World, route: Route, port: number): readonly Opener[] {
  const found = new Map<string, Opener>();
  for (const gate of route) {
    for (const opener of openersOfGate(world, gate, port)) {
      const id = `${opener.role} ${opener.label}`;
      if (!found.has(id)) found.set(id, opener);
    }
  }
  return [...found.values()];
}

function openersOfGate(world: World, gate: Gate, port: number): readonly Opener[] {
  if (gate.kind === 'proxy-ports') return [];
  const isOpen = (cut: Cut) => hasPort(gatePorts(world, gate, cut), port);
  const silenced = new Set<Manifest>();
  const needed = grantersOf(gate).filter((object) => {
    silenced.add(object);
    if (isOpen({ grantsOf: silenced, objects: new Set() })) return false;
    silenced.delete(object);
    return true;
  });
  const openers = needed.map((object): Opener => {
    const label = objectLabel(object);
    return { role: 'grants', key: objectKey(object), label, says: `${label} ${doing(gate)}` };
  });
  // Were the objects deleted, and not only silenced, the gate might stand open for want of any policy.
  const stays = isOpen({ grantsOf: silenced, objects: new Set(needed) });
  // A tenant yet to come has no objects to be missed: its counterpart must do without them.
  const ofFuture = 'at' in gate && ('namespace' in gate.at ? gate.at.namespace.future : gate.at.future);
  return stays && !ofFuture ? [...openers, missingCloser(world, gate, port)] : openers;
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
      return gate.policies.filter(({ action, rules }) => action === 'ALLOW' && rules.length > 0).map(({ object }) => object);
    case 'plaintext':
      return gate.at.peerAuthentication
        .filter(({ mode, ports }) => [mode, ...ports.map(([, level]) => level)].some((one) => one !== 'STRICT' && one !== 'UNSET'))
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
