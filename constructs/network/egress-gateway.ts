import { Construct } from 'constructs';
import { satisfiesAll } from '../core/control';
import { type HelmReleaseProps, helmRelease } from '../core/helm-release';
import type { JsonObject } from '../core/json';
import { type Manifest, manifest } from '../core/manifest';
import { HBONE_PORT, PLATFORM_NAMESPACE } from '../core/platform-service';
import { stampFor } from '../core/stamp';
import { EGRESS } from './egress-names';

const CONTROLS = {
  'NET-1': 'traffic leaves the cluster through proxies that know who calls which host',
  'NET-4': 'what no tenant declared is forwarded for nobody',
  'ENC-1': 'the egress gateway speaks mutual TLS 1.3 and nothing older',
} as const;

interface SpecObject extends Manifest {
  readonly spec: object;
}

/** What the way out is made of. */
export interface EgressGatewayProps {
  /** Chart of the gateway for pods with sidecars; Istio makes the waypoint of the ambient mesh itself. */
  readonly gateway: HelmReleaseProps;
}

/**
 * The two doors through which tenants call hosts on the internet. In the ambient mesh a waypoint: tenants' service entries
 * bind themselves to it, and an authorization policy beside each entry says who may use it. For pods with sidecars, which call
 * no waypoints, a gateway: each declared host is a route of it with an authorization policy beside it.
 */
export class EgressGateway extends Construct {
  private readonly stamp = stampFor({ component: PLATFORM_NAMESPACE.egress }, CONTROLS);

  constructor(scope: Construct, id: string, { gateway }: EgressGatewayProps) {
    super(scope, id);
    satisfiesAll(this, CONTROLS);
    this.place('Waypoint', 'gateway.networking.k8s.io/v1', 'Gateway', {
      metadata: this.stamp('egress', PLATFORM_NAMESPACE.egress, { 'istio.io/waypoint-for': 'service' }),
      spec: {
        gatewayClassName: 'istio-waypoint',
        listeners: [
          { name: 'mesh', port: HBONE_PORT, protocol: 'HBONE', allowedRoutes: { namespaces: { from: 'All' } } },
        ],
      },
    });
    this.place('DefaultDeny', 'security.istio.io/v1', 'AuthorizationPolicy', {
      metadata: this.stamp('egress-default-deny', PLATFORM_NAMESPACE.egress),
      spec: { targetRefs: [{ group: 'gateway.networking.k8s.io', kind: 'Gateway', name: 'egress' }] },
    });
    const version = this.place('GatewayTls', 'networking.istio.io/v1alpha3', 'EnvoyFilter', {
      metadata: this.stamp('egress-tls', EGRESS.namespace),
      spec: LOWEST_TLS,
    });
    const deny = this.place('GatewayDefaultDeny', 'security.istio.io/v1', 'AuthorizationPolicy', {
      metadata: this.stamp('egress-default-deny', EGRESS.namespace),
      spec: { selector: { matchLabels: EGRESS.pods } },
    });
    const release = helmRelease(this, 'Gateway', { ...gateway, values: VALUES });
    release.node.addDependency(version, deny);
  }

  private place(id: string, apiVersion: string, kind: string, rest: Pick<SpecObject, 'metadata' | 'spec'>): Construct {
    return manifest<SpecObject>(this, id, { apiVersion, kind, ...rest });
  }
}

/** Istio takes no lowest version of TLS for servers with the mesh's own certificates (`BuildListenerTLSContext`, 1.31). */
const LOWEST_TLS: JsonObject = {
  workloadSelector: { labels: EGRESS.pods },
  configPatches: [
    {
      applyTo: 'FILTER_CHAIN',
      match: { context: 'GATEWAY', listener: { portNumber: EGRESS.port } },
      patch: {
        operation: 'MERGE',
        value: {
          transport_socket: {
            name: 'envoy.transport_sockets.tls',
            typed_config: {
              '@type': 'type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext',
              common_tls_context: { tls_params: { tls_minimum_protocol_version: 'TLSv1_3' } },
            },
          },
        },
      },
    },
  ],
};

/** Values of Istio's `gateway` chart (https://github.com/istio/istio/tree/1.30.3/manifests/charts/gateway). */
const VALUES: JsonObject = {
  securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
  service: {
    type: 'ClusterIP',
    ports: [{ name: 'tls', port: EGRESS.port, targetPort: EGRESS.port, protocol: 'TCP' }],
  },
  autoscaling: { enabled: true, minReplicas: 2, maxReplicas: 10, targetCPUUtilizationPercentage: 60 },
  podDisruptionBudget: { minAvailable: 1 },
  priorityClassName: 'drun-platform',
};
