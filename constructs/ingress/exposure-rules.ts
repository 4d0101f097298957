import { exempted } from '../core/exemption';
import type { Manifest } from '../core/manifest';
import { PLATFORM_NAMESPACE } from '../core/platform-service';
import type { Stamp } from '../core/stamp';
import { EDGE_PODS, type EdgeFacts, WAF_BODY_FILTERS } from './edge-facts';
import { type ExposureSpec, isBelow, rateOf, routeName } from './exposure-spec';
import { globalLimits } from './global-rates';
import { routeType } from './route-types';
import { tokenBucket } from './token-bucket';

interface SpecObject extends Manifest {
  readonly spec: object;
}

/** Name of the objects of one exposure. The dot parts two names that hold none, so that no two exposures share it. */
export function exposureName(tenant: string, { name }: Pick<ExposureSpec, 'name'>): string {
  return `${name}.${tenant}`;
}

/** Who may call an exposure; the edge denies whatever no such policy lets in. */
export function exposureAuthorization(
  tenant: string,
  exposure: ExposureSpec,
  all: readonly ExposureSpec[],
  { issuers }: EdgeFacts,
  stamp: Stamp,
): SpecObject {
  const { host, identity } = exposure;
  const rule = { to: exposure.paths.map((path) => ({ operation: operation(exposure, path, all) })) };
  const from = [{ source: { requestPrincipals: issuers.length === 0 ? ['*'] : issuers.map((one) => `${one}/*`) } }];
  const rules =
    'public' in identity
      ? [rule]
      : [
          {
            from,
            ...rule,
            when: [{ key: 'request.auth.audiences', values: [identity.audience ?? `https://${host}`] }],
          },
        ];
  const metadata = stamp(exposureName(tenant, exposure), PLATFORM_NAMESPACE.ingress);
  return {
    apiVersion: 'security.istio.io/v1',
    kind: 'AuthorizationPolicy',
    metadata: 'public' in identity ? exempted(metadata, identity.public) : metadata,
    spec: { selector: { matchLabels: EDGE_PODS }, action: 'ALLOW', rules },
  };
}

/** One path, without what other exposures of the host have below it: they have rules of their own. */
function operation(exposure: ExposureSpec, path: string, all: readonly ExposureSpec[]): object {
  const { host } = exposure;
  const others = all
    .filter((other) => other.host === host && other.name !== exposure.name)
    .flatMap(({ paths }) => paths);
  const below = others.filter((other) => isBelow(other, path)).sort();
  return {
    hosts: [host, `${host}:443`],
    paths: patterns(path),
    ...(below.length === 0 ? {} : { notPaths: below.flatMap(patterns) }),
  };
}

function patterns(path: string): readonly string[] {
  return path === '/' ? ['/*'] : [path, `${path}/*`];
}

const ALL = { default_value: { numerator: 100, denominator: 'HUNDRED' } } as const;

/** Most addresses that are counted one by one; Envoy's own default is 20, and the 21st would make it forget the first. */
const ADDRESSES = 10_000;

/** One caller is one address of version 4 and one network of version 6, of which every household has a whole one. */
const ONE_CALLER = { v4_prefix_mask_len: 32, v6_prefix_mask_len: 64 } as const;

/**
 * Requests a minute, from each address and together, counted by each proxy of the edge for itself; and where the region has
 * who counts over all of them, what is counted there.
 */
export function exposureLimits(tenant: string, exposure: ExposureSpec, edge: EdgeFacts, stamp: Stamp): SpecObject {
  const overAll = globalLimits(tenant, exposure, edge);
  return {
    apiVersion: 'networking.istio.io/v1alpha3',
    kind: 'EnvoyFilter',
    metadata: stamp(exposureName(tenant, exposure), PLATFORM_NAMESPACE.ingress),
    spec: {
      workloadSelector: { labels: EDGE_PODS },
      configPatches: [
        {
          applyTo: 'HTTP_ROUTE',
          match: {
            context: 'GATEWAY',
            routeConfiguration: { vhost: { route: { name: routeName(tenant, exposure) } } },
          },
          patch: {
            operation: 'MERGE',
            // The connection's own buffer is far smaller, so that many slow callers do not fill the memory.
            value: {
              request_body_buffer_limit: routeType(exposure.type).bodyBytes,
              typed_per_filter_config: {
                'envoy.filters.http.local_ratelimit': localLimits(exposure),
                ...wholeBodies(exposure),
              },
              ...(overAll.length === 0 ? {} : { route: { rate_limits: overAll } }),
            },
          },
        },
      ],
    },
  };
}

/** How much of a body is held for the firewall; where files pass, the firewall itself holds what it needs. */
function wholeBodies({ type }: ExposureSpec): Readonly<Record<string, object>> {
  const { filesPass, bodyBytes } = routeType(type);
  const limit = {
    '@type': 'type.googleapis.com/envoy.extensions.filters.http.buffer.v3.BufferPerRoute',
    ...(filesPass ? { disabled: true } : { buffer: { max_request_bytes: bodyBytes } }),
  };
  return { [WAF_BODY_FILTERS.whole]: limit, [WAF_BODY_FILTERS.length]: limit };
}

function localLimits(exposure: ExposureSpec): object {
  const { perAddress, total } = rateOf(exposure);
  return {
    '@type': 'type.googleapis.com/envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit',
    stat_prefix: 'edge_route',
    token_bucket: tokenBucket(total),
    filter_enabled: ALL,
    filter_enforced: ALL,
    rate_limits: [{ actions: [{ masked_remote_address: ONE_CALLER }] }],
    descriptors: [{ entries: [{ key: 'masked_remote_address' }], token_bucket: tokenBucket(perAddress) }],
    max_dynamic_descriptors: ADDRESSES,
    always_consume_default_token_bucket: true,
    enable_x_ratelimit_headers: 'DRAFT_VERSION_03',
  };
}
