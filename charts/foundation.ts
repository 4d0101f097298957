import { Chart } from 'cdk8s';
import { ApiServerAccess } from '../constructs/identity/api-server-access';
import { ApiServerAdmission } from '../constructs/identity/api-server-admission';
import { AuditPolicy } from '../constructs/identity/audit-policy';
import { ControlPlaneFlags } from '../constructs/identity/control-plane-flags';
import { EncryptionAtRest } from '../constructs/identity/encryption-at-rest';
import { PlatformRoles } from '../constructs/identity/platform-roles';
import { TenantRoles } from '../constructs/identity/tenant-roles';
import { meshMember } from '../constructs/mesh/mesh-settings';
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
    const member = meshMember(plan.mesh, plan.facts.region);
    new PlatformNamespaces(chart, 'Namespaces', member === undefined ? {} : { network: member.network });
    new TenantRoles(chart, 'TenantRoles');
    new PlatformRoles(chart, 'PlatformRoles');
    new Priorities(chart, 'Priorities');
    new Sandboxes(chart, 'Sandboxes');
    new EncryptedStorage(chart, 'Storage', plan.storage);
    new ApiServerAccess(chart, 'ApiServer', plan.access);
    new ApiServerAdmission(chart, 'ApiServerAdmission');
    new EncryptionAtRest(chart, 'Encryption', plan.controlPlane);
    new AuditPolicy(chart, 'Audit');
    new ControlPlaneFlags(chart, 'ControlPlane', plan.controlPlane);
  },
};
