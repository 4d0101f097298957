import type { EdgeFacts } from './edge-facts';
import { type ExposureSpec, globalRateOf, routeName } from './exposure-spec';
import { RATE_STEPS } from './rate-steps';

/** What all counts over all proxies belong to: the name of one configuration of the rate limit service. */
export const GLOBAL_DOMAIN = 'drun-edge';

/** By what each count is kept apart, after its step: names of descriptor entries, in the order of the proxy's actions. */
const COUNTED_BY = {
  per_address: ['route', 'masked_remote_address'],
  per_key: ['route', 'issuer', 'subject'],
  per_route: ['route'],
  per_tenant: ['tenant'],
} as const;

/** Name of a count. */
type Count = keyof typeof COUNTED_BY;

interface Descriptor {
  readonly key: string;
  readonly value?: string;
  readonly rate_limit?: { readonly unit: 'minute'; readonly requests_per_unit: number };
  readonly descriptors?: readonly Descriptor[];
}

/**
 * The configuration of the rate limit service: each count at each step, for whatever route, address, caller or tenant. It
 * names none of them, so that no change of a tenant changes it. A step that it does not know counts as the smallest one:
 * what the service finds no limit for it would let pass
 * (https://github.com/envoyproxy/ratelimit#configuration).
 */
export function globalConfiguration(): { readonly domain: string; readonly descriptors: readonly Descriptor[] } {
  const counts = Object.entries(COUNTED_BY);
  return {
    domain: GLOBAL_DOMAIN,
    descriptors: counts.flatMap(([count, keys]) => [
      ...RATE_STEPS.map((step) => nested({ key: count, value: String(step) }, keys, step)),
      nested({ key: count }, keys, RATE_STEPS[0]),
    ]),
  };
}

/** Entries below one another, the limit at the last. */
function nested(entry: Descriptor, [first, ...rest]: readonly string[], step: number): Descriptor {
  if (first === undefined) return { ...entry, rate_limit: { unit: 'minute', requests_per_unit: step } };
  return { ...entry, descriptors: [nested({ key: first }, rest, step)] };
}

/** One count of a request, as Envoy's routes take it (`config.route.v3.RateLimit`). */
export interface RateLimitActions {
  readonly actions: readonly object[];
}

/** What is counted of an exposure's requests over all proxies; nothing where nobody counts. */
export function globalLimits(tenant: string, exposure: ExposureSpec, { perTenant }: EdgeFacts): RateLimitActions[] {
  if (perTenant === undefined) return [];
  const { perAddress, perKey, total } = globalRateOf(exposure);
  const route = fixed('route', routeName(tenant, exposure));
  const count = (name: Count, step: number | undefined, ...by: readonly object[]): readonly RateLimitActions[] =>
    step === undefined ? [] : [{ actions: [fixed(name, String(step)), ...by] }];
  return [
    ...count('per_address', perAddress, route, ADDRESS),
    ...count('per_key', perKey, route, claim('issuer', 'iss'), claim('subject', 'sub')),
    ...count('per_route', total, route),
    ...count('per_tenant', perTenant, fixed('tenant', tenant)),
  ];
}

function fixed(key: string, value: string): object {
  return { generic_key: { descriptor_key: key, descriptor_value: value } };
}

/** One caller is one address of version 4 and one network of version 6, as in the limits of each proxy. */
const ADDRESS = { masked_remote_address: { v4_prefix_mask_len: 32, v6_prefix_mask_len: 64 } } as const;

/**
 * A claim of the token as the proxy verified it, where Istio has it written; no header that callers write says anything here.
 * Callers whose tokens lack it are counted as one, because without a value the proxy would not count them at all.
 */
function claim(key: string, name: string): object {
  return {
    metadata: {
      descriptor_key: key,
      metadata_key: { key: 'envoy.filters.http.jwt_authn', path: [{ key: 'payload' }, { key: name }] },
      source: 'DYNAMIC',
      default_value: 'none',
    },
  };
}
