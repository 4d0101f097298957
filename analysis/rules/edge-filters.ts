import { isList, isRecord, listAt, recordAt, stringAt, valueAt } from '../../constructs/core/json';
import { type Finding, NOT_APPLICABLE, type ObjectRule, outcomeOf, type Subject } from '../../constructs/core/rule';
import { EDGE_RUNTIME } from '../../constructs/ingress/edge-switch';
import { wrong } from './edge-gateways';

/** The kind of all of these. */
export const FILTER = 'EnvoyFilter.networking.istio.io';

type Value = Readonly<Record<string, unknown>>;

/** A typed configuration inside an EnvoyFilter, and where it stands. */
export interface Config {
  readonly at: string;
  readonly value: Value;
}

/** Every typed configuration of a kind in the object, by the end of its type's name. */
export function configs({ object }: Subject, type: string): readonly Config[] {
  const found: Config[] = [];
  const visit = (value: unknown, at: string, depth: number): void => {
    if (depth > 12) return;
    if (isList(value)) for (const [i, item] of value.entries()) visit(item, `${at}[${i}]`, depth + 1);
    if (!isRecord(value)) return;
    if (stringAt(value, '@type')?.endsWith(`.${type}`) === true) found.push({ at, value });
    for (const [key, item] of Object.entries(value)) visit(item, `${at}.${key}`, depth + 1);
  };
  visit(valueAt(object, 'spec', 'configPatches'), 'spec.configPatches', 0);
  return found;
}

function overConfigs(
  text: Omit<ObjectRule, 'kinds' | 'check'>,
  type: string,
  find: (config: Config) => readonly Finding[],
): ObjectRule {
  return {
    ...text,
    kinds: [FILTER],
    check: (subject) => {
      const all = configs(subject, type);
      return all.length === 0 ? NOT_APPLICABLE : outcomeOf(all.flatMap(find));
    },
  };
}

/** Whatever cannot be inspected is refused. */
export const firewallCloses = overConfigs(
  {
    id: 'DRN311',
    title: 'a firewall that does not answer refuses, and what it refuses is refused',
    why: 'whoever can make it slow or crash it, with one odd request, would switch it off for everybody',
    remedy: 'write failure_mode_allow: false, without observability_mode and disable_immediate_response',
    control: 'NET-2',
  },
  'ExternalProcessor',
  ({ at, value }) => {
    const open = [
      'failure_mode_allow',
      'observability_mode',
      'disable_immediate_response',
      'failureModeAllow',
      'observabilityMode',
    ];
    const bad = open.filter((key) => value[key] !== undefined && value[key] !== false);
    const { message_timeout: timeout } = value;
    const waits = timeout === undefined || /^(\d*\.)?\d+s$/.test(String(timeout));
    return [
      ...bad.map((key) => wrong(`${at}.${key}`, value[key], 'false')),
      ...(waits && Number.parseFloat(String(timeout ?? '0.2s')) <= 5
        ? []
        : [wrong(`${at}.message_timeout`, timeout, 'at most 5s')]),
    ];
  },
);

/** Bodies are looked at, and the route is told. */
export const firewallSees = overConfigs(
  {
    id: 'DRN312',
    title: 'the firewall sees headers and bodies of requests, and knows the route',
    why: 'attacks stand in bodies as often as in addresses, and without the route’s name the rules of its type do not apply',
    remedy: 'write request_header_mode: SEND, request_body_mode: STREAMED, and xds.route_name among request_attributes',
    control: 'NET-2',
  },
  'ExternalProcessor',
  ({ at, value }) => {
    const mode = recordAt(value, 'processing_mode');
    const body = mode.request_body_mode;
    const seen = typeof body === 'string' && ['BUFFERED', 'STREAMED', 'FULL_DUPLEX_STREAMED'].includes(body);
    return [
      ...(mode.request_header_mode === 'SKIP'
        ? [wrong(`${at}.processing_mode.request_header_mode`, 'SKIP', 'SEND')]
        : []),
      ...(seen ? [] : [wrong(`${at}.processing_mode.request_body_mode`, body, 'STREAMED')]),
      ...(listAt(value, 'request_attributes').includes('xds.route_name')
        ? []
        : [wrong(`${at}.request_attributes`, value.request_attributes, 'xds.route_name among them')]),
    ];
  },
);

/** Limits are applied, not only counted. */
export const ratesHold = overConfigs(
  {
    id: 'DRN313',
    title: 'a limit of requests is applied to every request',
    why: 'by default a local limit of Envoy is enabled for no request at all: it looks like a limit and is none',
    remedy:
      'write filter_enabled and filter_enforced with 100 of HUNDRED, and max_dynamic_descriptors above 20 where callers are counted',
    control: 'NET-3',
  },
  'LocalRateLimit',
  ({ at, value }) => {
    if (value.token_bucket === undefined && value.descriptors === undefined) return [];
    const holds = value.stat_prefix === EDGE_RUNTIME.statistics ? isSwitch : isAlways;
    const partly = ['filter_enabled', 'filter_enforced'].filter((key) => !holds(valueAt(value, key)));
    const wild = listAt(value, 'descriptors').some((one) =>
      listAt(one, 'entries').some((entry) => valueAt(entry, 'value') === undefined),
    );
    const counted = Number(value.max_dynamic_descriptors ?? 20);
    return [
      ...partly.map((key) => wrong(`${at}.${key}`, value[key], '100 of HUNDRED')),
      ...(wild && !(counted > 100)
        ? [wrong(`${at}.max_dynamic_descriptors`, value.max_dynamic_descriptors, 'more than 100')]
        : []),
      ...(value.token_bucket === undefined ? [wrong(`${at}.token_bucket`, undefined, 'a bucket for all callers')] : []),
    ];
  },
);

/** Whether a fraction is everything, and nobody can change that at run time. */
export function isAlways(fraction: unknown): boolean {
  const { numerator, denominator = 'HUNDRED' } = recordAt(fraction, 'default_value');
  return numerator === 100 && denominator === 'HUNDRED' && valueAt(fraction, 'runtime_key') === undefined;
}

/** Whether a fraction is that of the limit which the switch of the edge turns on, beside the one that always holds. */
function isSwitch(fraction: unknown): boolean {
  const { numerator, denominator } = recordAt(fraction, 'default_value');
  return numerator === 0 && denominator === 'HUNDRED' && valueAt(fraction, 'runtime_key') === EDGE_RUNTIME.key;
}

/** Settings of the filter that reads HTTP, and the values that take a protection away. */
const WEAK: readonly (readonly [path: readonly string[], weak: (value: unknown) => boolean, expected: string])[] = [
  [['request_headers_timeout'], isForever, 'a time'],
  [['request_timeout'], isForever, 'a time'],
  [['stream_idle_timeout'], isForever, 'a time'],
  [['common_http_protocol_options', 'idle_timeout'], isForever, 'a time'],
  [['common_http_protocol_options', 'headers_with_underscores_action'], (value) => value === 'ALLOW', 'REJECT_REQUEST'],
  [['normalize_path'], (value) => value === false, 'true'],
  [['merge_slashes'], (value) => value === false, 'true'],
  [
    ['path_with_escaped_slashes_action'],
    (value) => value === 'KEEP_UNCHANGED',
    'UNESCAPE_AND_REDIRECT or another action',
  ],
  [['use_remote_address'], (value) => value === false, 'true'],
  [['skip_xff_append'], (value) => value === true, 'false'],
  [['preserve_external_request_id'], (value) => value === true, 'false'],
  [['stream_error_on_invalid_http_message'], (value) => value === true, 'false'],
  [['forward_client_cert_details'], (value) => value === 'ALWAYS_FORWARD_ONLY', 'SANITIZE'],
];

/** No patch takes away what the platform sets. */
export const hardenedHttp = overConfigs(
  {
    id: 'DRN314',
    title: 'no patch takes a protection away from the reading of HTTP',
    why: 'zero means for ever in Envoy’s timeouts, and a path that is not normalized is authorized as another one than is served',
    remedy: 'remove the field or write the value that is expected',
    control: 'NET-3',
  },
  'HttpConnectionManager',
  ({ at, value }) =>
    WEAK.flatMap(([path, weak, expected]) => {
      const given = valueAt(value, ...path);
      return given !== undefined && weak(given) ? [wrong(`${at}.${path.join('.')}`, given, expected)] : [];
    }),
);

function isForever(value: unknown): boolean {
  return /^0+(\.0+)?s$/.test(String(value)) || value === 0;
}

/** A patch says whose proxies it changes. */
export const selectedFilter: ObjectRule = {
  id: 'DRN315',
  title: 'an EnvoyFilter or a WasmPlugin says which proxies it changes',
  why: 'without a selector it changes every proxy of its namespace, and in the mesh’s own namespace every proxy there is',
  remedy: 'write workloadSelector.labels, selector.matchLabels or targetRefs',
  control: 'NET-1',
  kinds: [FILTER, 'WasmPlugin.extensions.istio.io'],
  check: ({ object, kind }) => {
    const labels =
      kind === 'EnvoyFilter'
        ? recordAt(object, 'spec', 'workloadSelector', 'labels')
        : recordAt(object, 'spec', 'selector', 'matchLabels');
    const targeted = Object.keys(labels).length > 0 || listAt(object, 'spec', 'targetRefs').length > 0;
    const field = kind === 'EnvoyFilter' ? 'spec.workloadSelector.labels' : 'spec.selector.matchLabels';
    return outcomeOf(targeted ? [] : [wrong(field, undefined, 'labels of the proxies')]);
  },
};

/** A plug-in that cannot be loaded closes, and is the one that was meant. */
export const closedPlugin: ObjectRule = {
  id: 'DRN316',
  title: 'a WasmPlugin fails closed and is pinned by its checksum',
  why: 'one that cannot be fetched would let everything pass, and a tag can be pushed again with other code',
  remedy: 'write failStrategy: FAIL_CLOSE and sha256',
  control: 'NET-2',
  kinds: ['WasmPlugin.extensions.istio.io'],
  check: ({ object }) => {
    const { failStrategy, sha256, url } = recordAt(object, 'spec');
    const pinned =
      (typeof sha256 === 'string' && /^[a-f0-9]{64}$/.test(sha256)) ||
      (typeof url === 'string' && /@sha256:[a-f0-9]{64}$/.test(url));
    return outcomeOf([
      ...(failStrategy === undefined || failStrategy === 'FAIL_CLOSE'
        ? []
        : [wrong('spec.failStrategy', failStrategy, 'FAIL_CLOSE')]),
      ...(pinned ? [] : [wrong('spec.sha256', sha256, 'the checksum of the module')]),
    ]);
  },
};
