import { Chart } from 'cdk8s';
import { helmRelease } from '../constructs/core/helm-release';
import { CATALOG } from './catalog';
import type { Layer } from './layers';

/**
 * Third-party controllers whose kinds the later layers use; of the mesh its definitions, for it starts in a layer of its own. The Gateway API's own definitions come with the cluster or are
 * installed before: they have no chart.
 */
export const controllersLayer: Layer = {
  name: 'controllers',
  ready: 'their custom resource definitions are established',
  place: (cluster, { mesh }) => {
    const chart = new Chart(cluster, 'controllers');
    helmRelease(chart, 'IstioBase', CATALOG.istioBase);
    helmRelease(chart, 'Kueue', CATALOG.kueue);
    // The mesh's intermediate certificate comes from Vault through it.
    if (mesh.clusters.mode === 'multi-primary')
      helmRelease(chart, 'CertManager', { ...CATALOG.certManager, values: { crds: { enabled: true, keep: true } } });
  },
};
