import { isRecord, listAt, numberAt, recordAt, stringAt, valueAt } from '../../../constructs/core/json';
import { LABEL } from '../../../constructs/core/labels';
import type { Manifest } from '../../../constructs/core/manifest';
import { PLATFORM_NAMESPACE } from '../../../constructs/core/platform-service';
import { EDGE_PODS } from '../../../constructs/ingress/edge-facts';
import { isBelow } from '../../../constructs/ingress/exposure-spec';

/** Who may call what is published under a host and a path. */
export type Access =
  | { readonly who: 'nobody' }
  | { readonly who: 'token' }
  | { readonly who: 'anyone'; readonly because: string };

/** What the objects of the edge say together of published routes: no single object knows it. */
export interface Published {
  /** Every published route, under each of its hosts and paths. */
  readonly routes: readonly PublishedRoute[];
  readonly accessTo: (host: string, path: string) => Access;
  /** Requests a minute from one address, by the name of the route; undefined where nothing limits them. */
  readonly perAddress: (route: string) => number | undefined;
  /** What is counted over all proxies of the edge, by the name of the route: `120/min per caller`; empty where nothing is. */
  readonly overAll: (route: string) => string;
  /** Whether some tenant's route is published under the host. */
  readonly serves: (host: string) => boolean;
}

/** A published route under one host and one path. */
export interface PublishedRoute {
  readonly type: string;
  /** Tenant and exposure: `acme/chat`. */
  readonly what: string;
  readonly name: string;
  readonly host: string;
  readonly path: string;
  /** Where it leads, such as `web.acme-serve.svc.cluster.local:8443`. */
  readonly leads: readonly string[];
}

/** A route with the name of a type: `inference/acme/chat`. */
const ROUTE_NAME = /^(api|inference|console|upload)\/([a-z0-9-]+)\/([a-z0-9-]+)$/;

/** Reads the routes of tenants at the edge, who may call them, and how often. */
export function readPublished(objects: readonly Manifest[]): Published {
  const edge = objects.filter(({ metadata }) => metadata?.namespace === PLATFORM_NAMESPACE.ingress);
  const ofKind = (kind: string) => edge.filter((object) => object.kind === kind);
  const routes = ofKind('VirtualService').flatMap(routesOf);
  const rules = ofKind('AuthorizationPolicy').flatMap(rulesOf);
  const limits = new Map(ofKind('EnvoyFilter').flatMap(limitsOf));
  const overAll = new Map(ofKind('EnvoyFilter').flatMap(overAllOf));
  const hosts = new Set(routes.map(({ host }) => host));
  return {
    routes,
    accessTo: (host, path) => {
      const own = routes.filter((route) => route.host === host).map((route) => route.path);
      const deeper = own.filter((other) => other !== path && isBelow(other, path));
      return accessOf(rules.filter((rule) => concerns(rule, host, path, deeper)));
    },
    perAddress: (route) => limits.get(route),
    overAll: (route) => overAll.get(route) ?? '',
    serves: (host) => hosts.has(host),
  };
}

/** The typed routes of a VirtualService of a tenant; routes with other names are nobody's exposure. */
export function routesOf(object: Manifest): readonly PublishedRoute[] {
  if (stringAt(object, 'metadata', 'labels', LABEL.tenant) === undefined) return [];
  return listAt(object, 'spec', 'http').flatMap((entry) => {
    const name = stringAt(entry, 'name') ?? '';
    const [, type = '', tenant, exposure] = ROUTE_NAME.exec(name) ?? [];
    if (type === '') return [];
    const leads = listAt(entry, 'route').map(
      (one) =>
        `${stringAt(one, 'destination', 'host') ?? ''}:${String(valueAt(one, 'destination', 'port', 'number') ?? '')}`,
    );
    const route = { type, what: `${tenant}/${exposure}`, name, leads: leads.sort() };
    const hosts = listAt(object, 'spec', 'hosts').map(String);
    return hosts.flatMap((host) => pathsIn(entry).map((path) => ({ ...route, host, path })));
  });
}

/** Paths of a route, each once: a prefix that ends in a slash stands beside the same path as an exact one. */
function pathsIn(entry: unknown): readonly string[] {
  const found = listAt(entry, 'match').map((one) => {
    const prefix = stringAt(one, 'uri', 'prefix');
    if (prefix === undefined) return stringAt(one, 'uri', 'exact') ?? stringAt(one, 'uri', 'regex') ?? '/';
    return prefix === '/' ? '/' : prefix.replace(/\/$/, '');
  });
  return found.length === 0 ? ['/'] : [...new Set(found)];
}

interface Rule {
  readonly hosts: readonly string[];
  readonly paths: readonly string[];
  readonly notPaths: readonly string[];
  readonly token: boolean;
  readonly because: string;
}

function rulesOf(object: Manifest): readonly Rule[] {
  if ((stringAt(object, 'spec', 'action') ?? 'ALLOW') !== 'ALLOW') return [];
  const pods = recordAt(object, 'spec', 'selector', 'matchLabels');
  if (Object.keys(pods).length > 0 && pods.istio !== EDGE_PODS.istio) return [];
  const because = object.metadata.annotations?.['drun.io/exempt-because'] ?? 'no reason is given';
  return listAt(object, 'spec', 'rules').flatMap((rule) => {
    const from = listAt(rule, 'from');
    const token = from.length > 0 && from.every((one) => listAt(one, 'source', 'requestPrincipals').length > 0);
    const to = listAt(rule, 'to');
    return (to.length === 0 ? [{}] : to).map((one) => ({ ...lists(recordAt(one, 'operation')), token, because }));
  });
}

function lists(operation: unknown): Pick<Rule, 'hosts' | 'paths' | 'notPaths'> {
  const texts = (key: string) => listAt(operation, key).map(String);
  return { hosts: texts('hosts'), paths: texts('paths'), notPaths: texts('notPaths') };
}

/** Whether the rule lets in some request to the path or below it that no deeper route takes. */
function concerns({ hosts, paths, notPaths }: Rule, host: string, path: string, deeper: readonly string[]): boolean {
  const here = hosts.length === 0 || hosts.some((one) => fits(one, host));
  if (!here || notPaths.some((one) => fits(one, path))) return false;
  if (paths.length === 0 || paths.some((one) => fits(one, path))) return true;
  const inside = paths.map((one) => one.replace(/\/?\*$/, '')).filter((one) => isBelow(one, path));
  return inside.some((one) => !deeper.some((other) => isBelow(one, other)));
}

function fits(pattern: string, text: string): boolean {
  if (pattern.startsWith('*')) return text.endsWith(pattern.slice(1));
  return pattern.endsWith('*') ? text.startsWith(pattern.slice(0, -1)) : pattern === text;
}

function accessOf(rules: readonly Rule[]): Access {
  const open = rules.find(({ token }) => !token);
  if (open !== undefined) return { who: 'anyone', because: open.because };
  return { who: rules.length === 0 ? 'nobody' : 'token' };
}

/** Requests a minute that each wildcard bucket of a route's local limit lets through. */
function limitsOf(object: Manifest): readonly (readonly [string, number])[] {
  return listAt(object, 'spec', 'configPatches').flatMap((patch) => {
    const route = stringAt(patch, 'match', 'routeConfiguration', 'vhost', 'route', 'name');
    const filter = valueAt(patch, 'patch', 'value', 'typed_per_filter_config', 'envoy.filters.http.local_ratelimit');
    const rates = listAt(filter, 'descriptors').flatMap((one) => perMinute(valueAt(one, 'token_bucket')) ?? []);
    return route === undefined || rates.length === 0 ? [] : [[route, Math.min(...rates)] as const];
  });
}

function perMinute(bucket: unknown): number | undefined {
  if (!isRecord(bucket)) return undefined;
  const tokens = numberAt(bucket, 'tokens_per_fill') ?? 1;
  const seconds = /^(\d+(?:\.\d+)?)s$/.exec(stringAt(bucket, 'fill_interval') ?? '')?.[1];
  return seconds === undefined || Number(seconds) === 0 ? undefined : Math.round((tokens * 60) / Number(seconds));
}

/** What each count over all proxies is kept for, as people say it. */
const COUNTED_PER: Readonly<Record<string, string>> = {
  per_address: ' per address',
  per_key: ' per caller',
  per_route: '',
  per_tenant: ' for the tenant',
};

/** Counts that a route has the rate limit service make, in words. */
function overAllOf(object: Manifest): readonly (readonly [string, string])[] {
  return listAt(object, 'spec', 'configPatches').flatMap((patch) => {
    const route = stringAt(patch, 'match', 'routeConfiguration', 'vhost', 'route', 'name');
    const counts = listAt(patch, 'patch', 'value', 'route', 'rate_limits').map((one) => {
      const { descriptor_key: key, descriptor_value: step } = recordAt(listAt(one, 'actions')[0], 'generic_key');
      return `${String(step)}/min${COUNTED_PER[String(key)] ?? ` by ${String(key)}`}`;
    });
    return route === undefined || counts.length === 0 ? [] : [[route, counts.join(', ')] as const];
  });
}
