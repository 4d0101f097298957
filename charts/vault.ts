import { Chart } from 'cdk8s';
import { SecretDelivery } from '../constructs/vault/secret-delivery';
import { VaultSnapshots } from '../constructs/vault/snapshots';
import { VaultCluster } from '../constructs/vault/vault-cluster';
import { VaultConfiguration } from '../constructs/vault/vault-configuration';
import { CATALOG } from './catalog';
import type { Layer } from './layers';

/** The region's Vault and what it is told; empty where a region has none. Before the mesh, whose authority it signs. */
export const vaultLayer: Layer = {
  name: 'vault',
  ready: 'its servers are unsealed and know who may log in',
  place: (cluster, { vault, access }) => {
    const chart = new Chart(cluster, 'vault');
    if (vault === undefined) return;
    new VaultCluster(chart, 'Cluster', { settings: vault, charts: CATALOG });
    new SecretDelivery(chart, 'Delivery');
    new VaultSnapshots(chart, 'Snapshots', vault);
    new VaultConfiguration(chart, 'Configuration', { settings: vault, issuer: access.issuer });
  },
};
