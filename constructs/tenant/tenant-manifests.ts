import type { ClusterFacts } from '../core/cluster-facts';
import type { Manifest } from '../core/manifest';
import { stampFor } from '../core/stamp';
import { DEFAULT_EDGE, type EdgeFacts } from '../ingress/edge-facts';
import type { VaultFacts } from '../vault/vault-facts';
import { accessPart } from './access';
import { adminTierPart } from './admin-tier';
import { egressPart } from './egress';
import { exposurePart } from './exposure';
import { meshPart } from './mesh';
import { namespacesPart } from './namespaces';
import { networkPart } from './network';
import { paramsPart } from './params';
import { queuePart } from './queue';
import { quotaPart } from './quota';
import { secretsPart } from './secrets';
import { type TenantPart, tenantContext } from './tenant-part';
import type { TenantSpec } from './tenant-spec';

/** The parts of a tenant in the order in which they must be applied. */
export const TENANT_PARTS: readonly TenantPart[] = [
  namespacesPart,
  adminTierPart,
  networkPart,
  meshPart,
  egressPart,
  paramsPart,
  quotaPart,
  queuePart,
  accessPart,
  exposurePart,
  secretsPart,
];

/** The objects of a tenant in a cluster, as plain data: what `SecureTenant` stands for. */
export function tenantManifests(
  spec: TenantSpec,
  cluster: ClusterFacts,
  edge: EdgeFacts = DEFAULT_EDGE,
  vault?: VaultFacts,
): readonly Manifest[] {
  const context = tenantContext(spec, cluster, edge, vault);
  return TENANT_PARTS.flatMap((part) => part.manifests(context, stampFor({ tenant: spec.name }, part.controls)));
}
