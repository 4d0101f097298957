import { LABEL } from '../core/labels';
import type { Manifest } from '../core/manifest';
import type { Stamp } from '../core/stamp';
import { type Memory, mebibytes, millicores } from '../core/units';
import { gpuNames } from '../gpu/gpu-names';
import type { TenantContext, TenantPart } from './tenant-part';

interface SpecObject extends Manifest {
  readonly spec: object;
}

/** Name of every tenant namespace's queue. */
export const QUEUE = 'default';

/** Value of `drun.io/pool` on the nodes that a tenant's GPU work runs on. */
export function poolOf({ spec }: Pick<TenantContext, 'spec'>): string {
  return spec.pool === 'dedicated' ? spec.name : 'shared';
}

/** Kueue objects (`kueue.x-k8s.io/v1beta2`): GPU work waits in the tenant's queue and never takes more than its share. */
export const queuePart: TenantPart = {
  name: 'queue',
  controls: {
    'GPU-1': 'GPU work is admitted through one queue with the tenant’s quota, on the pool the tenant leased',
    'SCN-1': 'leased GPUs are shared out by a queue',
  },
  manifests: (tenant, stamp) => [
    ...(tenant.spec.pool === 'dedicated' ? [flavor(tenant, stamp)] : []),
    clusterQueue(tenant, stamp),
    ...tenant.namespaces.map(
      ({ name }): SpecObject => ({
        apiVersion: 'kueue.x-k8s.io/v1beta2',
        kind: 'LocalQueue',
        metadata: stamp(QUEUE, name),
        spec: { clusterQueue: tenant.spec.name },
      }),
    ),
  ],
};

function flavor({ spec }: TenantContext, stamp: Stamp): SpecObject {
  return {
    apiVersion: 'kueue.x-k8s.io/v1beta2',
    kind: 'ResourceFlavor',
    metadata: stamp(spec.name),
    spec: {
      nodeLabels: { [LABEL.pool]: spec.name },
      nodeTaints: [{ key: LABEL.pool, value: spec.name, effect: 'NoSchedule' }],
      tolerations: [{ key: LABEL.pool, operator: 'Equal', value: spec.name, effect: 'NoSchedule' }],
    },
  };
}

function clusterQueue(tenant: TenantContext, stamp: Stamp): SpecObject {
  const { spec } = tenant;
  const resources = [
    { name: 'cpu', nominalQuota: `${sum(tenant, (namespace) => millicores(namespace.cpu))}m` },
    { name: 'memory', nominalQuota: mib(sum(tenant, (namespace) => mebibytes(namespace.memory))) },
    ...(spec.gpu === undefined
      ? []
      : [{ name: gpuNames(spec.gpu).resource, nominalQuota: String(sum(tenant, (namespace) => namespace.gpus)) }]),
  ];
  return {
    apiVersion: 'kueue.x-k8s.io/v1beta2',
    kind: 'ClusterQueue',
    metadata: stamp(spec.name),
    spec: {
      namespaceSelector: { matchLabels: { [LABEL.tenant]: spec.name } },
      queueingStrategy: 'BestEffortFIFO',
      resourceGroups: [
        { coveredResources: resources.map(({ name }) => name), flavors: [{ name: poolOf(tenant), resources }] },
      ],
    },
  };
}

function sum(
  tenant: TenantContext,
  amount: (namespace: TenantContext['namespaces'][number]['spec']) => number,
): number {
  return tenant.namespaces.reduce((total, { spec }) => total + amount(spec), 0);
}

function mib(amount: number): Memory {
  return amount % 1024 === 0 ? `${amount / 1024}Gi` : `${amount}Mi`;
}
