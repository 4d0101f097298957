const HCM = 'envoy.filters.network.http_connection_manager';
const TYPE = 'type.googleapis.com/envoy.extensions';
const HCM_TYPE = `${TYPE}.filters.network.http_connection_manager.v3.HttpConnectionManager`;

/** Connections that the gateway's listener holds at most. */
export const MAX_CONNECTIONS = 40;
/** Bytes of headers that a request may have, in KiB, and how many headers. */
export const MAX_HEADERS_KB = 16;
export const MAX_HEADERS = 60;
/** Requests at once on one HTTP/2 connection. */
export const MAX_STREAMS = 20;
/** Requests that one address may send at once, before they come back at `RATE` a second. */
export const BURST = 20;
/** Seconds that a caller may take for TLS, for the headers of a request, and for all of a request. */
export const HANDSHAKE_SECONDS = 1;
export const HEADERS_SECONDS = 1;
export const REQUEST_SECONDS = 2;

type Labels = Readonly<Record<string, string>>;

/** EnvoyFilters of the gateway: what Istio has no field for. Each was taken by Istio and run by Envoy as it stands here. */
export function gatewayLimits(namespace: string, labels: Labels): readonly object[] {
  // The highest priority is applied last, and what is inserted first last stands first: a limit is cheaper than a firewall.
  const filter = (name: string, priority: number, configPatches: readonly object[]) => ({
    apiVersion: 'networking.istio.io/v1alpha3',
    kind: 'EnvoyFilter',
    metadata: { name, namespace },
    spec: { workloadSelector: { labels }, priority, configPatches },
  });
  return [
    filter('http-limits', 1, [httpLimits()]),
    filter('connection-limits', 2, [connectionLimit(), listenerLimits(), handshakeLimit()]),
    filter('waf', 10, [externalJudge()]),
    filter('local-rate-limit', 20, [rateLimitFilter(), rateLimitDescriptors()]),
  ];
}

const LISTENER = { context: 'GATEWAY', listener: { portNumber: 8443 } } as const;
const HTTP = { ...LISTENER, listener: { ...LISTENER.listener, filterChain: { filter: { name: HCM } } } } as const;

function httpLimits(): object {
  return {
    applyTo: 'NETWORK_FILTER',
    match: HTTP,
    patch: {
      operation: 'MERGE',
      value: {
        typed_config: {
          '@type': HCM_TYPE,
          max_request_headers_kb: MAX_HEADERS_KB,
          request_headers_timeout: `${HEADERS_SECONDS}s`,
          request_timeout: `${REQUEST_SECONDS}s`,
          stream_idle_timeout: '30s',
          delayed_close_timeout: '1s',
          common_http_protocol_options: {
            idle_timeout: '60s',
            max_headers_count: MAX_HEADERS,
            headers_with_underscores_action: 'REJECT_REQUEST',
          },
          http2_protocol_options: {
            max_concurrent_streams: MAX_STREAMS,
            initial_stream_window_size: 65_536,
            initial_connection_window_size: 1_048_576,
          },
        },
      },
    },
  };
}

/** Counts connections after their filter chain is chosen, before anything is read from them. */
function connectionLimit(): object {
  return {
    applyTo: 'NETWORK_FILTER',
    match: HTTP,
    patch: {
      operation: 'INSERT_FIRST',
      value: {
        name: 'envoy.filters.network.connection_limit',
        typed_config: {
          '@type': `${TYPE}.filters.network.connection_limit.v3.ConnectionLimit`,
          stat_prefix: 'gateway',
          max_connections: MAX_CONNECTIONS,
        },
      },
    },
  };
}

function listenerLimits(): object {
  return {
    applyTo: 'LISTENER',
    match: LISTENER,
    patch: {
      operation: 'MERGE',
      value: { per_connection_buffer_limit_bytes: 32_768, listener_filters_timeout: `${HANDSHAKE_SECONDS}s` },
    },
  };
}

function handshakeLimit(): object {
  return {
    applyTo: 'FILTER_CHAIN',
    match: LISTENER,
    patch: { operation: 'MERGE', value: { transport_socket_connect_timeout: `${HANDSHAKE_SECONDS}s` } },
  };
}

/** The firewall sees a request before anything else does, and nothing passes without its word. */
function externalJudge(): object {
  return {
    applyTo: 'HTTP_FILTER',
    match: HTTP,
    patch: {
      operation: 'INSERT_FIRST',
      value: {
        name: 'envoy.filters.http.ext_proc',
        typed_config: {
          '@type': `${TYPE}.filters.http.ext_proc.v3.ExternalProcessor`,
          grpc_service: {
            envoy_grpc: { cluster_name: 'outbound|9002||waf.istio-ingress.svc.cluster.local' },
            timeout: '1s',
          },
          failure_mode_allow: false,
          status_on_error: { code: 'ServiceUnavailable' },
          message_timeout: '1s',
          request_attributes: ['xds.route_name', 'source.address'],
          processing_mode: { request_header_mode: 'SEND', response_header_mode: 'SKIP' },
          mutation_rules: { allow_all_routing: false, allow_envoy: false, disallow_system: true },
        },
      },
    },
  };
}

function rateLimitFilter(): object {
  return {
    applyTo: 'HTTP_FILTER',
    match: HTTP,
    patch: {
      operation: 'INSERT_FIRST',
      value: {
        name: 'envoy.filters.http.local_ratelimit',
        typed_config: {
          '@type': `${TYPE}.filters.http.local_ratelimit.v3.LocalRateLimit`,
          stat_prefix: 'gateway',
        },
      },
    },
  };
}

/**
 * Every address has a bucket of its own at every host; of IPv6 every /64, which is what one caller has. The buckets of those who were
 * longest away are forgotten.
 */
function rateLimitDescriptors(): object {
  const bucket = { max_tokens: BURST, tokens_per_fill: BURST, fill_interval: '1s' };
  const always = { default_value: { numerator: 100, denominator: 'HUNDRED' } };
  return {
    applyTo: 'VIRTUAL_HOST',
    match: { context: 'GATEWAY' },
    patch: {
      operation: 'MERGE',
      value: {
        typed_per_filter_config: {
          'envoy.filters.http.local_ratelimit': {
            '@type': `${TYPE}.filters.http.local_ratelimit.v3.LocalRateLimit`,
            stat_prefix: 'gateway',
            token_bucket: { max_tokens: 10_000, tokens_per_fill: 10_000, fill_interval: '1s' },
            filter_enabled: always,
            filter_enforced: always,
            rate_limits: [{ actions: [{ masked_remote_address: { v4_prefix_mask_len: 32, v6_prefix_mask_len: 64 } }] }],
            descriptors: [{ entries: [{ key: 'masked_remote_address' }], token_bucket: bucket }],
            max_dynamic_descriptors: 10_000,
          },
        },
      },
    },
  };
}
