import type { ClusterFacts } from '../core/cluster-facts';
import { exempted } from '../core/exemption';
import type { Manifest, NetworkPolicy } from '../core/manifest';
import { PLATFORM_NAMESPACE } from '../core/platform-service';
import type { Stamp } from '../core/stamp';
import type { DataPlane } from './edge-deployment';
import { type EnvoyFilter, envoyFilter, LAST } from './edge-filters';
import { PROBES } from './edge-guards';
import { GLOBAL_DOMAIN } from './global-rates';
import type { GlobalSettings } from './global-settings';
import { RATE_LIMIT, RATE_LIMIT_PODS, rateLimitService } from './rate-limit-service';

/** Counting over all proxies: who counts, who may speak to it and it to whom, and the proxies that ask it. */
export function edgeGlobal(
  settings: GlobalSettings | undefined,
  facts: ClusterFacts,
  dataPlane: DataPlane,
  stamp: Stamp,
): readonly Manifest[] {
  if (settings === undefined) return [];
  return [
    ...access(facts, stamp),
    ...network(settings, stamp),
    ...rateLimitService(settings, dataPlane, stamp),
    globalRates(settings, stamp),
  ];
}

/** Before the edge's other filters, so that the firewall, which is put before the router as well, comes after it. */
const EARLY = 5;

/**
 * Asks for each request that a route has counted. After tokens and authorization: who may not call uses up nobody's share,
 * and callers are known. Before the firewall: what is too much is not inspected.
 */
function globalRates({ onFailure }: GlobalSettings, stamp: Stamp): EnvoyFilter {
  const refuses = onFailure === 'refuse';
  const { metadata, spec, ...rest } = envoyFilter('edge-global-rates', stamp, [
    { applyTo: 'HTTP_FILTER', match: LAST, patch: { operation: 'INSERT_BEFORE', value: filter(refuses) } },
  ]);
  const marked = onFailure === 'refuse' ? metadata : exempted(metadata, onFailure.localOnly);
  return { ...rest, metadata: marked, spec: { ...spec, priority: EARLY } };
}

function filter(refuses: boolean): object {
  const { name, port } = RATE_LIMIT;
  return {
    name: 'envoy.filters.http.ratelimit',
    typed_config: {
      '@type': 'type.googleapis.com/envoy.extensions.filters.http.ratelimit.v3.RateLimit',
      stat_prefix: 'edge_global',
      domain: GLOBAL_DOMAIN,
      failure_mode_deny: refuses,
      status_on_error: { code: 'ServiceUnavailable' },
      timeout: '0.25s',
      enable_x_ratelimit_headers: 'DRAFT_VERSION_03',
      rate_limit_service: {
        transport_api_version: 'V3',
        grpc_service: {
          envoy_grpc: { cluster_name: `outbound|${port}||${name}.${PLATFORM_NAMESPACE.ingress}.svc.cluster.local` },
        },
      },
    },
  };
}

/** The edge's proxies alone ask, under their own identity, and on the one port for questions. */
function access({ trustDomain }: ClusterFacts, stamp: Stamp): readonly Manifest[] {
  const pods = { selector: { matchLabels: RATE_LIMIT_PODS } };
  const metadata = stamp('edge-ratelimit', PLATFORM_NAMESPACE.ingress);
  const apiVersion = 'security.istio.io/v1';
  const principals = [`${trustDomain}/ns/${PLATFORM_NAMESPACE.ingress}/sa/ingress`];
  const rule = { from: [{ source: { principals } }], to: [{ operation: { ports: [String(RATE_LIMIT.port)] } }] };
  const strict: Secured = {
    apiVersion,
    kind: 'PeerAuthentication',
    metadata,
    spec: { ...pods, mtls: { mode: 'STRICT' } },
  };
  const edge: Secured = {
    apiVersion,
    kind: 'AuthorizationPolicy',
    metadata,
    spec: { ...pods, action: 'ALLOW', rules: [rule] },
  };
  return [strict, edge];
}

interface Secured extends Manifest {
  readonly spec: object;
}

/** Who counts reaches the store and nothing else outside its namespace, and is reached by the kubelet's probes. */
function network({ store }: GlobalSettings, stamp: Stamp): readonly NetworkPolicy[] {
  const podSelector = { matchLabels: RATE_LIMIT_PODS };
  const to = store.ranges.map((cidr) => ({ ipBlock: { cidr } }));
  return [
    policy('allow-ratelimit-store', stamp, {
      podSelector,
      policyTypes: ['Egress'],
      egress: [{ to, ports: [{ protocol: 'TCP', port: store.port }] }],
    }),
    policy('allow-ratelimit-probes', stamp, {
      podSelector,
      policyTypes: ['Ingress'],
      ingress: [{ from: PROBES, ports: [{ protocol: 'TCP', port: RATE_LIMIT.health }] }],
    }),
  ];
}

function policy(name: string, stamp: Stamp, spec: NonNullable<NetworkPolicy['spec']>): NetworkPolicy {
  const metadata = stamp(name, PLATFORM_NAMESPACE.ingress);
  return { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata, spec };
}
