import {
  TENANT_POLICY_API,
  TENANT_POLICY_NAME,
  type TenantPolicy,
  type TenantPolicySpec,
} from '../admission/tenant-policy';
import { gpuNames } from '../gpu/gpu-names';
import { poolOf, QUEUE } from './queue';
import type { TenantContext, TenantPart } from './tenant-part';
import { trustPolicy } from './trust';

/** Parameters of the admission policies: a new tenant needs no new policy, only its own parameters. */
export const paramsPart: TenantPart = {
  name: 'params',
  controls: {
    'CTR-2': 'images come from the tenant’s registries only, by digest',
    'CTR-4': 'the trust level decides which sandboxes a pod may and must use',
    'GPU-1': 'a pod may ask for the GPU kind that was leased and no other',
  },
  manifests: (tenant, stamp) => {
    const spec = tenantPolicySpec(tenant);
    return tenant.namespaces.map(
      ({ name }): TenantPolicy => ({
        apiVersion: TENANT_POLICY_API,
        kind: 'TenantPolicy',
        metadata: stamp(TENANT_POLICY_NAME, name),
        spec,
      }),
    );
  },
};

function tenantPolicySpec(tenant: TenantContext): TenantPolicySpec {
  const { spec } = tenant;
  const trust = trustPolicy(spec.trust);
  const gpu = spec.gpu === undefined ? undefined : gpuNames(spec.gpu);
  const gpuRuntime = gpu?.runtimeClass === undefined ? [] : [gpu.runtimeClass];
  return {
    tenant: spec.name,
    trust: spec.trust,
    registries: spec.registries,
    runtimeClasses: [...trust.runtimeClasses, ...gpuRuntime],
    runtimeClassRequired: trust.sandboxRequired,
    defaultRuntimeClass: trust.defaultRuntimeClass,
    priorityClasses: trust.priorityClasses,
    storageClasses: spec.storageClasses,
    pool: poolOf(tenant),
    gpuResources: gpu === undefined ? [] : [gpu.resource],
    deviceClasses: gpu === undefined ? [] : [gpu.deviceClass],
    hosts: spec.hosts,
    serviceAccounts: [...new Set(['default', ...spec.serviceAccounts])],
    peers: peerNames(tenant),
    queue: QUEUE,
  };
}

function peerNames({ spec }: TenantContext): readonly string[] {
  const names = [...spec.allow.map(({ to }) => to), ...spec.accept.map(({ from }) => from)].flatMap((peer) =>
    'tenant' in peer ? [peer.tenant] : [],
  );
  return [...new Set(names)].sort();
}
