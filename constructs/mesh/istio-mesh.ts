import { Construct } from 'constructs';
import { clusterFactsOf } from '../core/cluster-facts';
import { satisfiesAll } from '../core/control';
import { type HelmRelease, type HelmReleaseProps, helmRelease } from '../core/helm-release';
import type { JsonObject } from '../core/json';
import { controlPlaneValues } from './control-plane-values';
import { type MeshMember, type MeshSettings, meshMember } from './mesh-settings';

const CONTROLS = {
  'NET-1':
    'the mesh calls registered hosts only, keeps routes to their own namespace, judges paths as applications read them, and answers no debug requests',
  'ENC-1': 'no proxy of the mesh speaks anything older than TLS 1.3, to workloads or at gateways',
  'MON-1': 'every proxy writes who called what and how it ended, without queries and credentials',
} as const;

/** Istio's charts at the versions of the catalog. */
export interface IstioCharts {
  readonly istiod: HelmReleaseProps;
  readonly istioCni: HelmReleaseProps;
  readonly ztunnel: HelmReleaseProps;
}

/** What the mesh is made of, and what must be there before its control plane starts. */
export interface IstioMeshProps {
  readonly settings: MeshSettings;
  readonly charts: IstioCharts;
  /** Makes the certificate authority of a mesh over several regions. @default - istiod makes a root of its own */
  readonly authority?: Construct;
}

/**
 * Istio's control plane and node agents. Its definitions come with the controllers, a layer before: what is written here
 * could not be read otherwise.
 */
export class IstioMesh extends Construct {
  constructor(scope: Construct, id: string, { settings, charts, authority }: IstioMeshProps) {
    super(scope, id);
    satisfiesAll(this, CONTROLS);
    const facts = clusterFactsOf(this);
    const member = meshMember(settings, facts.region);
    const istiod = this.release('Istiod', charts.istiod, controlPlaneValues(settings, facts));
    if (authority !== undefined) istiod.node.addDependency(authority);
    const agents = [this.release('IstioCni', charts.istioCni, agentValues(settings))];
    if (settings.dataPlane === 'ambient') agents.push(this.release('Ztunnel', charts.ztunnel, tunnelValues(member)));
    for (const agent of agents) agent.node.addDependency(istiod);
  }

  private release(id: string, chart: HelmReleaseProps, values: JsonObject): HelmRelease {
    return helmRelease(this, id, { ...chart, values });
  }
}

/** Values of the cni chart. */
function agentValues({ dataPlane }: MeshSettings): JsonObject {
  const global = { logAsJson: true };
  return dataPlane === 'ambient' ? { profile: 'ambient', global } : { global };
}

/** Values of the ztunnel chart. It speaks TLS 1.3 and nothing else unless it is told to (`src/tls/lib.rs` of istio/ztunnel). */
function tunnelValues(member: MeshMember | undefined): JsonObject {
  const place = member === undefined ? {} : { network: member.network, multiCluster: { clusterName: member.region } };
  return { logAsJson: true, ...place };
}
