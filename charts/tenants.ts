import { Chart } from 'cdk8s';
import { SecureTenant } from '../constructs/tenant/secure-tenant';
import type { Layer } from './layers';

/** The tenants, each one construct under its own name, in alphabetical order whatever the order of the files. */
export const tenantsLayer: Layer = {
  name: 'tenants',
  ready: 'namespaces are active',
  place: (cluster, { tenants }) => {
    const chart = new Chart(cluster, 'tenants');
    for (const tenant of [...tenants].sort((a, b) => (a.name < b.name ? -1 : 1))) {
      new SecureTenant(chart, tenant.name, tenant);
    }
  },
};
