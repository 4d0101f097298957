import type { FindingCode } from './codes';
import { describePod } from './missing';
import type { NamespaceModel } from './namespace';
import {
  firstPort,
  formatPorts,
  intersectPorts,
  isEmptyPorts,
  NO_PORTS,
  type PortSet,
  portsOf,
  subtractPorts,
  unionPorts,
} from './port-set';
import { PROTOCOLS, type Protocol } from './protocol';
import { findWay, reach } from './reach';
import type { DeclaredPath, ReachablePath, UnusedPath, Verdict, Violation } from './report';
import { openersOf } from './witness';
import type { World } from './world';

/** What the proof over tenants found. */
export interface TenantProof {
  readonly pairs: number;
  readonly paths: readonly ReachablePath[];
  readonly violations: readonly Violation[];
}

const CODES: Readonly<Record<Verdict, { readonly known: FindingCode; readonly future: FindingCode }>> = {
  asWritten: { known: 'PRV001', future: 'PRV004' },
  ifTenantOpensAll: { known: 'PRV002', future: 'PRV005' },
};

/**
 * Proves, for all ordered pairs of tenants and both directions towards any future tenant, that nothing but declared
 * paths gets through.
 */
export function proveTenants(
  world: World,
  declared: readonly DeclaredPath[],
  verdicts: readonly Verdict[],
): TenantProof {
  const paths: ReachablePath[] = [];
  const violations: Violation[] = [];
  const allowed = declaredPorts(declared);
  for (const from of world.namespaces) {
    for (const to of world.namespaces) {
      if (from.tenant === undefined || to.tenant === undefined || from.tenant === to.tenant) continue;
      for (const verdict of verdicts) {
        for (const protocol of PROTOCOLS) {
          const ports = reach(world, from, to, protocol, verdict);
          if (isEmptyPorts(ports)) continue;
          const expected = protocol === 'TCP' ? allowed(from, to) : NO_PORTS;
          paths.push(...pathsOf(from, to, protocol, verdict, ports, expected));
          const undeclared = subtractPorts(ports, expected);
          if (!isEmptyPorts(undeclared)) violations.push(violationOf(world, from, to, protocol, verdict, undeclared));
        }
      }
    }
  }
  const count = world.tenants.length;
  return { pairs: count * (count - 1), paths, violations: mergeViolations(violations) };
}

/** Declared paths, or ports of them, that no objects open. */
export function findUnused(world: World, declared: readonly DeclaredPath[]): readonly UnusedPath[] {
  return declared.flatMap((path) => {
    const of = (tenant: string) => world.namespaces.filter((namespace) => namespace.tenant === tenant);
    const targets = of(path.to).filter(({ name }) => path.namespace === undefined || path.namespace === name);
    const open = of(path.from)
      .flatMap((from) => targets.map((to) => reach(world, from, to, 'TCP', 'asWritten')))
      .reduce(unionPorts, NO_PORTS);
    const ports = subtractPorts(portsOf(path.ports), open);
    if (isEmptyPorts(ports)) return [];
    const where = path.namespace === undefined ? '' : ` in ${path.namespace}`;
    const known = of(path.from).length > 0 && targets.length > 0;
    const why = known ? 'no objects open it' : 'there are no such namespaces here';
    const sentence = `${path.from} may call ${path.to}${where} on TCP ${formatPorts(ports)} by declaration, but ${why}`;
    return [{ code: 'PRV003', path, ports, sentence } as const];
  });
}

function declaredPorts(declared: readonly DeclaredPath[]): (from: NamespaceModel, to: NamespaceModel) => PortSet {
  const byPair = new Map<string, DeclaredPath[]>();
  for (const path of declared) {
    const key = `${path.from} ${path.to}`;
    byPair.set(key, [...(byPair.get(key) ?? []), path]);
  }
  return (from, to) => {
    const paths = byPair.get(`${from.tenant ?? ''} ${to.tenant ?? ''}`) ?? [];
    const here = paths.filter(({ namespace }) => namespace === undefined || namespace === to.name);
    return portsOf(here.flatMap(({ ports }) => ports));
  };
}

function pathsOf(
  from: NamespaceModel,
  to: NamespaceModel,
  protocol: Protocol,
  verdict: Verdict,
  ports: PortSet,
  expected: PortSet,
): readonly ReachablePath[] {
  const base = {
    kind: 'tenant',
    from: from.tenant ?? from.name,
    fromNamespace: from.name,
    to: to.tenant ?? to.name,
    toNamespace: to.name,
    protocol,
    verdict,
  } as const;
  return [
    { ...base, ports: intersectPorts(ports, expected), expected: true },
    { ...base, ports: subtractPorts(ports, expected), expected: false },
  ].filter((path) => path.ports.length > 0);
}

function violationOf(
  world: World,
  from: NamespaceModel,
  to: NamespaceModel,
  protocol: Protocol,
  verdict: Verdict,
  ports: PortSet,
): Violation {
  const port = firstPort(ports) ?? 0;
  const way = findWay(world, from, to, protocol, verdict, port);
  const pods = way === undefined ? '' : ` (${describePod(way.from.labels)} to ${describePod(way.to.labels)})`;
  const provided = verdict === 'asWritten' ? '' : ' once both allow everything in their own network policies';
  const name = (namespace: NamespaceModel) =>
    namespace.future ? 'any future tenant' : `${namespace.tenant} (${namespace.name})`;
  return {
    code: CODES[verdict][from.future || to.future ? 'future' : 'known'],
    from: from.tenant ?? from.name,
    to: to.tenant ?? to.name,
    protocol,
    ports,
    verdict,
    sentence: `${name(from)} reaches ${name(to)} on ${protocol} ${formatPorts(ports)}${provided}${pods}`,
    openedBy: way === undefined ? [] : openersOf(world, way.route, port),
  };
}

/** Takes together what is said and opened alike: the many kinds of future namespaces, for one. */
function mergeViolations(violations: readonly Violation[]): readonly Violation[] {
  const seen = new Map<string, Violation>();
  for (const violation of violations) {
    const key = JSON.stringify([violation.code, violation.sentence, violation.openedBy.map(({ label }) => label)]);
    if (!seen.has(key)) seen.set(key, violation);
  }
  return [...seen.values()];
}
