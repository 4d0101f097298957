import { Construct } from 'constructs';
import { type ClusterFacts, clusterFactsOf } from '../core/cluster-facts';
import { satisfiesAll } from '../core/control';
import { type Manifest, manifest } from '../core/manifest';
import { HBONE_PORT } from '../core/platform-service';
import { type Stamp, stampFor } from '../core/stamp';
import { NAMESPACES, type PlatformNamespace } from './platform-needs';

const CONTROLS = {
  'NET-1': 'in the mesh too nothing is authorized by default: callers reach a service’s own port and no other',
} as const;

/** What the mesh lets into the platform’s own namespaces. Its kinds come with the mesh’s charts, so it lands after them. */
export class PlatformMeshRules extends Construct {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    satisfiesAll(this, CONTROLS);
    const facts = clusterFactsOf(this);
    for (const namespace of NAMESPACES.filter(({ ambient }) => ambient)) {
      placeMeshRules(this, namespace, facts, stampFor({ component: namespace.name }, CONTROLS));
    }
  }
}

/** In the mesh the wire carries a tunnel, and only these policies see the port inside it. */
function placeMeshRules(
  scope: Construct,
  { name, needs }: Pick<PlatformNamespace, 'name' | 'needs'>,
  { trustDomain }: ClusterFacts,
  stamp: Stamp,
): void {
  const place = (kind: string, id: string, spec: object): void => {
    const metadata = stamp(id, name);
    manifest<SpecObject>(scope, `${name}-${kind}-${id}`, { apiVersion: 'security.istio.io/v1', kind, metadata, spec });
  };
  const allow = (principal: string, ports: readonly number[]) => ({
    action: 'ALLOW',
    rules: [
      {
        from: [{ source: { principals: [principal] } }],
        ...(ports.length === 0 ? {} : { to: [{ operation: { ports: ports.map(String) } }] }),
      },
    ],
  });
  place('PeerAuthentication', 'default', { mtls: { mode: 'STRICT' } });
  place('AuthorizationPolicy', 'default-deny', {});
  place('AuthorizationPolicy', 'allow-within', allow(`${trustDomain}/ns/${name}/sa/*`, []));
  for (const need of needs) {
    const ports = need.need === 'callers' ? need.ports.filter((port) => port !== HBONE_PORT) : [];
    if (ports.length > 0) place('AuthorizationPolicy', 'allow-callers', allow(`${trustDomain}/*`, ports));
  }
}

interface SpecObject extends Manifest {
  readonly spec: object;
}
