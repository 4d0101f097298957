import { listAt, recordAt, stringAt, valueAt } from '../../../../constructs/core/json';
import type { Manifest } from '../../../../constructs/core/manifest';
import { type Cluster, texts } from '../cluster';
import { type Fact, plainShift, type Shift } from '../fact';
import { type Access, type Published, type PublishedRoute, routesOf } from '../published';
import { egressRouteFacts } from './egress';
import { routeFacts } from './workload';

/** What a tenant publishes: under which address, for whom, how much of it, and where it leads. */
export function virtualServiceFacts(object: Manifest, { published, who }: Cluster): readonly Fact[] {
  const routes = routesOf(object);
  if (routes.length === 0)
    return egressRouteFacts(object, who(stringAt(object, 'metadata', 'namespace') ?? '')) ?? routeFacts(object);
  return routes.flatMap((route) => [
    publishedFact(route, published),
    accessFact(route, published.accessTo(route.host, route.path)),
    limitFact(route, published.perAddress(route.name)),
    overAllFact(route, published.overAll(route.name)),
    silent(`${idOf(route)} leads`, route.leads.join(', '), `where ${nounOf(route)} leads`),
  ]);
}

/** Objects beside a published route that make it work say what the route says, so that each of them is named with it. */
export function besideRoute(published: Published, belongs: (route: PublishedRoute) => boolean): readonly Fact[] {
  return published.routes.filter(belongs).map((route) => publishedFact(route, published));
}

/** The certificate of a published host. */
export function certificateFacts(object: Manifest, { published }: Cluster): readonly Fact[] {
  const names = texts(object, 'spec', 'dnsNames');
  const issuer = stringAt(object, 'spec', 'issuerRef', 'name') ?? 'no issuer';
  return [
    ...besideRoute(published, ({ host }) => names.includes(host)),
    ...names.map((name) => silent(`certificate ${name}`, issuer, `the issuer of the certificate for ${name}`)),
  ];
}

/** The limits of a published route. */
export function envoyFilterFacts(object: Manifest, { published }: Cluster): readonly Fact[] {
  const named = listAt(object, 'spec', 'configPatches').map((patch) =>
    stringAt(patch, 'match', 'routeConfiguration', 'vhost', 'route', 'name'),
  );
  return besideRoute(published, ({ name }) => named.includes(name));
}

/** How the edge calls a published service. */
export function towardsServiceFacts(object: Manifest, { published }: Cluster): readonly Fact[] {
  const host = stringAt(object, 'spec', 'host') ?? '';
  const mode = stringAt(object, 'spec', 'trafficPolicy', 'tls', 'mode') ?? 'none';
  return [
    ...besideRoute(published, ({ leads }) => leads.some((one) => one.startsWith(`${host}:`))),
    silent(`tls to ${stringAt(object, 'metadata', 'namespace') ?? ''} ${host}`, mode, `TLS towards ${host}`),
  ];
}

function idOf({ what, host, path }: PublishedRoute): string {
  return `published ${what} ${host}${path}`;
}

function nounOf({ what, host, path }: PublishedRoute): string {
  return `${what} at https://${host}${path === '/' ? '' : path}`;
}

function publishedFact(route: PublishedRoute, published: Published): Fact {
  const access = accessText(published.accessTo(route.host, route.path));
  const limit = limitText(published.perAddress(route.name), published.overAll(route.name));
  return {
    id: idOf(route),
    having: 'widens',
    gained: `publishes ${nounOf(route)} (${route.type}, ${access}, ${limit})`,
    lost: `stops publishing ${nounOf(route)}`,
    value: route.type,
    changed: plainShift(`the type of ${nounOf(route)}`),
  };
}

function accessText(access: Access): string {
  if (access.who === 'anyone') return 'no identity required';
  return access.who === 'token' ? 'identity required' : 'nobody may call it';
}

function limitText(limit: number | undefined, overAll: string): string {
  const local = limit === undefined ? 'no limit per address' : `${limit}/min per address`;
  return overAll === '' ? local : `${local} at each proxy; over all proxies ${overAll}`;
}

function accessFact(route: PublishedRoute, access: Access): Fact {
  const noun = nounOf(route);
  const because = access.who === 'anyone' ? access.because : 'no reason is given';
  const opened = `opens ${noun} without identity because ${because}`;
  return {
    id: `${idOf(route)} access`,
    having: access.who === 'anyone' ? 'widens' : 'changes',
    gained: access.who === 'anyone' ? opened : '',
    lost: '',
    value: access.who,
    changed: (before: string, after: string): Shift => {
      if (after === 'anyone') return { direction: 'widens', sentence: opened };
      if (after === 'nobody') return { direction: 'narrows', sentence: `lets nobody call ${noun}` };
      const direction = before === 'anyone' ? 'narrows' : 'widens';
      return { direction, sentence: `lets callers with an identity call ${noun}` };
    },
  };
}

function limitFact(route: PublishedRoute, limit: number | undefined): Fact {
  const noun = nounOf(route);
  return {
    id: `${idOf(route)} limit`,
    having: 'changes',
    gained: '',
    lost: '',
    value: limit === undefined ? 'none' : String(limit),
    changed: (before, after) => {
      if (after === 'none')
        return { direction: 'widens', sentence: `lifts the limit per address of ${noun} (was ${before}/min)` };
      if (before === 'none') return { direction: 'narrows', sentence: `limits ${noun} to ${after}/min per address` };
      const raised = Number(after) > Number(before);
      const sentence = `${raised ? 'raises' : 'lowers'} the limit of ${noun} ${before}/min -> ${after}/min per address`;
      return { direction: raised ? 'widens' : 'narrows', sentence };
    },
  };
}

/** Counts over all proxies; with other numbers, or for others, neither wider nor narrower can be said in one word. */
function overAllFact(route: PublishedRoute, overAll: string): Fact {
  const noun = nounOf(route);
  return {
    id: `${idOf(route)} over all proxies`,
    having: 'changes',
    gained: '',
    lost: '',
    value: overAll,
    changed: (before, after) => {
      if (after === '')
        return { direction: 'widens', sentence: `no longer counts ${noun} over all proxies (was ${before})` };
      if (before === '') return { direction: 'narrows', sentence: `counts ${noun} over all proxies: ${after}` };
      const sentence = `counts ${noun} over all proxies otherwise: ${before} -> ${after}`;
      return { direction: isNarrower(before, after) ? 'narrows' : 'widens', sentence };
    },
  };
}

/** Whether each count is still there, and none is larger. */
function isNarrower(before: string, after: string): boolean {
  const now = countsIn(after);
  return [...countsIn(before)].every(([per, most]) => (now.get(per) ?? Number.POSITIVE_INFINITY) <= most);
}

function countsIn(text: string): ReadonlyMap<string, number> {
  return new Map(text.split(', ').map((one) => [one.replace(/^\d+/, ''), Number.parseInt(one, 10)]));
}

/** Rungs from the strictest to the loosest; Istio's own lowest version is 1.2. */
const VERSIONS = ['TLSV1_3', 'TLSV1_2', 'TLS_AUTO', 'TLSV1_1', 'TLSV1_0'];

/** How a server of the edge is spoken to: the lowest version of TLS, and whether callers show a certificate. */
export function serverFacts(object: Manifest): readonly Fact[] {
  return listAt(object, 'spec', 'servers').flatMap((server) =>
    texts(server, 'hosts').flatMap((host) => {
      const name = host.slice(host.indexOf('/') + 1);
      const version = stringAt(server, 'tls', 'minProtocolVersion') ?? 'TLS_AUTO';
      const mode = stringAt(server, 'tls', 'mode') ?? 'no TLS';
      return [versionFact(name, version), modeFact(name, mode)];
    }),
  );
}

function versionFact(host: string, version: string): Fact {
  const rung = (value: string) => (VERSIONS.includes(value) ? VERSIONS.indexOf(value) : VERSIONS.length);
  return {
    id: `tls version ${host}`,
    having: 'changes',
    gained: '',
    lost: '',
    value: version,
    changed: (before, after) => {
      const direction = rung(after) > rung(before) ? 'widens' : 'narrows';
      return { direction, sentence: `changes the lowest version of TLS at ${host} ${before} -> ${after}` };
    },
  };
}

function modeFact(host: string, mode: string): Fact {
  return {
    id: `tls mode ${host}`,
    having: 'changes',
    gained: '',
    lost: '',
    value: mode,
    changed: (before, after) => {
      if (after === 'MUTUAL')
        return { direction: 'narrows', sentence: `asks callers of ${host} for a client certificate` };
      const sentence =
        before === 'MUTUAL'
          ? `asks callers of ${host} for no client certificate`
          : `changes TLS at ${host} ${before} -> ${after}`;
      return {
        direction: before === 'MUTUAL' || after === 'PASSTHROUGH' || after === 'no TLS' ? 'widens' : 'changes',
        sentence,
      };
    },
  };
}

/** Rules of the firewall that do not apply to a route; other ConfigMaps say nothing of what is possible. */
export function configMapFacts(object: Manifest): readonly Fact[] {
  if (stringAt(object, 'metadata', 'labels', 'drun.io/waf-routes') !== 'true') return [];
  return Object.values(recordAt(object, 'data')).flatMap((text) =>
    exclusionsIn(text).map(([route, one]): Fact => {
      const target = stringAt(one, 'target');
      const because = stringAt(one, 'reason') ?? 'no reason is given';
      return {
        id: `waf ${route} ${String(valueAt(one, 'rule'))} ${target ?? ''}`,
        having: 'widens',
        gained: `lets firewall rule {} pass on ${route}${target === undefined ? '' : ` in ${target}`} because ${because}`,
        lost: `applies firewall rule {} to ${route} again`,
        item: String(valueAt(one, 'rule')),
      };
    }),
  );
}

function exclusionsIn(text: unknown): readonly (readonly [string, unknown])[] {
  return Object.entries(recordAt(parsed(text), 'routes')).flatMap(([route, settings]) =>
    listAt(settings, 'exclusions').map((one) => [route, one] as const),
  );
}

function parsed(text: unknown): unknown {
  try {
    return JSON.parse(String(text));
  } catch {
    return undefined;
  }
}

function silent(id: string, value: string, noun: string): Fact {
  return { id, having: 'changes', gained: '', lost: '', value, changed: plainShift(noun) };
}
