import { EXEMPTION_ANNOTATION } from '../../constructs/core/exemption';
import { isList, isRecord, listAt, recordAt, stringAt, valueAt } from '../../constructs/core/json';
import {
  type Claim,
  type ClusterRule,
  claimBy,
  type Finding,
  NOT_APPLICABLE,
  type ObjectRule,
  outcomeOf,
  type Subject,
} from '../../constructs/core/rule';
import { flatMapClaims, keysOf } from './claims';
import { configs, FILTER, isAlways } from './edge-filters';
import { wrong } from './edge-gateways';

const WANTS = 'wants';
const HAS = 'has';

/** What asks the rate limit service; limits that a proxy counts for itself have another type. */
const GLOBAL = 'http.ratelimit.v3.RateLimit';

/** What cannot be counted is refused, or somebody says why not. */
export const countsClosed: ObjectRule = {
  id: 'DRN321',
  title: 'a request that cannot be counted over all proxies is refused, or somebody says why not',
  why: 'by default Envoy lets it pass: whoever overloads what counts has lifted every limit of callers and tenants',
  remedy:
    'write failure_mode_deny: true with a timeout of at most a second, or the annotations drun.io/exempt-because, -owner and -until',
  control: 'NET-3',
  kinds: [FILTER],
  check: (subject) => {
    const all = configs(subject, GLOBAL);
    const excepted = Object.values(EXEMPTION_ANNOTATION).every((key) => (subject.annotations[key] ?? '') !== '');
    return all.length === 0 ? NOT_APPLICABLE : outcomeOf(all.flatMap((config) => opened(config, excepted)));
  },
};

function opened({ at, value }: ReturnType<typeof configs>[number], excepted: boolean): readonly Finding[] {
  const { failure_mode_deny: deny, timeout = '0.02s' } = value;
  const partly = ['filter_enabled', 'filter_enforced'].filter(
    (key) => value[key] !== undefined && !isAlways(value[key]),
  );
  const seconds = /^(\d*\.?\d+)s$/.exec(String(timeout))?.[1];
  return [
    ...(deny === true || excepted ? [] : [wrong(`${at}.failure_mode_deny`, deny, 'true')]),
    ...(value.failure_mode_deny_percent === undefined || excepted
      ? []
      : [wrong(`${at}.failure_mode_deny_percent`, value.failure_mode_deny_percent, 'nothing: failure_mode_deny')]),
    ...partly.map((key) => wrong(`${at}.${key}`, value[key], '100 of HUNDRED')),
    ...(seconds !== undefined && Number(seconds) > 0 && Number(seconds) <= 1
      ? []
      : [wrong(`${at}.timeout`, timeout, 'at most 1s')]),
  ];
}

/** Names of Envoy's filters that write what callers say into metadata, where it looks like something verified. */
const SAID_BY_CALLERS = ['header_to_metadata', 'json_to_metadata', 'set_metadata', 'thrift_to_metadata'];

/** Whoever chooses what he is counted by is not counted. */
export const countedByFacts: ObjectRule = {
  id: 'DRN322',
  title: 'requests are counted by nothing that callers choose',
  why: 'a caller who writes another value into a header with every request never reaches any limit, and can use up another one’s',
  remedy:
    'count by masked_remote_address with at most 64 bits of version 6, by a claim of a verified token with a default_value, or by fixed words',
  control: 'NET-3',
  kinds: [FILTER],
  check: (subject) => {
    const all = actionsIn(subject);
    return all.length === 0 ? NOT_APPLICABLE : outcomeOf(all.flatMap(({ at, action }) => chosen(action, at)));
  },
};

interface Action {
  readonly at: string;
  readonly action: unknown;
}

/** Every action of every rate limit in the object, wherever a route, a host or a filter has them. */
function actionsIn({ object }: Subject): readonly Action[] {
  return rateLimitsIn(object).flatMap(({ at, limit }) =>
    listAt(limit, 'actions').map((action, i) => ({ at: `${at}.actions[${i}]`, action })),
  );
}

function rateLimitsIn(object: unknown): readonly { readonly at: string; readonly limit: unknown }[] {
  const found: { at: string; limit: unknown }[] = [];
  const visit = (value: unknown, at: string): void => {
    if (isList(value)) for (const [i, item] of value.entries()) visit(item, `${at}[${i}]`);
    if (!isRecord(value)) return;
    for (const [i, limit] of listAt(value, 'rate_limits').entries())
      found.push({ at: `${at}.rate_limits[${i}]`, limit });
    for (const [key, item] of Object.entries(value)) visit(item, `${at}.${key}`);
  };
  visit(valueAt(object, 'spec', 'configPatches'), 'spec.configPatches');
  return found;
}

function chosen(action: unknown, at: string): readonly Finding[] {
  const said = ['request_headers', 'query_parameters'].filter((key) => valueAt(action, key) !== undefined);
  const source = stringAt(action, 'metadata', 'metadata_key', 'key') ?? stringAt(action, 'dynamic_metadata', 'key');
  const written = source !== undefined && SAID_BY_CALLERS.some((name) => source.endsWith(name));
  const claim = valueAt(action, 'metadata');
  const missing = claim !== undefined && (stringAt(claim, 'default_value') ?? '') === '';
  const { v6_prefix_mask_len: bits = 128 } = recordAt(action, 'masked_remote_address');
  const whole = valueAt(action, 'remote_address') !== undefined;
  const masked = valueAt(action, 'masked_remote_address') !== undefined;
  return [
    ...said.map((key) => wrong(`${at}.${key}`, 'what callers write', 'an address, a verified claim or a fixed word')),
    ...(written ? [wrong(`${at}.metadata.metadata_key.key`, source, 'envoy.filters.http.jwt_authn')] : []),
    ...(missing ? [wrong(`${at}.metadata.default_value`, undefined, 'a word for callers without it')] : []),
    ...(whole ? [wrong(`${at}.remote_address`, 'each address of version 6 by itself', 'masked_remote_address')] : []),
    ...(masked && Number(bits) > 64
      ? [wrong(`${at}.masked_remote_address.v6_prefix_mask_len`, bits, 'at most 64')]
      : []),
  ];
}

/** A count needs who counts. */
export const countsSomewhere: ClusterRule = {
  id: 'DRN349',
  title: 'what is counted over all proxies has who counts it',
  why: 'limits of routes do nothing in proxies that have no filter for them, and a filter whose service is not there counts nothing',
  remedy: 'add the EnvoyFilter with envoy.filters.http.ratelimit for the same proxies, and the Service that it names',
  control: 'NET-3',
  kinds: [FILTER, 'Service.core'],
  claims: (subject) => {
    const { kind, object, name = '', namespace = '' } = subject;
    if (kind === 'Service')
      return listAt(object, 'spec', 'ports').map((port) =>
        has(`Service ${name}.${namespace} port ${String(valueAt(port, 'port'))}`),
      );
    const labels = Object.entries(recordAt(object, 'spec', 'workloadSelector', 'labels')).sort();
    const proxies = `a filter for proxies ${namespace} ${labels.map(([key, value]) => `${key}=${String(value)}`).join()}`;
    const routes = routeLimits(object).map(({ at }) => claimBy(subject, proxies, at, WANTS));
    return [
      ...routes,
      ...configs(subject, GLOBAL).flatMap(({ at, value }) => [
        has(proxies),
        ...service(value).map((key) => claimBy(subject, key, `${at}.rate_limit_service`, WANTS)),
      ]),
    ];
  },
  judge: (claims) => missing(claims, keysOf(claims, HAS)),
};

/** Limits of routes that a filter for all proxies counts: those in local filters are the filters' own. */
function routeLimits(object: unknown): readonly { readonly at: string; readonly limit: unknown }[] {
  return rateLimitsIn(object).filter(({ at }) => /\.value\.(route\.)?rate_limits\[\d+\]$/.test(at));
}

/** The Service behind the name that Istio gives to a cluster; of other names nothing is known. */
function service(filter: unknown): readonly string[] {
  const cluster = stringAt(filter, 'rate_limit_service', 'grpc_service', 'envoy_grpc', 'cluster_name');
  if (cluster === undefined) return ['a rate_limit_service'];
  const [, port, name, namespace] = /^outbound\|(\d+)\|[^|]*\|([^.]+)\.([^.]+)\.svc\./.exec(cluster) ?? [];
  return name === undefined ? [] : [`Service ${name}.${namespace} port ${port}`];
}

/** Who counts knows what is asked of it. */
export const countsKnown: ClusterRule = {
  id: 'DRN351',
  title: 'who counts over all proxies knows each domain and each step that it is asked for',
  why: 'the rate limit service lets pass, without a word, what its configuration has no limit for',
  remedy: 'correct the domain or the step, or add it to the ConfigMap of the rate limit service',
  control: 'NET-3',
  kinds: [FILTER, 'ConfigMap.core'],
  claims: (subject) => {
    const { kind, object } = subject;
    if (kind === 'ConfigMap') return Object.values(recordAt(object, 'data')).flatMap(known);
    return [
      ...configs(subject, GLOBAL).map(({ at, value }) =>
        claimBy(subject, `domain ${String(value.domain)}`, `${at}.domain`, WANTS),
      ),
      ...routeLimits(object).flatMap(({ at, limit }) => {
        const [first] = listAt(limit, 'actions');
        const { descriptor_key: key, descriptor_value: value } = recordAt(first, 'generic_key');
        if (value === undefined) return [];
        return [claimBy(subject, `step ${String(key ?? 'generic_key')} ${String(value)}`, `${at}.actions[0]`, WANTS)];
      }),
    ];
  },
  judge: (claims) => missing(claims, keysOf(claims, HAS)),
};

function has(key: string): Claim {
  return { key, owner: '', object: '', field: '', value: HAS };
}

function missing(claims: Iterable<Claim>, there: ReadonlySet<string>) {
  return flatMapClaims(claims, ({ key, object, field, value }) =>
    value === HAS || there.has(key) ? [] : [{ object, field, given: 'what nobody knows', expected: key }],
  );
}

/** Domain and steps of a configuration of the rate limit service; none of any other text. */
function known(text: unknown): readonly Claim[] {
  if (typeof text !== 'string' || !/\bdomain\b/.test(text) || !/\bdescriptors\b/.test(text)) return [];
  const read = json(text);
  if (read === undefined) return knownLines(text);
  const domain = stringAt(read, 'domain');
  if (domain === undefined) return [];
  const steps = listAt(read, 'descriptors').filter(limits);
  return [
    has(`domain ${domain}`),
    ...steps.map((step) => has(`step ${stringAt(step, 'key') ?? ''} ${String(valueAt(step, 'value') ?? '')}`)),
  ];
}

/** The same of a text as people write it, line by line: whether a limit stands below a step is not seen there. */
function knownLines(text: string): readonly Claim[] {
  const domain = /^domain:[ \t]*["']?([\w.-]+)["']?[ \t]*$/m.exec(text)?.[1];
  if (domain === undefined) return [];
  const steps = text.matchAll(
    /^[ \t]*-[ \t]+key:[ \t]*["']?([\w.-]+)["']?[ \t]*\n[ \t]*value:[ \t]*["']?([^"'\n]+?)["']?[ \t]*$/gm,
  );
  return [has(`domain ${domain}`), ...[...steps].map(([, key, value]) => has(`step ${key} ${value}`))];
}

/** Whether a limit stands at the entry or somewhere below it, and counts for more than a look. */
function limits(descriptor: unknown): boolean {
  if (valueAt(descriptor, 'shadow_mode') === true) return false;
  const { unlimited, requests_per_unit: most } = recordAt(descriptor, 'rate_limit');
  return (unlimited !== true && typeof most === 'number') || listAt(descriptor, 'descriptors').some(limits);
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
