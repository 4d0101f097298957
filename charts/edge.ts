import { Chart } from 'cdk8s';
import { EdgeCertificates } from '../constructs/ingress/edge-certificates';
import { WafIngress } from '../constructs/ingress/waf-ingress';
import { CATALOG } from './catalog';
import type { Layer } from './layers';

/** How the world reaches what tenants publish; empty where a cluster has no edge. */
export const edgeLayer: Layer = {
  name: 'edge',
  ready: 'the issuer of certificates is ready, the firewall answers, the proxy listens',
  place: (cluster, { ingress, mesh: { dataPlane } }) => {
    const chart = new Chart(cluster, 'edge');
    if (ingress === undefined) return;
    new EdgeCertificates(chart, 'Certificates', ingress.certificates);
    new WafIngress(chart, 'Ingress', { settings: ingress, gateway: CATALOG.ingressGateway, dataPlane });
  },
};
