import type { ExposureSpec } from '../../../constructs/ingress/exposure-spec';
import { placedLeaves } from './lines';
import type { Order } from './spec-facts';

/** An object with the labels that say more than whose it is. */
export interface Thing {
  readonly kind: string;
  readonly name: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly fields: object;
}

/** Lines of objects in the edge's namespace, one for each field and label. */
export function linesOf(things: readonly Thing[], namespace = 'drun-ingress'): readonly string[] {
  return things.flatMap(({ kind, name, labels = {}, fields }) => {
    const label = `${kind} ${namespace === '' ? '' : `${namespace}/`}${name}`;
    const marks = Object.entries(labels).map(([key, value]) => `${label} label ${key}=${value}`);
    return [...placedLeaves(fields, '').map((leaf) => `${label} ${leaf}`), ...marks];
  });
}

interface Ordered {
  readonly tenant: string;
  readonly exposure: ExposureSpec;
  /** All of the tenant's. */
  readonly all: readonly ExposureSpec[];
}

const each = ({ tenants }: Order, things: (ordered: Ordered) => readonly Thing[]): readonly Thing[] =>
  tenants.flatMap(({ name, expose }) => expose.flatMap((exposure) => things({ tenant: name, exposure, all: expose })));

/** What tenants publish. */
export function publishedThings(order: Order): readonly Thing[] {
  const things = [...each(order, hostThings(order)), ...each(order, exposureThings(order)), ...exclusions(order)];
  const byName = new Map(things.map((thing) => [`${thing.kind} ${thing.name}`, thing]));
  return [...byName.values()];
}

/** Seconds, requests a minute and bytes by type of route, as docs/ingress.md promises them. */
const TYPES = {
  api: { timeout: 30, attempts: 2, one: 600, key: 600, all: 60_000, body: 1 },
  inference: { timeout: 600, attempts: 0, one: 120, key: 120, all: 12_000, body: 8 },
  console: { timeout: 60, attempts: 2, one: 1_200, key: 1_200, all: 60_000, body: 1 },
  upload: { timeout: 3_600, attempts: 0, one: 60, key: 60, all: 3_000, body: 1 },
} as const;

const named = (host: string): string => host.replace(/-/g, '--').replace(/\./g, '-');

const hostThings =
  ({ edge }: Order) =>
  ({ tenant, exposure: { host, ...rest }, all }: Ordered): readonly Thing[] => {
    const name = named(host);
    const own = all.filter((one) => one.host === host);
    const cdn = edge?.cdn.profile === 'none' ? undefined : edge?.cdn.clientCa;
    const service = `${rest.service}.${tenant}-${rest.namespace}`;
    return [
      {
        kind: 'Certificate',
        name,
        fields: {
          spec: {
            secretName: name,
            dnsNames: [host],
            duration: '2160h',
            renewBefore: '720h',
            revisionHistoryLimit: 1,
            privateKey: { algorithm: 'ECDSA', size: 256, rotationPolicy: 'Always' },
            usages: ['digital signature', 'server auth'],
            issuerRef: { group: 'cert-manager.io', kind: 'ClusterIssuer', name: 'drun-edge' },
          },
        },
      },
      {
        kind: 'Gateway',
        name,
        fields: {
          spec: {
            selector: { istio: 'ingress' },
            servers: [
              {
                port: { number: 443, name: 'https', protocol: 'HTTPS' },
                hosts: [`./${host}`],
                tls: {
                  ...(cdn === undefined
                    ? { mode: 'SIMPLE' }
                    : { mode: 'MUTUAL', caCertCredentialName: `${cdn}-cacert` }),
                  credentialName: name,
                  minProtocolVersion: 'TLSV1_3',
                },
              },
            ],
          },
        },
      },
      { kind: 'VirtualService', name, fields: virtualService(tenant, host, name, own) },
      { kind: 'DestinationRule', name: service, fields: destinationRule(`${service}.svc.cluster.local`) },
    ];
  };

function virtualService(tenant: string, host: string, name: string, own: readonly ExposureSpec[]): object {
  // The proxy takes the first that fits, so the longest path comes first.
  const routes = own.flatMap((one) => one.paths.map((path) => ({ one, path })));
  routes.sort((a, b) => b.path.length - a.path.length || a.path.localeCompare(b.path));
  const http = routes.map(({ one, path }) => ({
    name: `${one.type}/${tenant}/${one.name}`,
    match: path === '/' ? [{ uri: { prefix: '/' } }] : [{ uri: { exact: path } }, { uri: { prefix: `${path}/` } }],
    route: [
      {
        destination: {
          host: `${one.service}.${tenant}-${one.namespace}.svc.cluster.local`,
          port: { number: one.port },
        },
      },
    ],
    timeout: `${TYPES[one.type].timeout}s`,
    retries: {
      attempts: TYPES[one.type].attempts,
      ...(TYPES[one.type].attempts === 0 ? {} : { retryOn: 'connect-failure,refused-stream,reset-before-request' }),
    },
    headers: {
      request: { remove: ['x-drun-route', 'x-drun-tenant'] },
      response: {
        set: { 'strict-transport-security': 'max-age=63072000; includeSubDomains' },
        remove: ['server', 'x-powered-by', 'x-envoy-upstream-service-time'],
      },
    },
  }));
  return { spec: { hosts: [host], gateways: [name], exportTo: ['.'], http } };
}

function destinationRule(host: string): object {
  return {
    spec: {
      host,
      exportTo: ['.'],
      trafficPolicy: {
        tls: { mode: 'ISTIO_MUTUAL' },
        loadBalancer: { simple: 'LEAST_REQUEST', localityLbSetting: { enabled: true } },
        connectionPool: {
          tcp: { maxConnections: 1024, connectTimeout: '5s' },
          http: { http1MaxPendingRequests: 256, http2MaxRequests: 1024, maxRetries: 64, idleTimeout: '300s' },
        },
        outlierDetection: {
          consecutive5xxErrors: 0,
          consecutiveGatewayErrors: 5,
          interval: '10s',
          baseEjectionTime: '30s',
          maxEjectionPercent: 50,
        },
      },
    },
  };
}

const exposureThings =
  ({ issuers = [], edge }: Order) =>
  ({ tenant, exposure, all }: Ordered): readonly Thing[] => {
    const { name, host, paths, type, rate, identity } = exposure;
    const below = (path: string) =>
      all
        .filter((other) => other.host === host && other.name !== name)
        .flatMap((other) => other.paths)
        .filter((other) => path === '/' || other.startsWith(`${path}/`));
    const globs = (path: string) => (path === '/' ? ['/*'] : [path, `${path}/*`]);
    const to = paths.map((path) => ({
      operation: {
        hosts: [host, `${host}:443`],
        paths: globs(path),
        ...(below(path).length === 0 ? {} : { notPaths: below(path).flatMap(globs) }),
      },
    }));
    const audience = 'audience' in identity ? identity.audience : undefined;
    const token = {
      from: [{ source: { requestPrincipals: issuers.map((issuer) => `${issuer}/*`) } }],
      to,
      when: [{ key: 'request.auth.audiences', values: [audience ?? `https://${host}`] }],
    };
    const rules = ['public' in identity ? { to } : token];
    const one = rate.perAddress ?? TYPES[type].one;
    return [
      {
        kind: 'AuthorizationPolicy',
        name: `${name}.${tenant}`,
        fields: { spec: { selector: { matchLabels: { istio: 'ingress' } }, action: 'ALLOW', rules } },
      },
      {
        kind: 'EnvoyFilter',
        name: `${name}.${tenant}`,
        fields: routeLimits(
          `${type}/${tenant}/${name}`,
          { one, all: rate.total ?? TYPES[type].all, bodyMib: TYPES[type].body },
          overAll(tenant, exposure, edge?.limits.global?.perTenant),
        ),
      },
    ];
  };

/** A tenth of a minute's requests may come at once, and ten at least. */
export function bucket(perMinute: number): object {
  return { max_tokens: Math.max(10, Math.ceil(perMinute / 10)), tokens_per_fill: perMinute, fill_interval: '60s' };
}

/** Every request, as Envoy's runtime fractions say it. */
export const ALWAYS = { default_value: { numerator: 100, denominator: 'HUNDRED' } };

/** What is counted over all proxies of a region. */
function overAll(tenant: string, { name, type, rate, identity }: ExposureSpec, perTenant?: number): object {
  if (perTenant === undefined) return {};
  const fixed = (key: string, value: string | number) => ({
    generic_key: { descriptor_key: key, descriptor_value: String(value) },
  });
  const claim = (key: string, path: string) => ({
    metadata: {
      descriptor_key: key,
      metadata_key: { key: 'envoy.filters.http.jwt_authn', path: [{ key: 'payload' }, { key: path }] },
      source: 'DYNAMIC',
      default_value: 'none',
    },
  });
  const key = rate.global?.perKey ?? ('public' in identity ? undefined : TYPES[type].key);
  const { perAddress, total } = rate.global ?? {};
  const route = fixed('route', `${type}/${tenant}/${name}`);
  const address = { masked_remote_address: { v4_prefix_mask_len: 32, v6_prefix_mask_len: 64 } };
  const limits = [
    perAddress && [fixed('per_address', perAddress), route, address],
    key && [fixed('per_key', key), route, claim('issuer', 'iss'), claim('subject', 'sub')],
    total && [fixed('per_route', total), route],
    [fixed('per_tenant', perTenant), fixed('tenant', tenant)],
  ];
  return { route: { rate_limits: limits.flatMap((actions) => (Array.isArray(actions) ? [{ actions }] : [])) } };
}

/** Files are not held. */
function bodies(route: string, mib: number): object {
  return {
    '@type': 'type.googleapis.com/envoy.extensions.filters.http.buffer.v3.BufferPerRoute',
    ...(route.startsWith('upload/') ? { disabled: true } : { buffer: { max_request_bytes: mib * 1_048_576 } }),
  };
}

interface Local {
  readonly one: number;
  readonly all: number;
  readonly bodyMib: number;
}

function routeLimits(route: string, { one: perAddress, all: total, bodyMib }: Local, more: object): object {
  return {
    spec: {
      workloadSelector: { labels: { istio: 'ingress' } },
      configPatches: [
        {
          applyTo: 'HTTP_ROUTE',
          match: { context: 'GATEWAY', routeConfiguration: { vhost: { route: { name: route } } } },
          patch: {
            operation: 'MERGE',
            value: {
              request_body_buffer_limit: bodyMib * 1_048_576,
              typed_per_filter_config: {
                'envoy.filters.http.local_ratelimit': {
                  '@type': 'type.googleapis.com/envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit',
                  stat_prefix: 'edge_route',
                  token_bucket: bucket(total),
                  filter_enabled: ALWAYS,
                  filter_enforced: ALWAYS,
                  rate_limits: [
                    { actions: [{ masked_remote_address: { v4_prefix_mask_len: 32, v6_prefix_mask_len: 64 } }] },
                  ],
                  descriptors: [{ entries: [{ key: 'masked_remote_address' }], token_bucket: bucket(perAddress) }],
                  max_dynamic_descriptors: 10_000,
                  always_consume_default_token_bucket: true,
                  enable_x_ratelimit_headers: 'DRAFT_VERSION_03',
                },
                'drun.waf_whole': bodies(route, bodyMib),
                'drun.waf_length': bodies(route, bodyMib),
              },
              ...more,
            },
          },
        },
      ],
    },
  };
}

function exclusions({ tenants }: Order): readonly Thing[] {
  return tenants.flatMap(({ name, expose }) => {
    const some = expose.filter(({ waf }) => waf.exclude.length > 0);
    const routes = some.map((one) => [
      `${one.type}/${name}/${one.name}`,
      { exclusions: one.waf.exclude.map(({ because: reason, ...rest }) => ({ ...rest, reason })) },
    ]);
    const text = `${JSON.stringify({ version: 1, routes: Object.fromEntries(routes) }, undefined, 2)}\n`;
    const labels = { 'drun.io/waf-routes': 'true' };
    return some.length === 0
      ? []
      : [{ kind: 'ConfigMap', name: `waf.${name}`, labels, fields: { data: { [`${name}.json`]: text } } }];
  });
}
