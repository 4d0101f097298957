import { Chart } from 'cdk8s';
import { IstioMesh } from '../constructs/mesh/istio-mesh';
import { MeshGuards } from '../constructs/mesh/mesh-guards';
import { PlatformMesh } from '../constructs/network/platform-mesh';
import { CATALOG } from './catalog';
import type { Layer } from './layers';

/** The mesh: its control plane and agents, what holds in all of it, and who may call the platform's own services. */
export const meshLayer: Layer = {
  name: 'mesh',
  ready: 'its control plane answers, and its rules are stored',
  place: (cluster, { mesh }) => {
    const chart = new Chart(cluster, 'mesh');
    new IstioMesh(chart, 'Istio', { settings: mesh, charts: CATALOG });
    new MeshGuards(chart, 'Guards', mesh);
    new PlatformMesh(chart, 'Platform');
  },
};
