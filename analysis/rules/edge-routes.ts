import { isList, isRecord, listAt, recordAt, stringAt, valueAt } from '../../constructs/core/json';
import { LABEL } from '../../constructs/core/labels';
import { PLATFORM_NAMESPACE } from '../../constructs/core/platform-service';
import { type Finding, NOT_APPLICABLE, type ObjectRule, outcomeOf, type Subject } from '../../constructs/core/rule';
import { wrong } from './edge-gateways';

const KIND = 'VirtualService.networking.istio.io';

/** Whether a route is one of the edge: bound to gateways, and not to the mesh alone. */
function isBound({ object }: Subject): boolean {
  return listAt(object, 'spec', 'gateways').some((gateway) => gateway !== 'mesh');
}

/** A rule over each route of HTTP that a gateway takes. */
function overRoutes(
  text: Omit<ObjectRule, 'kinds' | 'check'>,
  find: (route: Readonly<Record<string, unknown>>, at: string, subject: Subject) => readonly Finding[],
): ObjectRule {
  return {
    ...text,
    kinds: [KIND],
    check: (subject) => {
      const routes = listAt(subject.object, 'spec', 'http');
      if (!isBound(subject) || routes.length === 0) return NOT_APPLICABLE;
      return outcomeOf(routes.flatMap((route, i) => (isRecord(route) ? find(route, `spec.http[${i}]`, subject) : [])));
    },
  };
}

/** A route of the edge is the edge's alone. */
export const edgeRouteScope: ObjectRule = {
  id: 'DRN305',
  title: 'a route of a gateway is for that gateway alone, and seen by nobody else',
  why: 'bound to mesh as well, or exported to everybody, it redirects what other tenants call by that name',
  remedy: 'write exportTo: ["."] and leave mesh out of gateways',
  control: 'NET-1',
  kinds: [KIND],
  check: (subject) => {
    if (!isBound(subject)) return NOT_APPLICABLE;
    const gateways = listAt(subject.object, 'spec', 'gateways');
    const exported = valueAt(subject.object, 'spec', 'exportTo');
    const own = isList(exported) && exported.length === 1 && exported[0] !== '*';
    return outcomeOf([
      ...(gateways.includes('mesh') ? [wrong('spec.gateways', 'mesh', 'gateways only')] : []),
      ...(own ? [] : [wrong('spec.exportTo', exported, '["."]')]),
    ]);
  },
};

const NAME = /^(?:api|inference|console|upload)\/([a-z0-9-]+)\/[a-z0-9-]+$/;

/** The firewall goes by the name of the route. */
export const edgeRouteType = overRoutes(
  {
    id: 'DRN306',
    title: 'a route at the edge is named by its type, its tenant and its exposure',
    why: 'the firewall chooses body limits and rules by the name; an unnamed route is inspected as whatever is strictest, and breaks',
    remedy: 'name it api/acme/shop: api, inference, console or upload, then its own tenant, then the exposure',
    control: 'NET-2',
  },
  (route, at, { tenant }) => {
    const owner = typeof route.name === 'string' ? NAME.exec(route.name)?.[1] : undefined;
    if (owner !== undefined && (tenant === undefined || owner === tenant)) return [];
    return [wrong(`${at}.name`, route.name, tenant === undefined ? 'type/tenant/exposure' : `type/${tenant}/exposure`)];
  },
);

/** Nothing waits for ever. */
export const edgeRouteTimeout = overRoutes(
  {
    id: 'DRN307',
    title: 'a route at the edge has an end in time, and repeats no request that may have arrived',
    why: 'a request without an end holds a connection as long as its caller likes, and a payment that is sent twice is paid twice',
    remedy: 'write timeout, and retryOn with connect-failure, refused-stream and reset-before-request at most',
    control: 'NET-3',
  },
  (route, at) => {
    const { timeout } = route;
    const ends = typeof timeout === 'string' && /^[1-9]\d*(\.\d+)?(ms|s|m|h)$/.test(timeout);
    const unsafe = (stringAt(route, 'retries', 'retryOn') ?? '')
      .split(',')
      .filter((on) => on !== '' && !SAFE.includes(on.trim()));
    const implied =
      recordAt(route, 'retries').attempts === undefined ||
      (unsafe.length === 0 &&
        recordAt(route, 'retries').retryOn === undefined &&
        recordAt(route, 'retries').attempts !== 0);
    return [
      ...(ends ? [] : [wrong(`${at}.timeout`, timeout, 'a time such as 30s')]),
      ...(unsafe.length === 0 ? [] : [wrong(`${at}.retries.retryOn`, unsafe.join(), SAFE.join())]),
      // Istio's own default repeats twice, also where an answer said that the service is overloaded.
      ...(implied ? [wrong(`${at}.retries`, route.retries, 'attempts: 0, or retryOn that is safe')] : []),
    ];
  },
);

const SAFE = ['connect-failure', 'refused-stream', 'reset-before-request'];
const TRICKS = ['mirror', 'mirrors', 'delegate', 'fault', 'redirect', 'directResponse'];

/** A published route leads to the service and nowhere else. */
export const edgeRouteTarget = overRoutes(
  {
    id: 'DRN308',
    title: 'a route at the edge leads to a service, and copies, delegates or answers nothing',
    why: 'a mirror copies every request with its tokens, a delegate lets others write the route, and an injected fault is an outage',
    remedy: 'remove the field, and name the service by its full name',
    control: 'NET-1',
  },
  (route, at) => [
    ...TRICKS.filter((key) => route[key] !== undefined).map((key) =>
      wrong(`${at}.${key}`, route[key], 'no such field'),
    ),
    ...listAt(route, 'route').flatMap((one, i) => {
      const host = valueAt(one, 'destination', 'host');
      if (typeof host === 'string' && host.endsWith('.svc.cluster.local')) return [];
      return [wrong(`${at}.route[${i}].destination.host`, host, 'a full name that ends in .svc.cluster.local')];
    }),
  ],
);

/** Another site may not act for whoever is signed on. */
export const edgeCors = overRoutes(
  {
    id: 'DRN309',
    title: 'no route at the edge lets every site call it with its visitors’ credentials',
    why: 'any page that a person opens could then read and change what is theirs',
    remedy: 'list the origins exactly, or leave allowCredentials out',
    control: 'NET-2',
  },
  (route, at) => {
    const cors = recordAt(route, 'corsPolicy');
    const origins = [...listAt(cors, 'allowOrigins'), ...listAt(cors, 'allowOrigin')];
    const open = origins.some((origin) => origin === '*' || isAnything(origin));
    return open && cors.allowCredentials === true ? [wrong(`${at}.corsPolicy.allowOrigins`, '*', 'exact origins')] : [];
  },
);

function isAnything(origin: unknown): boolean {
  const { exact, prefix, regex } = recordAt(origin);
  return (
    exact === '*' ||
    prefix === '' ||
    prefix === 'http' ||
    prefix === 'https://' ||
    (typeof regex === 'string' && /^\^?\.[*+]\$?$/.test(regex))
  );
}

/** Objects of tenants in the edge's namespace lead to their own namespaces. */
export const edgeOwnService: ObjectRule = {
  id: 'DRN310',
  title: 'what a tenant publishes is a service of its own',
  why: 'a route of one tenant to a service of another one publishes what its owner never did',
  remedy: 'name a service in a namespace of the tenant',
  control: 'NET-4',
  kinds: [KIND, 'DestinationRule.networking.istio.io'],
  check: ({ object, kind, namespace, tenant }) => {
    if (namespace !== PLATFORM_NAMESPACE.ingress || tenant === undefined) return NOT_APPLICABLE;
    const hosts =
      kind === 'DestinationRule' ? [['spec.host', valueAt(object, 'spec', 'host')] as const] : destinations(object);
    return outcomeOf(
      hosts.flatMap(([field, host]) => {
        const place = typeof host === 'string' ? host.split('.')[1] : undefined;
        return place?.startsWith(`${tenant}-`) === true
          ? []
          : [wrong(field, host, `a service of ${LABEL.tenant} ${tenant}`)];
      }),
    );
  },
};

function destinations(object: unknown): readonly (readonly [string, unknown])[] {
  return listAt(object, 'spec', 'http').flatMap((route, i) =>
    listAt(route, 'route').map(
      (one, j) => [`spec.http[${i}].route[${j}].destination.host`, valueAt(one, 'destination', 'host')] as const,
    ),
  );
}
