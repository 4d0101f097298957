import type { Manifest, NetworkPolicy } from '../core/manifest';
import { HBONE_PORT, PLATFORM_NAMESPACE, PLATFORM_SERVICES } from '../core/platform-service';
import type { Stamp } from '../core/stamp';
import { EDGE_PODS } from './edge-facts';
import type { IngressSettings } from './ingress-settings';
import { WAF, WAF_PODS } from './waf-service';

interface SpecObject extends Manifest {
  readonly spec: object;
}

/** Where Prometheus runs, and its pods, by the label that its operator gives them. */
export const PROMETHEUS = {
  namespace: PLATFORM_SERVICES.telemetry.namespace,
  pods: { 'app.kubernetes.io/name': 'prometheus' },
  port: 9090,
} as const;

/** Port at which a proxy of Istio's tells its own counters, and the name that injection gives it. */
const PROXY_METRICS = { port: 15_090, name: 'http-envoy-prom', path: '/stats/prometheus' } as const;

/** What the edge's alerts are made from: who reads the metrics of its proxy and its firewall, and the way to them, for nobody else. */
export function edgeMetrics({ alerts, waf }: IngressSettings, stamp: Stamp): readonly Manifest[] {
  if (alerts === 'none') return [];
  const proxy = [
    monitor('edge', EDGE_PODS, PROXY_METRICS, stamp),
    ...way('edge', EDGE_PODS, [PROXY_METRICS.port], stamp),
  ];
  if (waf.engine.kind !== 'ext-proc') return proxy;
  return [
    ...proxy,
    monitor('waf', WAF_PODS, { name: 'health', path: '/metrics' }, stamp),
    // The tunnel, where the mesh carries it: the port inside of it is the authorization's to look at.
    ...way('waf', WAF_PODS, [WAF.health, HBONE_PORT], stamp),
    reader(stamp),
  ];
}

type Pods = Readonly<Record<string, string>>;

/** `monitoring.coreos.com/v1` PodMonitor: each pod by itself, because a Service would answer for one of them. */
function monitor(
  name: string,
  matchLabels: Pods,
  { name: port, path }: { readonly name: string; readonly path: string },
  stamp: Stamp,
): SpecObject {
  return {
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'PodMonitor',
    metadata: stamp(name, PLATFORM_NAMESPACE.ingress),
    spec: { selector: { matchLabels }, podMetricsEndpoints: [{ port, path, interval: '15s' }] },
  };
}

/** Both ends of the way from Prometheus to some pods of the edge. */
function way(name: string, matchLabels: Pods, ports: readonly number[], stamp: Stamp): readonly NetworkPolicy[] {
  const { namespace, pods } = PROMETHEUS;
  const tcp = ports.map((port) => ({ protocol: 'TCP', port }));
  const ends: readonly (readonly [string, string, NonNullable<NetworkPolicy['spec']>])[] = [
    [
      PLATFORM_NAMESPACE.ingress,
      `allow-${name}-metrics`,
      {
        podSelector: { matchLabels },
        policyTypes: ['Ingress'],
        ingress: [{ from: [peer(namespace, pods)], ports: tcp }],
      },
    ],
    [
      namespace,
      `read-${name}-metrics`,
      {
        podSelector: { matchLabels: pods },
        policyTypes: ['Egress'],
        egress: [{ to: [peer(PLATFORM_NAMESPACE.ingress, matchLabels)], ports: tcp }],
      },
    ],
  ];
  return ends.map(([at, policy, spec]) => ({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: stamp(policy, at),
    spec,
  }));
}

/** Some pods of a namespace, as network policies name them. */
export function peer(namespace: string, matchLabels: Pods) {
  return {
    namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
    podSelector: { matchLabels },
  };
}

/** In the mesh too the firewall answers Prometheus on the one port, where it tells no more than metrics and health. */
function reader(stamp: Stamp): SpecObject {
  const rule = {
    from: [{ source: { namespaces: [PROMETHEUS.namespace] } }],
    to: [{ operation: { ports: [String(WAF.health)] } }],
  };
  return {
    apiVersion: 'security.istio.io/v1',
    kind: 'AuthorizationPolicy',
    metadata: stamp('edge-waf-metrics', PLATFORM_NAMESPACE.ingress),
    spec: { selector: { matchLabels: WAF_PODS }, action: 'ALLOW', rules: [rule] },
  };
}
