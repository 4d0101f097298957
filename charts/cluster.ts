import { Construct } from 'constructs';
import * as z from 'zod';
import { clusterFactsSchema, provideClusterFacts } from '../constructs/core/cluster-facts';
import { apiServerAccessSchema } from '../constructs/identity/api-server-access';
import { controlPlaneSchema } from '../constructs/identity/control-plane';
import { type EdgeFacts, provideEdgeFacts } from '../constructs/ingress/edge-facts';
import { type IngressSettings, ingressSchema } from '../constructs/ingress/ingress-settings';
import { type MeshPeer, meshSchema, type RegionFailover } from '../constructs/mesh/mesh-settings';
import { encryptedStorageSchema } from '../constructs/storage/encrypted-storage';
import type { TenantSpec } from '../constructs/tenant/tenant-spec';
import { vaultFactsFor } from '../constructs/vault/vault-configuration';
import { provideVaultFacts } from '../constructs/vault/vault-facts';
import { vaultSchema } from '../constructs/vault/vault-settings';
import { LAYERS } from './layers';

/** One cluster: where it is, who its people are, what its disks are, what its control plane relies on, how its mesh is. */
export const clusterSchema = z.strictObject({
  facts: clusterFactsSchema.prefault({}),
  access: apiServerAccessSchema,
  storage: encryptedStorageSchema.prefault({ provider: 'aws' }),
  controlPlane: controlPlaneSchema.prefault({}),
  ingress: ingressSchema
    .optional()
    .describe('how the world reaches what tenants publish; nothing is published without it'),
  mesh: meshSchema.prefault({}),
  vault: vaultSchema.optional().describe('the region’s Vault; tenants read no secrets from it without it'),
});

/** What a caller may say of a cluster; only the single sign-on has no default. */
export type ClusterProps = z.input<typeof clusterSchema>;

/** What every layer builds from: a cluster with its defaults, and its tenants. */
export interface ClusterPlan extends Readonly<z.output<typeof clusterSchema>> {
  readonly tenants: readonly TenantSpec[];
  /** The other regions of the mesh. @default - none */
  readonly peers?: readonly MeshPeer[];
  /** Which region takes over for which, in the whole mesh. @default - none */
  readonly failover?: readonly RegionFailover[];
}

/** One cluster with its layers in order. The id is the region's name; the layers' ids are their names in the table. */
export class Cluster extends Construct {
  readonly plan: ClusterPlan;

  constructor(scope: Construct, id: string, plan: ClusterPlan) {
    super(scope, id);
    this.plan = plan;
    provideClusterFacts(this, plan.facts);
    if (plan.ingress !== undefined) provideEdgeFacts(this, edgeFacts(plan.ingress));
    if (plan.vault !== undefined) provideVaultFacts(this, vaultFactsFor(plan.vault, plan.facts.region));
    for (const layer of LAYERS) layer.place(this, plan);
  }
}

function edgeFacts({ issuers, cdn, limits: { global } }: IngressSettings): EdgeFacts {
  return {
    issuers: issuers.map(({ issuer }) => issuer),
    ...(cdn.profile === 'none' ? {} : { clientCa: cdn.clientCa }),
    ...(global === undefined ? {} : { perTenant: global.perTenant }),
  };
}
