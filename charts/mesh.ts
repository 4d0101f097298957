import { Chart } from 'cdk8s';
import { EastWest } from '../constructs/mesh/east-west';
import { IstioMesh } from '../constructs/mesh/istio-mesh';
import { MeshAuthority } from '../constructs/mesh/mesh-authority';
import { MeshGuards } from '../constructs/mesh/mesh-guards';
import { meshMember } from '../constructs/mesh/mesh-settings';
import { PlatformMesh } from '../constructs/network/platform-mesh';
import { CATALOG } from './catalog';
import type { Layer } from './layers';

/** The mesh: its control plane and agents, what holds in all of it, its door to other regions, and who calls the platform. */
export const meshLayer: Layer = {
  name: 'mesh',
  ready: 'its control plane answers, and its rules are stored',
  place: (cluster, { mesh, facts, peers = [], failover = [] }) => {
    const chart = new Chart(cluster, 'mesh');
    const member = meshMember(mesh, facts.region);
    const authority = member === undefined ? {} : { authority: new MeshAuthority(chart, 'Authority', member) };
    new IstioMesh(chart, 'Istio', { settings: mesh, charts: CATALOG, ...authority });
    new MeshGuards(chart, 'Guards', mesh);
    new PlatformMesh(chart, 'Platform');
    if (member === undefined) return;
    const { dataPlane } = mesh;
    new EastWest(chart, 'EastWest', { dataPlane, member, peers, failover, gateway: CATALOG.eastWestGateway });
  },
};
