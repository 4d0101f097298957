import { Construct } from 'constructs';
import { satisfiesAll } from '../core/control';
import { type Manifest, manifest } from '../core/manifest';
import { HBONE_PORT, PLATFORM_NAMESPACE } from '../core/platform-service';
import { stampFor } from '../core/stamp';

const CONTROLS = {
  'NET-1': 'traffic leaves the cluster through one waypoint that knows who calls which host',
  'NET-4': 'the waypoint forwards nothing that no tenant declared',
} as const;

interface SpecObject extends Manifest {
  readonly spec: object;
}

/**
 * The waypoint through which tenants call hosts on the internet. Tenants' service entries bind themselves to it; an
 * authorization policy beside each entry says who may use it.
 */
export class EgressGateway extends Construct {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    satisfiesAll(this, CONTROLS);
    const stamp = stampFor({ component: PLATFORM_NAMESPACE.egress }, CONTROLS);
    const namespace = PLATFORM_NAMESPACE.egress;
    manifest<SpecObject>(this, 'Waypoint', {
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'Gateway',
      metadata: stamp('egress', namespace, { 'istio.io/waypoint-for': 'service' }),
      spec: {
        gatewayClassName: 'istio-waypoint',
        listeners: [
          { name: 'mesh', port: HBONE_PORT, protocol: 'HBONE', allowedRoutes: { namespaces: { from: 'All' } } },
        ],
      },
    });
    manifest<SpecObject>(this, 'DefaultDeny', {
      apiVersion: 'security.istio.io/v1',
      kind: 'AuthorizationPolicy',
      metadata: stamp('egress-default-deny', namespace),
      spec: { targetRefs: [{ group: 'gateway.networking.k8s.io', kind: 'Gateway', name: 'egress' }] },
    });
  }
}
