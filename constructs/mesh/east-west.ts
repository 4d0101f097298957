import { Construct } from 'constructs';
import { clusterFactsOf } from '../core/cluster-facts';
import { satisfiesAll } from '../core/control';
import { type HelmReleaseProps, helmRelease } from '../core/helm-release';
import { ACROSS_REGIONS, LABEL } from '../core/labels';
import { type Manifest, manifest, type NetworkPolicy } from '../core/manifest';
import { HBONE_PORT, PLATFORM_NAMESPACE } from '../core/platform-service';
import { stampFor } from '../core/stamp';
import type { MeshMember, MeshPeer, MeshSettings, RegionFailover } from './mesh-settings';

const CONTROLS = {
  'NET-1':
    'regions call each other through one door each, by mutual TLS of the one mesh, and fail over to the region that is named',
  'NET-4': 'the door is open to the addresses of other regions, and leads to namespaces that answer across regions',
  'BDR-2': 'a request goes to the other region once this one’s answers fail',
} as const;

interface SpecObject extends Manifest {
  readonly spec: object;
}

type PolicySpec = NonNullable<NetworkPolicy['spec']>;

/** What stands between a region and the others. */
export interface EastWestProps {
  readonly dataPlane: MeshSettings['dataPlane'];
  readonly member: MeshMember;
  readonly peers: readonly MeshPeer[];
  readonly failover: readonly RegionFailover[];
  /** Chart of the gateway, where pods have proxies; Istio makes the one of the ambient mesh itself. */
  readonly gateway: HelmReleaseProps;
}

const NAME = 'eastwest';
/** Port of the classic gateway between networks (https://istio.io/latest/docs/setup/install/multicluster/). */
const PASSTHROUGH_PORT = 15_443;

/**
 * The door of a region to the others of its mesh: a gateway that takes the mesh's own mutual TLS and nothing else, the
 * network policies around it, and the rule by which calls move to another region.
 */
export class EastWest extends Construct {
  private readonly stamp = stampFor({ component: NAME }, CONTROLS);

  constructor(scope: Construct, id: string, props: EastWestProps) {
    super(scope, id);
    satisfiesAll(this, CONTROLS);
    if (props.dataPlane === 'ambient') this.tunnel(props);
    else this.passthrough(props);
    this.network(props);
    this.failover(props);
  }

  /** HBONE ends here and starts again inside (https://istio.io/latest/docs/ambient/install/multicluster/). */
  private tunnel({ member: { network, loadBalancer } }: EastWestProps): void {
    const { trustDomain } = clusterFactsOf(this);
    const annotated = Object.keys(loadBalancer).length === 0 ? {} : { infrastructure: { annotations: loadBalancer } };
    const options = { 'gateway.istio.io/tls-terminate-mode': 'ISTIO_MUTUAL' };
    const listener = { name: 'mesh', port: HBONE_PORT, protocol: 'HBONE', tls: { mode: 'Terminate', options } };
    this.place('Gateway', 'gateway.networking.k8s.io/v1', PLATFORM_NAMESPACE.eastWest, NAME, {
      labels: { 'topology.istio.io/network': network },
      spec: { gatewayClassName: 'istio-east-west', ...annotated, listeners: [listener] },
    });
    // Istio counts the gateway among the waypoints, which the root namespace closes.
    this.place('Callers', 'security.istio.io/v1', PLATFORM_NAMESPACE.eastWest, 'allow-mesh', {
      kind: 'AuthorizationPolicy',
      spec: {
        targetRefs: [{ group: 'gateway.networking.k8s.io', kind: 'Gateway', name: NAME }],
        action: 'ALLOW',
        rules: [{ from: [{ source: { principals: [`${trustDomain}/*`] } }] }],
      },
    });
  }

  /** The caller's own TLS goes through to the proxy in the pod, which asks for a certificate of the mesh. */
  private passthrough({ member: { network, loadBalancer }, gateway }: EastWestProps): void {
    helmRelease(this, 'Release', {
      ...gateway,
      values: {
        networkGateway: network,
        labels: { istio: 'eastwestgateway', 'istio.io/dataplane-mode': 'none' },
        autoscaling: { minReplicas: 2 },
        securityContext: { seccompProfile: { type: 'RuntimeDefault' } },
        service: { annotations: loadBalancer },
      },
    });
    this.place('Gateway', 'networking.istio.io/v1', PLATFORM_NAMESPACE.eastWest, NAME, {
      spec: {
        selector: { istio: 'eastwestgateway' },
        servers: [
          {
            port: { number: PASSTHROUGH_PORT, name: 'tls', protocol: 'TLS' },
            tls: { mode: 'AUTO_PASSTHROUGH' },
            hosts: ['*.local'],
          },
        ],
      },
    });
  }

  private network({ dataPlane, member, peers }: EastWestProps): void {
    const ambient = dataPlane === 'ambient';
    const across = { matchLabels: { [LABEL.scope]: ACROSS_REGIONS } };
    const door = tcp(ambient ? HBONE_PORT : PASSTHROUGH_PORT);
    this.policy('allow-regions', PLATFORM_NAMESPACE.eastWest, {
      policyTypes: ['Ingress'],
      ingress: [{ from: blocks(member.callers), ports: door }],
    });
    this.policy('allow-services', PLATFORM_NAMESPACE.eastWest, {
      policyTypes: ['Egress'],
      egress: [{ to: [{ namespaceSelector: across }], ...(ambient ? { ports: tcp(HBONE_PORT) } : {}) }],
    });
    if (peers.length === 0) return;
    this.policy('allow-other-regions', PLATFORM_NAMESPACE.ingress, {
      policyTypes: ['Egress'],
      egress: [{ to: blocks(peers.flatMap(({ gateway }) => gateway)), ports: door }],
    });
    this.policy('allow-other-api-servers', PLATFORM_NAMESPACE.mesh, {
      policyTypes: ['Egress'],
      egress: [{ to: blocks(peers.flatMap(({ apiServerCidrs }) => apiServerCidrs)), ports: tcp(443, 6443) }],
    });
  }

  /** Failover without outlier detection does nothing; and a region that is gone must be able to lose all of its endpoints. */
  private failover({ failover }: EastWestProps): void {
    const named = failover.length === 0 ? {} : { failover: failover.map(({ from, to }) => ({ from, to })) };
    this.place('Failover', 'networking.istio.io/v1', PLATFORM_NAMESPACE.mesh, 'across-regions', {
      kind: 'DestinationRule',
      spec: {
        host: '*.local',
        exportTo: ['*'],
        trafficPolicy: {
          loadBalancer: { simple: 'LEAST_REQUEST', localityLbSetting: { enabled: true, ...named } },
          outlierDetection: {
            consecutiveGatewayErrors: 5,
            interval: '5s',
            baseEjectionTime: '30s',
            maxEjectionPercent: 100,
          },
        },
      },
    });
  }

  private policy(name: string, namespace: string, spec: Omit<PolicySpec, 'podSelector'>): void {
    manifest<NetworkPolicy>(this, `${namespace}-${name}`, {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: this.stamp(name, namespace),
      spec: { podSelector: {}, ...spec },
    });
  }

  private place(
    id: string,
    apiVersion: string,
    namespace: string,
    name: string,
    { kind = 'Gateway', labels, spec }: { kind?: string; labels?: Readonly<Record<string, string>>; spec: object },
  ): void {
    manifest<SpecObject>(this, id, { apiVersion, kind, metadata: this.stamp(name, namespace, labels), spec });
  }
}

function blocks(cidrs: readonly string[]) {
  return [...new Set(cidrs)].sort().map((cidr) => ({ ipBlock: { cidr } }));
}

function tcp(...ports: readonly number[]) {
  return ports.map((port) => ({ protocol: 'TCP', port }));
}
