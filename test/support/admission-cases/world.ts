import type { CaseObject, SeedName } from '../../../cluster/attack/cases/case';
import { fill, type Names } from '../../../cluster/attack/names';
import { seedNamed } from '../../../cluster/attack/seeds';
import type { TenantPolicySpec } from '../../../constructs/admission/tenant-policy';
import { isRecord, type Json } from '../../../constructs/core/json';

const MANAGED = { 'app.kubernetes.io/managed-by': 'drun-platform' } as const;

function namespace(name: string, labels: Readonly<Record<string, string>>): CaseObject {
  const security = { 'pod-security.kubernetes.io/enforce': 'restricted' };
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels: { ...MANAGED, ...security, ...labels } } };
}

const ambient = (tenant: string) => ({ 'drun.io/tenant': tenant, 'istio.io/dataplane-mode': 'ambient' });

/**
 * `acme-train` and `beta-serve` are whole; `acme-bare` has lost its TenantPolicy, `acme-lost` its labels as well;
 * `acme-sidecar` has sidecars injected; `vault` is the platform's.
 */
export const NAMESPACES: readonly CaseObject[] = [
  namespace('acme-train', ambient('acme')),
  namespace('acme-bare', ambient('acme')),
  { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'acme-lost' } },
  namespace('acme-sidecar', { 'drun.io/tenant': 'acme', 'istio-injection': 'enabled' }),
  namespace('beta-serve', ambient('beta')),
  namespace('vault', { 'drun.io/component': 'vault' }),
];

const ACME: TenantPolicySpec = {
  tenant: 'acme',
  trust: 'standard',
  registries: ['registry.example.com/acme/', 'registry.example.com/shared/'],
  runtimeClasses: ['gvisor', 'kata-qemu'],
  runtimeClassRequired: true,
  defaultRuntimeClass: 'gvisor',
  priorityClasses: ['drun-batch', 'drun-standard'],
  storageClasses: ['drun-encrypted'],
  pool: 'acme',
  gpuResources: ['nvidia.com/gpu'],
  deviceClasses: ['gpu.nvidia.com'],
  hosts: ['api.acme.example', 'www.acme.example'],
  serviceAccounts: ['default', 'workload'],
  peers: ['beta'],
  queue: 'default',
};

const BETA: TenantPolicySpec = {
  ...ACME,
  tenant: 'beta',
  pool: 'beta',
  registries: ['registry.example.com/beta/'],
  hosts: ['api.beta.example'],
};

function tenantPolicy(ns: string, spec: TenantPolicySpec): CaseObject {
  return {
    apiVersion: 'policy.drun.io/v1',
    kind: 'TenantPolicy',
    metadata: { name: 'tenant', namespace: ns, labels: MANAGED },
    spec: { ...spec },
  };
}

export const TENANT_POLICIES: readonly CaseObject[] = [
  tenantPolicy('acme-train', ACME),
  tenantPolicy('acme-sidecar', ACME),
  tenantPolicy('beta-serve', BETA),
];

/** What the cases call the things of this world. */
export const NAMES: Names = {
  a: 'acme',
  ns: 'acme-train',
  bare: 'acme-bare',
  lost: 'acme-lost',
  sidecar: 'acme-sidecar',
  b: 'beta',
  'b-ns': 'beta-serve',
  platform: 'vault',
  'owner-group': 'oidc:acme-admins',
  'sidecar-owner-group': 'oidc:acme-admins',
  registry: 'registry.example.com/acme/',
  'registry-2': 'registry.example.com/shared/',
  'registry-host': 'registry.example.com',
  'b-registry': 'registry.example.com/beta/',
  'sidecar-registry': 'registry.example.com/acme/',
  pool: 'acme',
  'b-pool': 'beta',
  runtime: 'kata-qemu',
  'runtime-foreign': 'kata-qemu-nvidia-gpu',
  priority: 'drun-standard',
  'priority-low': 'drun-batch',
  'priority-foreign': 'drun-high',
  gpu: 'nvidia.com/gpu',
  'gpu-foreign': 'nvidia.com/mig-1g.10gb',
  'device-class': 'gpu.nvidia.com',
  'device-class-foreign': 'mig.nvidia.com',
  storage: 'drun-encrypted',
  host: 'api.acme.example',
  'host-2': 'www.acme.example',
  'host-domain': 'acme.example',
  'b-host': 'api.beta.example',
  account: 'workload',
  queue: 'default',
};

const inTrain = (name: SeedName, rest: object): CaseObject => {
  const place = named(seedNamed(name));
  return { ...place, metadata: { ...place.metadata, labels: MANAGED }, ...rest };
};

/** What the platform made, as a live cluster would show it. */
const PLATFORM: Readonly<Record<SeedName, CaseObject>> = {
  namespace: NAMESPACES[0] ?? namespace('acme-train', ambient('acme')),
  tenantPolicy: tenantPolicy('acme-train', ACME),
  quota: inTrain('quota', { spec: { hard: { pods: '100' } } }),
  limits: inTrain('limits', { spec: { limits: [{ type: 'Container', default: { cpu: '1' } }] } }),
  defaultDeny: inTrain('defaultDeny', { spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] } }),
  roleBinding: inTrain('roleBinding', {
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'drun-tenant-owner' },
  }),
};

/** The object of a seed in this world; throws where a case names none. */
export function seed(name: SeedName): CaseObject {
  return PLATFORM[name] ?? named(seedNamed(name));
}

/** A case's object with the names of this world. */
export function named(object: CaseObject): CaseObject {
  const filled: Json = fill(object, NAMES);
  if (!isCaseObject(filled)) throw new Error('an object lost its kind');
  return filled;
}

function isCaseObject(value: Json): value is CaseObject {
  return isRecord(value) && typeof value.kind === 'string' && isRecord(value.metadata);
}
