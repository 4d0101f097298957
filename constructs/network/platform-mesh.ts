import { Construct } from 'constructs';
import { type ClusterFacts, clusterFactsOf } from '../core/cluster-facts';
import { satisfiesAll } from '../core/control';
import { type Manifest, manifest } from '../core/manifest';
import { HBONE_PORT } from '../core/platform-service';
import { stampFor } from '../core/stamp';
import { NAMESPACES, type PlatformNamespace } from './platform-needs';

const CONTROLS = {
  'NET-1': 'in the mesh too nothing is authorized by default: callers reach a service’s own port and no other',
  'ENC-1': 'no service of the platform in the mesh accepts plain text',
} as const;

interface SpecObject extends Manifest {
  readonly spec: object;
}

/**
 * Who may call whom inside the platform's own namespaces. Apart from the namespaces themselves, because the definitions of
 * these kinds come with a chart that needs the namespaces first.
 */
export class PlatformMesh extends Construct {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    satisfiesAll(this, CONTROLS);
    const facts = clusterFactsOf(this);
    for (const namespace of NAMESPACES) if (namespace.ambient) place(this, namespace, facts);
  }
}

/** In the mesh the wire carries a tunnel, and only these policies see the port inside it. */
function place(scope: Construct, { name, needs }: PlatformNamespace, { trustDomain }: ClusterFacts): void {
  const stamp = stampFor({ component: name }, CONTROLS);
  const add = (kind: string, id: string, spec: object): void => {
    const metadata = stamp(id, name);
    manifest<SpecObject>(scope, `${name}-${kind}-${id}`, { apiVersion: 'security.istio.io/v1', kind, metadata, spec });
  };
  add('PeerAuthentication', 'default', { mtls: { mode: 'STRICT' } });
  add('AuthorizationPolicy', 'default-deny', {});
  add('AuthorizationPolicy', 'allow-within', allow(`${trustDomain}/ns/${name}/sa/*`, []));
  for (const need of needs) {
    const ports = need.need === 'callers' ? need.ports.filter((port) => port !== HBONE_PORT) : [];
    if (ports.length > 0) add('AuthorizationPolicy', 'allow-callers', allow(`${trustDomain}/*`, ports));
  }
}

function allow(principal: string, ports: readonly number[]): object {
  const to = ports.length === 0 ? {} : { to: [{ operation: { ports: ports.map(String) } }] };
  return { action: 'ALLOW', rules: [{ from: [{ source: { principals: [principal] } }], ...to }] };
}
