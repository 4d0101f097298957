import { listAt, numberAt, recordAt, stringAt } from '../../constructs/core/json';
import { type Manifest, objectKey, objectLabel } from '../../constructs/core/manifest';
import { EGRESS } from '../../constructs/network/egress-names';
import { authorizedPorts, type Caller } from './authorize';
import { type EgressWay, istioObjects, readEgressWays } from './egress-way';
import { FUTURE_TENANT, type NamespaceModel } from './namespace';
import { insideViolations, openersOf, sourcesOf, strangersTo, violation } from './outside-names';
import { hasPort } from './port-set';
import type { Opener, Violation } from './report';
import type { World } from './world';

/** A host that a tenant with sidecars registered. */
export interface RegisteredEntry {
  readonly object: Manifest;
  readonly namespace: NamespaceModel;
  readonly tenant: string;
}

/** The egress gateway of a cluster, with what is wrong about it. */
export interface GatewayProof {
  /** Who may use an entry, as the policies name them. */
  readonly sources: (entry: RegisteredEntry) => readonly string[];
  readonly violations: readonly Violation[];
}

/**
 * Proves of the egress gateway that each name it takes asks for an identity, is open to the tenant that registered the host
 * and to nobody else, and leads to that host; and of each entry of a tenant with sidecars that it leads to the gateway.
 */
export function proveGateway(
  world: World,
  objects: readonly Manifest[],
  entries: readonly RegisteredEntry[],
): GatewayProof {
  const ways = readEgressWays(world, objects);
  const asked = entries.map((entry) => ({ entry, asks: asksOf(entry, objects) }));
  const known = new Set(asked.flatMap(({ entry, asks }) => asks.map(({ name }) => `${entry.tenant} ${name}`)));
  const waysOf = (entry: RegisteredEntry) =>
    asksOf(entry, objects).flatMap(({ name }) => ways.filter((way) => way.name === name));
  return {
    sources: (entry) => sourcesOf(waysOf(entry).flatMap(({ judges }) => judges.flat())),
    violations: [
      ...ways.flatMap((way) => wayViolations(world, way, known)),
      ...asked.flatMap(({ entry, asks }) => entryViolations(world, entry, asks, ways)),
    ],
  };
}

/** A port of a host and the name that the tenant's sidecars ask the gateway for; empty where they say none. */
interface Asked {
  readonly port: number;
  readonly name: string;
}

function asksOf({ object, namespace }: RegisteredEntry, objects: readonly Manifest[]): readonly Asked[] {
  const hosts = listAt(object, 'spec', 'hosts');
  const rules = istioObjects(objects, 'DestinationRule', namespace.name).filter((rule) =>
    hosts.includes(stringAt(rule, 'spec', 'host')),
  );
  return listAt(object, 'spec', 'ports').map((one) => {
    const port = numberAt(one, 'number') ?? 0;
    const settings = rules.flatMap((rule) => listAt(rule, 'spec', 'trafficPolicy', 'portLevelSettings'));
    const tls = settings
      .filter((each) => numberAt(each, 'port', 'number') === port)
      .map((each) => recordAt(each, 'tls'));
    const [first, ...more] = tls.filter(({ mode }) => mode === 'ISTIO_MUTUAL');
    // Of two rules either may count.
    return { port, name: more.length > 0 ? '' : (stringAt(first, 'sni') ?? '') };
  });
}

function mayAsk(
  world: World,
  { judges }: EgressWay,
  caller: Caller,
  grantsOf: ReadonlySet<Manifest> = new Set(),
): boolean {
  const cut = { grantsOf, objects: new Set<Manifest>() };
  return judges.some((policies) => hasPort(authorizedPorts(policies, caller, world.plan, cut), EGRESS.port));
}

function wayViolations(world: World, way: EgressWay, known: ReadonlySet<string>): readonly Violation[] {
  const { name, tenant = 'nobody', gateway, identified, targets } = way;
  const wrong = (code: Violation['code'], to: string, what: string) =>
    extended(violation(code, gateway, tenant, to, what), way.route);
  return [
    ...(identified ? [] : [wrong('PRV036', name, `takes calls for ${name} without asking who calls`)]),
    ...(name.includes('*') ? [wrong('PRV031', name, `opens the wildcard ${name}`)] : []),
    ...(known.has(`${tenant} ${name}`)
      ? []
      : [wrong('PRV037', name, `takes calls for ${name}, which no host of ${tenant} leads to`)]),
    ...insideViolations(
      world,
      gateway,
      tenant,
      targets.map(({ host }) => host),
    ).map((one) => extended(one, way.route)),
    ...strangersTo(world, tenant, (caller) => mayAsk(world, way, caller)).map((stranger) => ({
      ...wrong('PRV034', stranger, `takes calls for ${name} from ${stranger}`),
      openedBy: openersFor(world, way, stranger),
    })),
  ];
}

/** A minimal set of policies that let a stranger in; where none does, the want of one that refuses. */
function openersFor(world: World, way: EgressWay, stranger: string): readonly Opener[] {
  const caller: Caller = stranger === FUTURE_TENANT ? { kind: 'future' } : { kind: 'namespace', name: stranger };
  const silenced = new Set<Manifest>();
  const needed = way.judges.flat().filter(({ object }) => {
    if (silenced.has(object)) return false;
    silenced.add(object);
    if (mayAsk(world, way, caller, silenced)) return false;
    silenced.delete(object);
    return true;
  });
  const granting = openersOf(needed);
  return granting.length > 0 ? granting : [absence()];
}

function absence(): Opener {
  const label = `AuthorizationPolicy ${EGRESS.namespace}/egress-default-deny`;
  return { role: 'absent', label, says: `no ${label}, nor any other, to refuse it` };
}

function entryViolations(
  world: World,
  { object, namespace, tenant }: RegisteredEntry,
  asks: readonly Asked[],
  ways: readonly EgressWay[],
): readonly Violation[] {
  const wrong = (code: Violation['code'], to: string, what: string) => violation(code, object, tenant, to, what);
  const addresses = listAt(object, 'spec', 'endpoints').map((one) => stringAt(one, 'address'));
  const past = addresses.length === 0 || addresses.some((address) => address !== EGRESS.host);
  const hosts = listAt(object, 'spec', 'hosts').map(String);
  const around = past ? [wrong('PRV038', hosts.join(', '), 'leads past the egress gateway')] : [];
  const ports = asks.flatMap(({ port, name }): readonly Violation[] => {
    if (name === '') return [wrong('PRV038', hosts.join(', '), `does not say who calls on TCP ${port}`)];
    const own = ways.filter((way) => way.name === name);
    const nobodys = own.filter((way) => !mayAsk(world, way, { kind: 'namespace', name: namespace.name }));
    const strays = own.flatMap((way) => way.targets.filter((to) => !hosts.includes(to.host) || to.port !== port));
    return [
      ...(own.some(({ targets }) => targets.length > 0)
        ? []
        : [wrong('PRV039', name, `asks for ${name}, which the egress gateway does not forward`)]),
      ...nobodys.map(() => wrong('PRV033', namespace.name, `asks for ${name}, which ${namespace.name} may not`)),
      ...strays.map(({ host, port: at }) =>
        extended(
          wrong('PRV039', host, `leads to ${host}:${at} on TCP ${port}`),
          own.flatMap(({ route }) => route),
        ),
      ),
    ];
  });
  return [...around, ...ports];
}

/** The violation with the other objects that take part in it. */
function extended(found: Violation, objects: readonly Manifest[]): Violation {
  const more = objects.map((object): Opener => {
    const label = objectLabel(object);
    return { role: 'grants', key: objectKey(object), label, says: `${label} forwards it` };
  });
  return { ...found, openedBy: [...found.openedBy, ...more] };
}
