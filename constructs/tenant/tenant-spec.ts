import * as z from 'zod';
import { cpuSchema, memorySchema } from '../core/boundary';
import { groupName, hostName, namespaceSuffix, shortName, tenantName } from '../core/names';
import { namespaceName } from '../core/object-names';
import { parseOrThrow } from '../core/parse';
import { gpuShare } from '../gpu/gpu-share';
import { exposureSchema } from '../ingress/exposure-spec';
import { tenantSecretSchema } from '../vault/tenant-secret';
import { CONTRADICTIONS } from './contradictions';

const port = z.int().min(1).max(65_535);
const ports = z.array(port).min(1).max(32);
const groups = z.array(groupName).max(20).default([]);

const namespaceSpec = z.strictObject({
  cpu: cpuSchema.default(8).describe('processor cores that the pods of the namespace may request and use'),
  memory: memorySchema.default('32Gi').describe('memory that the pods may request and use'),
  storage: memorySchema.default('100Gi').describe('disk that persistent volume claims may ask for'),
  gpus: z.int().min(0).max(4096).default(0).describe('share of the tenant’s GPUs that this namespace may use'),
  pods: z
    .int()
    .min(1)
    .max(5000)
    .default(50)
    .describe('pods that may exist at once; each also gets 10 GiB of scratch space'),
});

const peerTenant = z.strictObject({
  tenant: tenantName,
  namespace: namespaceSuffix.describe('the namespace of the peer, without its tenant: `serve` for acme-serve'),
});

const allow = z.strictObject({
  to: z.union(
    [
      peerTenant,
      z.strictObject({ fqdn: hostName }),
      z.strictObject({ platform: z.enum(['vault', 'telemetry', 'models']) }),
    ],
    { error: 'one of `tenant`, `fqdn` or `platform` (vault, telemetry, models)' },
  ),
  ports: ports.default([443]),
});

const accept = z.strictObject({
  from: z.union([peerTenant, z.strictObject({ platform: z.literal('ingress') })], {
    error: 'one of `tenant` or `platform: ingress`',
  }),
  namespace: namespaceSuffix.optional().describe('the namespace that is opened; all of them when left out'),
  ports,
});

const fields = z.strictObject({
  name: tenantName.describe('unique in the environment; part of every object name, so it cannot be changed later'),
  displayName: z.string().min(1).max(80).optional().describe('the name that people read'),
  owner: z.string().min(3).max(120).describe('who answers for the tenant: an address or a group'),
  scenario: z
    .enum(['compute-leasing', 'model-service', 'ai-application'])
    .default('compute-leasing')
    .describe('what the tenant is here for; it names the controls in the evidence'),
  trust: z
    .enum(['trusted', 'standard', 'untrusted'])
    .default('untrusted')
    .describe('decides sandboxes, GPU isolation and the priority cap'),
  namespaces: z
    .record(namespaceSuffix, namespaceSpec)
    .refine((all) => Object.keys(all).length >= 1, { error: 'at least one namespace' })
    .refine((all) => Object.keys(all).length <= 10, { error: 'at most ten namespaces' }),
  gpu: gpuShare.optional().describe('GPUs of the tenant in each region, and how they are isolated'),
  pool: z
    .enum(['shared', 'dedicated'])
    .default('shared')
    .describe('whether GPU work runs on nodes that other tenants use too'),
  access: z
    .strictObject({ owner: groups, operator: groups, developer: groups, viewer: groups })
    .prefault({})
    .describe('groups of the identity provider by their duty in the tenant’s namespaces'),
  serviceAccounts: z
    .array(shortName)
    .min(1)
    .max(20)
    .default(['workload'])
    .describe('accounts that pods may run as, in each namespace; none has a token unless a pod asks for one'),
  registries: z
    .array(
      z
        .string()
        .max(200)
        .regex(/^[a-z0-9.-]+\.[a-z]{2,}(:\d{2,5})?\/([a-z0-9._-]+\/)*$/, {
          error: 'a registry path that ends in a slash, such as registry.example.com/acme/',
        }),
    )
    .max(20)
    .default([])
    .describe('where images may come from; without one no pod can start'),
  storageClasses: z
    .array(shortName)
    .min(1)
    .max(10)
    .default(['drun-encrypted'])
    .describe('storage classes that volume claims may name'),
  hosts: z.array(hostName).max(50).default([]).describe('host names that only this tenant may serve'),
  allow: z.array(allow).max(100).default([]).describe('what the tenant may call'),
  accept: z.array(accept).max(100).default([]).describe('who may call the tenant'),
  expose: z.array(exposureSchema).max(50).default([]).describe('services that the world may call'),
  secrets: z.array(tenantSecretSchema).max(50).default([]).describe('what the tenant’s workloads get from Vault'),
  mesh: z
    .enum(['ambient', 'sidecar'])
    .default('ambient')
    .describe('whether the node or a proxy in each pod carries the encrypted traffic'),
  failover: z
    .boolean()
    .default(false)
    .describe('whether what the tenant serves to the world is answered by its other regions where this one’s fails'),
});

/**
 * A tenant: who it is, what it may use and whom it may talk to. This schema is the default, the constraint and the
 * documentation at once; the JSON Schema for editors is generated from it.
 */
export const tenantSchema = withContradictions(fields);

/** Adds the checks between fields to a schema that has the tenant's fields, so that a file format can extend them. */
export function withContradictions<T extends z.ZodType<TenantSpec>>(schema: T): T {
  return CONTRADICTIONS.reduce<T>(
    (checked, { needs, find }) =>
      checked.superRefine(
        (tenant, context) => {
          for (const { path, message, remedy } of find(tenant)) {
            context.addIssue({ code: 'custom', path: [...path], message, params: { remedy }, input: tenant });
          }
        },
        // Runs beside mistakes elsewhere, so that one report shows all; never over fields that are wrong themselves.
        {
          when: ({ issues }) =>
            issues.every(({ path }) => path?.[0] !== undefined && !needs.some((field) => field === path[0])),
        },
      ),
    schema,
  );
}

/** What a person writes. */
export type TenantProps = z.input<typeof fields>;
/** What the constructs read: every default filled in. */
export type TenantSpec = Readonly<z.output<typeof fields>>;
export type NamespaceSpec = TenantSpec['namespaces'][string];

const parsed = new WeakSet<object>();

/** Marks a specification as parsed, so that {@link tenantSpec} does not parse it again. */
export function markParsed(spec: TenantSpec): TenantSpec {
  parsed.add(spec);
  return spec;
}

/** The specification behind the props: parsed at the edge, once. Throws a `ProblemError` with every mistake. */
export function tenantSpec(props: TenantProps | TenantSpec): TenantSpec {
  return isParsed(props) ? props : markParsed(parseOrThrow(tenantSchema, props));
}

function isParsed(props: TenantProps | TenantSpec): props is TenantSpec {
  return parsed.has(props);
}

/** Full names of a tenant's namespaces, in the order of the specification. */
export function namespacesOf(spec: TenantSpec): readonly string[] {
  return Object.keys(spec.namespaces).map((suffix) => namespaceName(spec.name, suffix));
}

/** The fields without the checks between them, for schemas that extend the file format. */
export { fields as tenantFields };
