import * as z from 'zod';
import { memorySchema } from '../core/boundary';
import { durationBetween } from '../core/duration';
import { exemptionSchema } from '../core/exemption';
import { groupName, hostName, shortName, tenantName } from '../core/names';
import { keyRetirementSchema } from './key-retirement';
import { sealSchema } from './seal';
import { snapshotsSchema } from './snapshot-settings';

const address = z.union([z.cidrv4(), z.cidrv6()], { error: 'an address range such as 198.51.100.0/24' });
const port = z.int().min(1).max(65_535);
const account = z.string().regex(/^[a-z_][a-z0-9_]{0,62}$/, { error: 'a name of a database account in lower case' });

/** How long a token may live that a workload logged in with; Vault's operator logs in again. */
const tokens = z.strictObject({
  ttl: durationBetween('1m', '1h').default('20m'),
  maxTtl: durationBetween('1m', '4h').default('1h'),
});

const people = z.strictObject({
  audience: shortName.default('drun-vault').describe('audience of the tokens that people log in with'),
  admins: z.array(groupName).min(1).max(10).describe('groups of the identity provider that configure Vault'),
  mfa: z
    .strictObject({
      claim: z.enum(['amr', 'acr']).default('amr'),
      values: z
        .array(z.string().regex(/^[A-Za-z0-9:._/-]{1,60}$/, { error: 'a value of the claim without commas or spaces' }))
        .min(1)
        .default(['mfa']),
    })
    .prefault({})
    .describe('the claim by which the identity provider says that a second factor was asked for (RFC 8176)'),
  maxTtl: durationBetween('5m', '12h').default('1h'),
});

const audit = z.strictObject({
  collector: z
    .strictObject({ host: hostName, port, ranges: z.array(address).min(1) })
    .describe('what takes audit events over TCP, besides the log of the pods; Vault hashes the values in them'),
});

const pki = z.strictObject({
  roles: z
    .record(
      shortName,
      z.strictObject({
        domains: z.array(hostName).min(1).max(50),
        subdomains: z.boolean().default(true),
        use: z.enum(['server', 'client']).default('server'),
        maxTtl: durationBetween('5m', '72h').default('72h'),
        account: z
          .strictObject({ namespace: shortName, name: shortName })
          .describe('who may have certificates of this role signed, and nobody else'),
      }),
    )
    .default({}),
});

const transitKey = z.strictObject({
  use: z.string().min(3).max(120).describe('what is encrypted with the key'),
  rotate: durationBetween('1d', '365d').describe('time after which Vault makes a new version'),
  retire: keyRetirementSchema,
});

const database = z.strictObject({
  tenant: tenantName.describe('whose the database is; nobody else gets accounts in it'),
  engine: z.literal('postgresql'),
  host: hostName,
  port: port.default(5432),
  ranges: z.array(address).min(1).describe('addresses behind the host'),
  name: account.describe('name of the database'),
  roles: z
    .record(shortName, z.strictObject({ grants: account, maxTtl: durationBetween('5m', '24h').default('1h') }))
    .default({})
    .describe('accounts that live as long as their lease, each a member of the database role in `grants`'),
  accounts: z
    .record(shortName, z.strictObject({ username: account, rotate: durationBetween('1h', '30d') }))
    .default({})
    .describe('accounts that stay, whose password Vault replaces'),
});

/** A region's Vault. Nothing here is secret: credentials come from identities, or are given to Vault itself. */
export const vaultSchema = z.strictObject({
  provider: z.enum(['vault', 'openbao']).default('vault'),
  replicas: z.union([z.literal(3), z.literal(5)], { error: '3 or 5: raft needs a majority' }).default(3),
  storage: memorySchema.default('20Gi'),
  storageClass: shortName.default('drun-encrypted'),
  seal: sealSchema,
  snapshots: snapshotsSchema,
  noTakeover: exemptionSchema
    .optional()
    .describe(
      'why the region that takes over cannot open snapshots of this Vault, and until when that may be so; left out where it can',
    ),
  people,
  audit,
  tokens: tokens.prefault({}),
  pki: pki.prefault({}),
  transit: z.record(shortName, transitKey).default({}),
  databases: z.record(shortName, database).default({}),
  externalSecrets: z
    .boolean()
    .default(false)
    .describe('runs External Secrets as well, for tenants who ask for `delivery: external-secrets`'),
  limits: z
    .strictObject({
      perClient: z.int().min(10).max(10_000).default(500).describe('requests a second, of one address'),
      logins: z.int().min(1).max(1000).default(50).describe('logins a second through one auth method, of one address'),
    })
    .prefault({}),
});

/** What a region says of its Vault. */
export type VaultProps = z.input<typeof vaultSchema>;
/** A Vault with every default filled in. */
export type VaultSettings = Readonly<z.output<typeof vaultSchema>>;
