/** A token bucket as Envoy's rate limits take it (`envoy.type.v3.TokenBucket`). */
export interface TokenBucket {
  /** Requests that may come at once. */
  readonly max_tokens: number;
  readonly tokens_per_fill: number;
  readonly fill_interval: string;
}

/**
 * A bucket that lets through so many requests a minute, a tenth of them at once and ten at least. Envoy fills it steadily,
 * by the rate and not by the interval; the interval is the same for all, because that of an address must be a multiple of
 * that of the route (https://www.envoyproxy.io/docs/envoy/latest/api-v3/extensions/filters/http/local_ratelimit/v3/local_rate_limit.proto).
 *
 * @example
 * tokenBucket(600); // ten a second, sixty at once
 */
export function tokenBucket(perMinute: number): TokenBucket {
  return { max_tokens: Math.max(10, Math.ceil(perMinute / 10)), tokens_per_fill: perMinute, fill_interval: '60s' };
}
