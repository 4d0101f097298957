import * as z from 'zod';
import { durationBetween } from '../core/duration';
import { namespaceSuffix, shortName } from '../core/names';

const reader = {
  name: shortName.describe('name in the tenant, and of the Secret or volume that the workload sees'),
  namespace: namespaceSuffix.describe('namespace of the tenant whose workload gets it'),
  account: shortName.default('workload').describe('account of the namespace that reads it, and no other'),
};

/**
 * What a workload of a tenant gets from Vault: a secret that people put there, an account in a database, or a certificate.
 * `csi` writes it into the pod and nowhere else; the others keep a Secret in the cluster, encrypted in etcd.
 * `external-secrets` is for who comes with it, and for secrets that people put there.
 */
export const tenantSecretSchema = z.discriminatedUnion(
  'from',
  [
    z.strictObject({
      ...reader,
      from: z.literal('kv'),
      delivery: z.enum(['operator', 'csi', 'external-secrets']).default('operator'),
      refresh: durationBetween('1m', '24h').default('15m').describe('time after which a new value is in the cluster'),
    }),
    z.strictObject({
      ...reader,
      from: z.literal('database'),
      database: shortName.describe('database of the tenant, as the environment names it'),
      role: shortName.describe('role or account of the database'),
      delivery: z.enum(['operator', 'csi']).default('operator'),
    }),
    z.strictObject({
      ...reader,
      from: z.literal('pki'),
      services: z.array(shortName).min(1).max(10).describe('services of the namespace that the certificate is for'),
      ttl: durationBetween('1h', '72h').default('24h'),
    }),
  ],
  { error: 'one of kv, database or pki' },
);

/** A secret as a person writes it. */
export type TenantSecretProps = z.input<typeof tenantSecretSchema>;
/** A secret with every default filled in. */
export type TenantSecret = Readonly<z.output<typeof tenantSecretSchema>>;
