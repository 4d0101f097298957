import { Chart } from 'cdk8s';
import { helmRelease } from '../constructs/core/helm-release';
import { certManagerValues, externalDnsValues } from '../constructs/ingress/edge-controllers';
import {
  driverValues,
  externalSecretsValues,
  operatorValues,
  providerValues,
} from '../constructs/vault/secret-delivery';
import { CATALOG } from './catalog';
import type { Layer } from './layers';

/**
 * Third-party controllers whose kinds the later layers use; of the mesh its definitions, for it starts in a layer of its own. The Gateway API's own definitions come with the cluster or are
 * installed before: they have no chart.
 */
export const controllersLayer: Layer = {
  name: 'controllers',
  ready: 'their custom resource definitions are established',
  place: (cluster, { ingress, mesh, facts, vault }) => {
    const chart = new Chart(cluster, 'controllers');
    helmRelease(chart, 'IstioBase', CATALOG.istioBase);
    helmRelease(chart, 'Kueue', CATALOG.kueue);
    // Certificates of published hosts come through it, and the mesh's intermediate one from Vault.
    if (ingress !== undefined || mesh.clusters.mode === 'multi-primary')
      helmRelease(chart, 'CertManager', { ...CATALOG.certManager, values: certManagerValues() });
    if (vault !== undefined) {
      helmRelease(chart, 'VaultSecretsOperator', { ...CATALOG.vaultSecretsOperator, values: operatorValues() });
      helmRelease(chart, 'SecretsStoreDriver', { ...CATALOG.secretsStoreCsiDriver, values: driverValues() });
      helmRelease(chart, 'VaultCsiProvider', { ...CATALOG.vaultCsiProvider, values: providerValues() });
    }
    if (vault?.externalSecrets === true)
      helmRelease(chart, 'ExternalSecrets', { ...CATALOG.externalSecrets, values: externalSecretsValues() });
    if (ingress === undefined) return;
    helmRelease(chart, 'ExternalDns', { ...CATALOG.externalDns, values: externalDnsValues(ingress.dns, facts.region) });
  },
};
