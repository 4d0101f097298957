import * as z from 'zod';
import { shortName } from '../../constructs/core/names';
import { tenantFields, withContradictions } from '../../constructs/tenant/tenant-spec';

/** Fields of a tenant's file: the tenant, and where it lands. */
export const tenantFileFields = z.strictObject({
  ...tenantFields.shape,
  regions: z
    .array(shortName)
    .min(1)
    .max(20)
    .optional()
    .describe('regions of the environment; its first active one when left out. Quotas hold in each region'),
  shard: z
    .int()
    .min(0)
    .max(99)
    .optional()
    .describe('tenant stack that carries the tenant; calculated from the name when left out'),
});

/** A tenant's file with the checks between its fields. */
export const tenantFileSchema = withContradictions(tenantFileFields);

/** A parsed tenant file. */
export type TenantFile = Readonly<z.output<typeof tenantFileFields>>;
