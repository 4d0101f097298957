import type { JsonObject } from '../core/json';
import { EDGE_STATISTICS } from './edge-alerts';
import { EDGE_PODS, EDGE_PORT } from './edge-facts';
import { EDGE_RUNTIME } from './edge-switch';
import type { IngressSettings } from './ingress-settings';

/** ConfigMap whose `custom_bootstrap.json` Istio's gateway template merges into the proxy's own start-up configuration. */
export const BOOTSTRAP = 'edge-bootstrap';

/** Memory of one proxy; the overload manager begins to shed load below it. */
const MEMORY_MIB = 2048;

/**
 * Values of Istio's `gateway` chart (https://github.com/istio/istio/tree/1.30.3/manifests/charts/gateway). One port, because
 * whoever types a plain address is sent to https by his browser (HSTS) and a redirect would answer over plain HTTP.
 */
export function gatewayValues({ cdn, limits, replicas }: IngressSettings): JsonObject {
  const proxyConfig = {
    gatewayTopology: { numTrustedProxies: cdn.profile === 'none' ? 0 : cdn.hops, forwardClientCertDetails: 'SANITIZE' },
    proxyStatsMatcher: { inclusionRegexps: EDGE_STATISTICS },
    proxyMetadata: { ISTIO_META_GLOBAL_DOWNSTREAM_MAX_CONNECTIONS: String(limits.connections) },
  };
  return {
    podAnnotations: {
      'proxy.istio.io/config': JSON.stringify(proxyConfig),
      'sidecar.istio.io/bootstrapOverride': BOOTSTRAP,
    },
    // The chart's own default opens ports below 1024, and says nothing of system calls, which Pod Security asks for.
    securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
    service: {
      type: 'LoadBalancer',
      // The address of the caller is kept: limits, and the lock to the CDN, go by it.
      externalTrafficPolicy: 'Local',
      loadBalancerSourceRanges: cdn.profile === 'none' ? [] : cdn.ranges,
      ports: [{ name: 'https', port: EDGE_PORT.service, targetPort: EDGE_PORT.pod, protocol: 'TCP' }],
    },
    autoscaling: {
      enabled: true,
      minReplicas: replicas.min,
      maxReplicas: replicas.max,
      targetCPUUtilizationPercentage: 60,
    },
    podDisruptionBudget: { minAvailable: 1 },
    resources: {
      requests: { cpu: '1', memory: `${MEMORY_MIB}Mi` },
      limits: { cpu: '4', memory: `${MEMORY_MIB}Mi` },
    },
    topologySpreadConstraints: [OVER_ZONES],
    priorityClassName: 'drun-platform',
    terminationGracePeriodSeconds: 60,
    ...(limits.automatic === undefined ? {} : RUNTIME),
  };
}

const OVER_ZONES = {
  maxSkew: 1,
  topologyKey: 'topology.kubernetes.io/zone',
  whenUnsatisfiable: 'ScheduleAnyway',
  labelSelector: { matchLabels: EDGE_PODS },
} as const;

/** The switch, where there is one, as a folder of the proxy: the kubelet renews what is in it while the proxy runs. */
const RUNTIME: JsonObject = {
  volumes: [{ name: 'edge-runtime', configMap: { name: EDGE_RUNTIME.name, optional: true } }],
  volumeMounts: [{ name: 'edge-runtime', mountPath: EDGE_RUNTIME.folder, readOnly: true }],
};

/** Read again whenever the kubelet puts a new folder in the place of `..data`. */
const LAYERED_RUNTIME: JsonObject = {
  layers: [{ name: 'edge', disk_layer: { symlink_root: `${EDGE_RUNTIME.folder}/..data` } }],
};

const TYPE = 'type.googleapis.com/envoy';

/**
 * The overload manager: a proxy that runs out of memory first gives some back, then takes no new streams, then no
 * connections, and is never killed with all its callers. Connections are closed rather than left waiting
 * (`stop_accepting_connections`): a CDN that is refused asks another proxy, one that hears nothing waits.
 */
export function bootstrap({ automatic }: Partial<IngressSettings['limits']> = {}): JsonObject {
  const heap = 'envoy.resource_monitors.fixed_heap';
  const at = (name: string, value: number): JsonObject => ({ name, triggers: [{ name: heap, threshold: { value } }] });
  return {
    ...(automatic === undefined ? {} : { layered_runtime: LAYERED_RUNTIME }),
    overload_manager: {
      refresh_interval: '0.25s',
      resource_monitors: [
        {
          name: heap,
          typed_config: {
            '@type': `${TYPE}.extensions.resource_monitors.fixed_heap.v3.FixedHeapConfig`,
            // A tenth is left for what the allocator does not count.
            max_heap_size_bytes: Math.floor(MEMORY_MIB * 1024 * 1024 * 0.9),
          },
        },
      ],
      actions: [
        at('envoy.overload_actions.shrink_heap', 0.85),
        at('envoy.overload_actions.disable_http_keepalive', 0.9),
        at('envoy.overload_actions.stop_accepting_requests', 0.95),
        at('envoy.overload_actions.reject_incoming_connections', 0.97),
      ],
    },
  };
}
