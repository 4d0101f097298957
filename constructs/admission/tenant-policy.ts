import type { JsonObject } from '../core/json';
import type { Manifest, ManifestMetadata } from '../core/manifest';

/** Group and version of {@link TenantPolicy}. */
export const TENANT_POLICY_API = 'policy.drun.io/v1';

/** Name of the one TenantPolicy of each tenant namespace. */
export const TENANT_POLICY_NAME = 'tenant';

/** What admission asks of a tenant: the parameters that every policy reads, the same in each of its namespaces. */
export interface TenantPolicySpec {
  /** Name of the tenant, such as `acme`. */
  readonly tenant: string;
  readonly trust: string;
  /** Prefixes that an image must begin with; each ends in `/`. */
  readonly registries: readonly string[];
  /** Runtime classes that a pod may name. */
  readonly runtimeClasses: readonly string[];
  /** Whether a pod must name one. */
  readonly runtimeClassRequired: boolean;
  /** Runtime class of a pod that names none; empty for none. */
  readonly defaultRuntimeClass: string;
  /** Priority classes that a pod may name; the first is the default. */
  readonly priorityClasses: readonly string[];
  readonly storageClasses: readonly string[];
  /** Value of the node label `drun.io/pool` that its pods select and tolerate. */
  readonly pool: string;
  /** Extended resources that a container may ask for, such as `nvidia.com/gpu`. */
  readonly gpuResources: readonly string[];
  readonly deviceClasses: readonly string[];
  /** Host names that its ingresses may serve, exactly. */
  readonly hosts: readonly string[];
  /** Service accounts that its pods may run as. */
  readonly serviceAccounts: readonly string[];
  /** Other tenants that it declared a path to or from. */
  readonly peers: readonly string[];
  /** The LocalQueue through which its GPU work goes. */
  readonly queue: string;
}

/** `policy.drun.io/v1` TenantPolicy: one per namespace, out of the tenant's reach. */
export interface TenantPolicy extends Manifest {
  readonly apiVersion: typeof TENANT_POLICY_API;
  readonly kind: 'TenantPolicy';
  readonly spec: TenantPolicySpec;
}

/** `apiextensions.k8s.io/v1` CustomResourceDefinition, as far as this project writes them. */
export interface CustomResourceDefinition extends Manifest {
  readonly apiVersion: 'apiextensions.k8s.io/v1';
  readonly kind: 'CustomResourceDefinition';
  readonly spec: JsonObject;
}

/** The CRD of {@link TenantPolicy}. Every list and text is bounded: the cost of a CEL rule grows with both. */
export function tenantPolicyCrd(metadata: ManifestMetadata): CustomResourceDefinition {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata,
    spec: {
      group: 'policy.drun.io',
      scope: 'Namespaced',
      names: { kind: 'TenantPolicy', listKind: 'TenantPolicyList', plural: 'tenantpolicies', singular: 'tenantpolicy' },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          schema: { openAPIV3Schema: schemaOf(SPEC) },
          additionalPrinterColumns: [
            { name: 'Tenant', type: 'string', jsonPath: '.spec.tenant' },
            { name: 'Trust', type: 'string', jsonPath: '.spec.trust' },
            { name: 'Pool', type: 'string', jsonPath: '.spec.pool' },
          ],
        },
      ],
    },
  };
}

const NAME = '^[a-z]([-a-z0-9]*[a-z0-9])?$';

const SPEC: Readonly<Record<keyof TenantPolicySpec, JsonObject>> = {
  tenant: { type: 'string', maxLength: 30, pattern: NAME },
  trust: { type: 'string', enum: ['trusted', 'standard', 'untrusted'] },
  registries: texts(32, 253, { pattern: '^[a-z0-9][a-z0-9._/:-]*/$' }),
  runtimeClasses: texts(16, 63),
  runtimeClassRequired: { type: 'boolean', default: true },
  defaultRuntimeClass: { type: 'string', maxLength: 63, default: '' },
  priorityClasses: texts(16, 63),
  storageClasses: texts(16, 63),
  pool: { type: 'string', minLength: 1, maxLength: 63 },
  gpuResources: texts(16, 253),
  deviceClasses: texts(16, 253),
  hosts: texts(64, 253),
  serviceAccounts: texts(64, 63),
  peers: texts(64, 30),
  queue: { type: 'string', minLength: 1, maxLength: 63 },
};

/** Atomic, so that what the platform applies is the whole list: a set would keep what another writer added. */
function texts(maxItems: number, maxLength: number, more: JsonObject = {}): JsonObject {
  return {
    type: 'array',
    'x-kubernetes-list-type': 'atomic',
    maxItems,
    default: [],
    items: { type: 'string', maxLength, ...more },
  };
}

function schemaOf(spec: JsonObject): JsonObject {
  return {
    type: 'object',
    required: ['spec'],
    properties: {
      metadata: { type: 'object', properties: { name: { type: 'string', enum: [TENANT_POLICY_NAME] } } },
      spec: { type: 'object', required: Object.keys(spec).sort(), properties: spec },
    },
  };
}
