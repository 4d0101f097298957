import type { Manifest } from '../core/manifest';
import { PLATFORM_NAMESPACE } from '../core/platform-service';
import type { Stamp } from '../core/stamp';
import { EDGE_PODS } from './edge-facts';
import { edgeProfile } from './edge-profiles';
import { EDGE_RUNTIME } from './edge-switch';
import type { IngressSettings } from './ingress-settings';
import { tokenBucket } from './token-bucket';

/** An EnvoyFilter of the edge's proxy. */
export interface EnvoyFilter extends Manifest {
  readonly spec: {
    readonly workloadSelector: object;
    readonly configPatches: readonly object[];
    readonly priority?: number;
  };
}

const TYPE = 'type.googleapis.com/envoy.extensions.filters';
const HCM = 'envoy.filters.network.http_connection_manager';

/**
 * What each patch of the edge is about: every listener of its proxies, and in it the filter that reads HTTP. No port: a
 * listener on another one than expected would be without limits and without a firewall.
 */
export const LISTENER = { context: 'GATEWAY' } as const;
export const HTTP = { context: 'GATEWAY', listener: { filterChain: { filter: { name: HCM } } } } as const;

/** Before the router and after tokens and authorization: nobody without a right to call costs an inspection. */
export const LAST = {
  ...HTTP,
  listener: {
    filterChain: { filter: { ...HTTP.listener.filterChain.filter, subFilter: { name: 'envoy.filters.http.router' } } },
  },
} as const;

/** The EnvoyFilter of the edge's proxies with some patches. */
export function envoyFilter(name: string, stamp: Stamp, configPatches: readonly object[]): EnvoyFilter {
  return {
    apiVersion: 'networking.istio.io/v1alpha3',
    kind: 'EnvoyFilter',
    metadata: stamp(name, PLATFORM_NAMESPACE.ingress),
    // After Istio's own and before none: patches that stand beside others are applied in this order.
    spec: { workloadSelector: { labels: EDGE_PODS }, priority: 10, configPatches },
  };
}

/** What Istio has no field for: connections, slow callers, sizes, and the requests of one address to all routes of a host. */
export function edgeLimits(settings: IngressSettings, stamp: Stamp): readonly EnvoyFilter[] {
  return [
    envoyFilter('edge-connections', stamp, [connections(settings), buffers(settings), handshake(settings)]),
    envoyFilter('edge-requests', stamp, [requests(settings)]),
    envoyFilter('edge-rates', stamp, [routeRates(), ...attackRate(settings), addressRate(settings)]),
  ];
}

/** Counted for each host, so that an attack on one leaves connections for the others. */
function connections({ limits }: IngressSettings): object {
  const { connectionPercent } = edgeProfile(limits.profile);
  return {
    applyTo: 'NETWORK_FILTER',
    match: HTTP,
    patch: {
      operation: 'INSERT_BEFORE',
      value: {
        name: 'envoy.filters.network.connection_limit',
        typed_config: {
          '@type': `${TYPE}.network.connection_limit.v3.ConnectionLimit`,
          stat_prefix: 'edge',
          max_connections: Math.floor((limits.connections * connectionPercent) / 100),
        },
      },
    },
  };
}

function buffers({ limits }: IngressSettings): object {
  const { headersSeconds } = edgeProfile(limits.profile);
  const value = { per_connection_buffer_limit_bytes: 32_768, listener_filters_timeout: `${headersSeconds}s` };
  return { applyTo: 'LISTENER', match: LISTENER, patch: { operation: 'MERGE', value } };
}

function handshake({ limits }: IngressSettings): object {
  const { headersSeconds } = edgeProfile(limits.profile);
  const value = { transport_socket_connect_timeout: `${headersSeconds}s` };
  return { applyTo: 'FILTER_CHAIN', match: LISTENER, patch: { operation: 'MERGE', value } };
}

function requests({ limits }: IngressSettings): object {
  const profile = edgeProfile(limits.profile);
  return {
    applyTo: 'NETWORK_FILTER',
    match: HTTP,
    patch: {
      operation: 'MERGE',
      value: {
        typed_config: {
          '@type': `${TYPE}.network.http_connection_manager.v3.HttpConnectionManager`,
          max_request_headers_kb: profile.headersKib,
          request_headers_timeout: `${profile.headersSeconds}s`,
          request_timeout: `${profile.requestSeconds}s`,
          stream_idle_timeout: `${profile.idleSeconds}s`,
          delayed_close_timeout: '1s',
          // The service’s own, which its route takes away: who asks learns of no proxy.
          server_header_transformation: 'PASS_THROUGH',
          common_http_protocol_options: {
            idle_timeout: `${profile.idleSeconds}s`,
            max_headers_count: profile.headers,
            // Proxies and services read x_forwarded_for and x-forwarded-for as one name or as two.
            headers_with_underscores_action: 'REJECT_REQUEST',
          },
          http2_protocol_options: {
            max_concurrent_streams: profile.streams,
            initial_stream_window_size: 65_536,
            initial_connection_window_size: 1_048_576,
          },
        },
      },
    },
  };
}

const FIRST = { applyTo: 'HTTP_FILTER', match: HTTP } as const;

/** Does nothing by itself: each route brings its own limits to it. */
function routeRates(): object {
  return {
    ...FIRST,
    patch: {
      operation: 'INSERT_FIRST',
      value: {
        name: 'envoy.filters.http.local_ratelimit',
        typed_config: { '@type': `${TYPE}.http.local_ratelimit.v3.LocalRateLimit`, stat_prefix: 'edge_route' },
      },
    },
  };
}

/** Most addresses that are counted one by one; Envoy's own default is 20. */
const ADDRESSES = 50_000;

/** Filters of their own: what a route says of the one above takes the place of what stands there. */
function addressRate({ limits }: IngressSettings): object {
  const { ratePercent } = edgeProfile(limits.profile);
  return rateOfAddresses('edge_address', Math.floor((limits.perAddress * ratePercent) / 100), share(100));
}

/**
 * The limit of addresses under attack, which does nothing until the switch is turned. Behind the one above, which goes on
 * counting everything: what it refuses says whether the attack goes on, however little is let in here.
 */
function attackRate({ limits }: IngressSettings): readonly object[] {
  if (limits.automatic === undefined) return [];
  const { ratePercent } = edgeProfile('under-attack');
  const perAddress = Math.floor((limits.perAddress * ratePercent) / 100);
  return [rateOfAddresses(EDGE_RUNTIME.statistics, perAddress, { ...share(0), runtime_key: EDGE_RUNTIME.key })];
}

interface Share {
  readonly default_value: object;
  readonly runtime_key?: string;
}

function share(numerator: number): Share {
  return { default_value: { numerator, denominator: 'HUNDRED' } };
}

function rateOfAddresses(name: 'edge_address' | typeof EDGE_RUNTIME.statistics, perMinute: number, of: Share): object {
  return {
    ...FIRST,
    patch: {
      operation: 'INSERT_FIRST',
      value: {
        name: `drun.${name}_rate`,
        typed_config: {
          '@type': `${TYPE}.http.local_ratelimit.v3.LocalRateLimit`,
          stat_prefix: name,
          token_bucket: tokenBucket(60_000_000),
          filter_enabled: of,
          filter_enforced: of,
          rate_limits: [{ actions: [{ masked_remote_address: { v4_prefix_mask_len: 32, v6_prefix_mask_len: 64 } }] }],
          descriptors: [
            { entries: [{ key: 'masked_remote_address' }], token_bucket: tokenBucket(Math.max(1, perMinute)) },
          ],
          max_dynamic_descriptors: ADDRESSES,
          always_consume_default_token_bucket: false,
        },
      },
    },
  };
}
