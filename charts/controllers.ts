import { Chart } from 'cdk8s';
import { helmRelease } from '../constructs/core/helm-release';
import { certManagerValues, externalDnsValues } from '../constructs/ingress/edge-controllers';
import { CATALOG } from './catalog';
import type { Layer } from './layers';

/**
 * Third-party controllers whose kinds the later layers use. The Gateway API's own definitions come with the cluster or are
 * installed before: they have no chart.
 */
export const controllersLayer: Layer = {
  name: 'controllers',
  ready: 'their custom resource definitions are established',
  place: (cluster, { ingress, facts }) => {
    const chart = new Chart(cluster, 'controllers');
    const base = helmRelease(chart, 'IstioBase', CATALOG.istioBase);
    const istiod = helmRelease(chart, 'Istiod', CATALOG.istiod);
    istiod.node.addDependency(base);
    for (const agent of [
      helmRelease(chart, 'IstioCni', CATALOG.istioCni),
      helmRelease(chart, 'Ztunnel', CATALOG.ztunnel),
    ]) {
      agent.node.addDependency(istiod);
    }
    helmRelease(chart, 'Kueue', CATALOG.kueue);
    if (ingress === undefined) return;
    helmRelease(chart, 'CertManager', { ...CATALOG.certManager, values: certManagerValues() });
    helmRelease(chart, 'ExternalDns', { ...CATALOG.externalDns, values: externalDnsValues(ingress.dns, facts.region) });
  },
};
