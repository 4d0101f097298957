import { Construct } from 'constructs';
import { satisfiesAll } from '../core/control';
import type { Manifest } from '../core/manifest';
import { manifest } from '../core/manifest';
import { PLATFORM_NAMESPACE } from '../core/platform-service';
import { stampFor } from '../core/stamp';
import { ACCESS_LOG, TRACES } from './mesh-config';
import type { MeshSettings } from './mesh-settings';

const CONTROLS = {
  'NET-1':
    'in every namespace of the mesh, present and future, mutual TLS is strict, nothing is authorized by default and a proxy sees its own namespace',
  'ENC-1': 'no workload of the mesh accepts plain text unless the platform says so for it',
  'MON-1': 'no namespace is left out of the access log',
} as const;

interface SpecObject extends Manifest {
  readonly spec: object;
}

/**
 * What holds in the whole mesh, because it stands in the root namespace: for namespaces whose own policies are missing, not
 * made yet, or gone.
 */
export class MeshGuards extends Construct {
  private readonly stamp = stampFor({ component: 'mesh' }, CONTROLS);

  constructor(scope: Construct, id: string, settings: MeshSettings) {
    super(scope, id);
    satisfiesAll(this, CONTROLS);
    this.place('security.istio.io/v1', 'PeerAuthentication', 'default', { mtls: { mode: 'STRICT' } });
    this.place('security.istio.io/v1', 'AuthorizationPolicy', 'default-deny', {});
    if (settings.dataPlane === 'ambient') {
      // A policy without a target is none of a waypoint's: this one closes every waypoint that has no policy of its own.
      this.place('security.istio.io/v1', 'AuthorizationPolicy', 'waypoints-default-deny', {
        targetRefs: [{ group: 'gateway.networking.k8s.io', kind: 'GatewayClass', name: 'istio-waypoint' }],
      });
    }
    this.place('networking.istio.io/v1', 'Sidecar', 'default', {
      outboundTrafficPolicy: { mode: 'REGISTRY_ONLY' },
      // `.` is the namespace of the pod. A proxy finds its control plane without a service of the mesh.
      egress: [{ hosts: ['./*'] }],
    });
    this.place('telemetry.istio.io/v1', 'Telemetry', 'default', telemetry(settings));
  }

  private place(apiVersion: string, kind: string, name: string, spec: object): void {
    const metadata = this.stamp(name, PLATFORM_NAMESPACE.mesh);
    manifest<SpecObject>(this, `${kind}-${name}`, { apiVersion, kind, metadata, spec });
  }
}

/** An expression of what is logged where not everything is: failures, and connections that nobody authenticated. */
const REFUSED = 'response.code >= 400 || connection.mtls == false';

function telemetry({ accessLogs, tracing }: MeshSettings): object {
  const filter = accessLogs === 'all' ? {} : { filter: { expression: REFUSED } };
  const spans =
    tracing === undefined
      ? { disableSpanReporting: true }
      : { providers: [{ name: TRACES }], randomSamplingPercentage: tracing.percent };
  return {
    accessLogging: [{ providers: [{ name: ACCESS_LOG }], ...filter }],
    metrics: [{ providers: [{ name: 'prometheus' }] }],
    tracing: [spans],
  };
}
