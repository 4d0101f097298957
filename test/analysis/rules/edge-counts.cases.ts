import type { Case } from './cases';
import { by, type Doc, of } from './platform';

const EDGE = { istio: 'ingress' };
const CONFIG = of('acme', 'v1', 'ConfigMap', 'a', { metadata: { namespace: 'acme-train' } });
const TYPE = 'type.googleapis.com/envoy.extensions.filters';
const CLUSTER = 'outbound|8081||ratelimit.drun-ingress.svc.cluster.local';

const patched = (value: Doc, metadata: Doc = {}, labels: Doc = EDGE) =>
  by('drun-ingress', 'networking.istio.io/v1alpha3', 'EnvoyFilter', 'edge', {
    metadata: { namespace: 'drun-ingress', ...metadata },
    spec: { workloadSelector: { labels }, configPatches: [{ patch: { value } }] },
  });
const typed = (change: Doc = {}): Doc => ({
  '@type': `${TYPE}.http.ratelimit.v3.RateLimit`,
  domain: 'drun-edge',
  failure_mode_deny: true,
  timeout: '0.25s',
  rate_limit_service: { grpc_service: { envoy_grpc: { cluster_name: CLUSTER } } },
  ...change,
});
const filter = (change: Doc = {}, metadata: Doc = {}) => patched({ typed_config: typed(change) }, metadata);
const LOCAL = patched({ typed_config: { '@type': `${TYPE}.http.local_ratelimit.v3.LocalRateLimit` } });
const because = (more: Doc = {}) => ({
  annotations: {
    'drun.io/exempt-because': 'the store is being moved',
    'drun.io/exempt-owner': 'edge@example.com',
    'drun.io/exempt-until': '2027-01-31',
    ...more,
  },
});
const ALWAYS = { default_value: { numerator: 100, denominator: 'HUNDRED' } };
const HALF = { default_value: { numerator: 50, denominator: 'HUNDRED' } };

/** `[what a filter does, the change]`. */
const CLOSED: readonly (readonly [string, Doc, Doc?])[] = [
  ['lets pass what cannot be counted', { failure_mode_deny: false }],
  ['says nothing of what cannot be counted', { failure_mode_deny: undefined }],
  ['lets pass and says no owner', { failure_mode_deny: false }, because({ 'drun.io/exempt-owner': '' })],
  ['refuses part of what cannot be counted', { failure_mode_deny_percent: { default_value: { numerator: 1 } } }],
  ['waits for a minute', { timeout: '60s' }],
  ['waits for ever', { timeout: '0s' }],
  ['asks for half', { filter_enabled: HALF }],
  ['applies half', { filter_enforced: HALF }],
];

const fixed = (key: string, value: string): Doc => ({ generic_key: { descriptor_key: key, descriptor_value: value } });
const claim = (more: Doc = {}): Doc => ({
  metadata: {
    descriptor_key: 'subject',
    metadata_key: { key: 'envoy.filters.http.jwt_authn', path: [{ key: 'payload' }, { key: 'sub' }] },
    default_value: 'none',
    ...more,
  },
});
const masked = (bits?: number): Doc => ({ masked_remote_address: { v6_prefix_mask_len: bits } });
const route = (...actions: readonly Doc[]) => patched({ route: { rate_limits: [{ actions }] } });
const STEP = fixed('per_key', '120');

/** `[by what callers are counted, the action, the field]`. */
const CHOSEN: readonly (readonly [string, Doc, string])[] = [
  ['a header', { request_headers: { header_name: 'x-api-key', descriptor_key: 'key' } }, 'request_headers'],
  ['a part of the address', { query_parameters: { query_parameter_name: 'key' } }, 'query_parameters'],
  [
    'a header that a filter wrote into metadata',
    claim({ metadata_key: { key: 'envoy.filters.http.header_to_metadata', path: [{ key: 'sub' }] } }),
    'metadata.metadata_key.key',
  ],
  ['a claim that a token may lack', claim({ default_value: undefined }), 'metadata.default_value'],
  ['each address of version 6', masked(), 'masked_remote_address.v6_prefix_mask_len'],
  ['small networks of version 6', masked(96), 'masked_remote_address.v6_prefix_mask_len'],
  ['the whole address', { remote_address: {} }, 'remote_address'],
];

const service = (name: string, port: number) =>
  by('drun-ingress', 'v1', 'Service', name, { metadata: { namespace: 'drun-ingress' }, spec: { ports: [{ port }] } });
const SERVICE = service('ratelimit', 8081);
const config = (text: unknown) =>
  by('drun-ingress', 'v1', 'ConfigMap', 'ratelimit', {
    metadata: { namespace: 'drun-ingress' },
    data: { 'edge.yaml': typeof text === 'string' ? text : JSON.stringify(text) },
  });
const LIMIT = { rate_limit: { unit: 'minute', requests_per_unit: 120 } };
const table = (step: Doc = LIMIT, domain = 'drun-edge') =>
  config({ domain, descriptors: [{ key: 'per_key', value: '120', descriptors: [{ key: 'route', ...step }] }] });
const AS_YAML = config(
  [
    'domain: drun-edge',
    'descriptors:',
    '- key: per_key',
    '  value: 120',
    '  rate_limit: { unit: minute, requests_per_unit: 120 }',
  ].join('\n'),
);
const COUNTED = route(STEP, fixed('route', 'api/acme/shop'));

/** Failing, broken and benign cases of limits that are counted over all proxies. */
export const EDGE_COUNTS: readonly Case[] = [
  ...CLOSED.map(
    ([where, change, metadata = {}]): Case => ({
      rule: 'DRN321',
      where: `a filter ${where}`,
      fails: [filter(change, metadata)],
      passes: [
        filter(),
        filter({ timeout: undefined, filter_enabled: ALWAYS, filter_enforced: ALWAYS }),
        filter({ failure_mode_deny: false }, because()),
      ],
      silent: [LOCAL, CONFIG],
    }),
  ),
  ...CHOSEN.map(
    ([what, action, field]): Case => ({
      rule: 'DRN322',
      where: `callers are counted by ${what}`,
      fails: [route(STEP, action)],
      at: `EnvoyFilter drun-ingress/edge spec.configPatches[0].patch.value.route.rate_limits[0].actions[1].${field}`,
      passes: [route(STEP, claim(), masked(64)), route(fixed('tenant', 'acme'))],
      silent: [filter(), CONFIG],
    }),
  ),
  ...[[], [patched({ typed_config: typed() }, {}, { istio: 'egress' })], [LOCAL]].map(
    (instead, i): Case => ({
      rule: 'DRN349',
      where: `routes are counted and ${['no filter asks', 'the filter of other proxies asks', 'a filter counts for itself'][i]}`,
      fails: [COUNTED, SERVICE, ...instead],
      at: 'EnvoyFilter drun-ingress/edge spec.configPatches[0].patch.value.route.rate_limits[0]',
      passes: [COUNTED, filter(), SERVICE],
      silent: [LOCAL, CONFIG],
    }),
  ),
  ...[[], [service('ratelimit', 8080)], [service('other', 8081)]].map(
    (instead, i): Case => ({
      rule: 'DRN349',
      where: `a filter asks ${['no service', 'another port of the service', 'another service'][i]}`,
      fails: [filter(), ...instead],
      at: 'EnvoyFilter drun-ingress/edge spec.configPatches[0].patch.value.typed_config.rate_limit_service',
      passes: [filter(), SERVICE],
      silent: [LOCAL, CONFIG],
    }),
  ),
  {
    rule: 'DRN349',
    where: 'a filter names no service',
    fails: [filter({ rate_limit_service: undefined }), SERVICE],
    at: 'EnvoyFilter drun-ingress/edge spec.configPatches[0].patch.value.typed_config.rate_limit_service',
    passes: [filter(), SERVICE],
    silent: [LOCAL, CONFIG],
  },
  ...[[], [table(LIMIT, 'other')], [config('domain: [drun-edge, descriptors')]].map(
    (instead, i): Case => ({
      rule: 'DRN351',
      where: `a filter asks for a domain and ${['nothing is configured', 'another is configured', 'the configuration cannot be read'][i]}`,
      fails: [filter(), ...instead],
      at: 'EnvoyFilter drun-ingress/edge spec.configPatches[0].patch.value.typed_config.domain',
      passes: [filter(), table()],
      silent: [LOCAL, CONFIG],
    }),
  ),
  ...[
    table({}),
    table({ rate_limit: { unlimited: true } }),
    table({ ...LIMIT, shadow_mode: true }),
    config({ domain: 'drun-edge', descriptors: [{ key: 'per_key', value: '240', ...LIMIT }] }),
    config({ domain: 'drun-edge', descriptors: [{ key: 'per_key', ...LIMIT }] }),
  ].map(
    (instead, i): Case => ({
      rule: 'DRN351',
      where: `a step ${['has no limit', 'is unlimited', 'is only looked at', 'is another one', 'is whichever'][i]}`,
      fails: [COUNTED, instead],
      at: 'EnvoyFilter drun-ingress/edge spec.configPatches[0].patch.value.route.rate_limits[0].actions[0]',
      passes: [COUNTED, table(), AS_YAML],
      silent: [LOCAL, CONFIG],
    }),
  ),
];
