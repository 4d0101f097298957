import { Chart } from 'cdk8s';
import { SharedPool } from '../constructs/gpu/shared-pool';
import { EgressGateway } from '../constructs/network/egress-gateway';
import { TenantGuards } from '../constructs/network/tenant-guards';
import { CATALOG } from './catalog';
import type { Layer } from './layers';

/** What tenants share: the admin tier over all of them, the way out of the cluster, the common GPU pool. */
export const networkLayer: Layer = {
  name: 'network',
  ready: 'the egress waypoint is programmed, and the egress gateway listens',
  place: (cluster) => {
    const chart = new Chart(cluster, 'network');
    new TenantGuards(chart, 'TenantGuards');
    new EgressGateway(chart, 'Egress', { gateway: CATALOG.egressGateway });
    new SharedPool(chart, 'SharedPool');
  },
};
