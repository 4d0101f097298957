import { Chart } from 'cdk8s';
import { ApiServerAccess } from '../constructs/identity/api-server-access';
import { PlatformRoles } from '../constructs/identity/platform-roles';
import { TenantRoles } from '../constructs/identity/tenant-roles';
import { PlatformNamespaces } from '../constructs/network/platform-namespaces';
import { Priorities } from '../constructs/runtime/priorities';
import { Sandboxes } from '../constructs/runtime/sandboxes';
import { EncryptedStorage } from '../constructs/storage/encrypted-storage';
import type { Layer } from './layers';

/** Namespaces, roles, runtimes, storage and the control plane's own files. */
export const foundationLayer: Layer = {
  name: 'foundation',
  ready: 'namespaces are active',
  place: (cluster, plan) => {
    const chart = new Chart(cluster, 'foundation');
    new PlatformNamespaces(chart, 'Namespaces');
    new TenantRoles(chart, 'TenantRoles');
    new PlatformRoles(chart, 'PlatformRoles');
    new Priorities(chart, 'Priorities');
    new Sandboxes(chart, 'Sandboxes');
    new EncryptedStorage(chart, 'Storage', plan.storage);
    new ApiServerAccess(chart, 'ApiServer', plan.access);
  },
};
