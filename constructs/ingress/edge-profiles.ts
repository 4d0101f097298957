/** How much of one caller the edge takes. */
export interface EdgeProfile {
  /** Part of the addresses' limit that is let through, in hundredths. */
  readonly ratePercent: number;
  /** Requests at once on one connection. */
  readonly streams: number;
  /** Longest time for the headers of a request, in seconds; slower is an attack or no use. */
  readonly headersSeconds: number;
  /** Longest time for a request with its body: the largest one, at a tenth of a megabyte a second. */
  readonly requestSeconds: number;
  /** How long a connection or a stream may say nothing. */
  readonly idleSeconds: number;
  /** Most headers of a request, and all of them together. */
  readonly headers: number;
  readonly headersKib: number;
  /** Share of all connections that one host may hold, in hundredths. */
  readonly connectionPercent: number;
}

/**
 * The two profiles between which `limits.profile` switches. Figures of `normal` follow Envoy's advice for edges
 * (https://www.envoyproxy.io/docs/envoy/latest/configuration/best_practices/edge); `under-attack` takes away what attacks
 * need and people hardly notice.
 */
export const EDGE_PROFILES = {
  normal: {
    ratePercent: 100,
    streams: 100,
    headersSeconds: 10,
    requestSeconds: 300,
    idleSeconds: 300,
    headers: 100,
    headersKib: 48,
    connectionPercent: 50,
  },
  'under-attack': {
    ratePercent: 10,
    streams: 20,
    headersSeconds: 3,
    requestSeconds: 60,
    idleSeconds: 60,
    headers: 60,
    headersKib: 16,
    connectionPercent: 25,
  },
} as const satisfies Record<string, EdgeProfile>;

/** A profile by the interface rather than by its literals. */
export function edgeProfile(name: keyof typeof EDGE_PROFILES): EdgeProfile {
  return EDGE_PROFILES[name];
}
