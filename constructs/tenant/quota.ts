import type { LimitRange, ResourceQuota } from '../core/manifest';
import type { Stamp } from '../core/stamp';
import { type Cpu, type Memory, mebibytes, millicores } from '../core/units';
import { gpuQuota } from '../gpu/gpu-names';
import type { TenantContext, TenantNamespace, TenantPart } from './tenant-part';

/** Hard limits of a namespace, and the limits a container gets when it names none. */
export const quotaPart: TenantPart = {
  name: 'quota',
  controls: {
    'GPU-1':
      'GPUs are counted under all four names Kubernetes has for them, from one number; what is not granted is zero',
    'SCN-1': 'compute, storage and object counts are bounded in every namespace',
  },
  manifests: (tenant, stamp) =>
    tenant.namespaces.flatMap((namespace) => [
      quota(namespace, stamp, 'compute', compute(namespace)),
      quota(namespace, stamp, 'gpu', gpuQuota(tenant.spec.gpu, namespace.spec.gpus)),
      quota(namespace, stamp, 'storage', storage(tenant, namespace)),
      quota(namespace, stamp, 'objects', OBJECT_COUNTS),
      crossNamespaceAffinity(namespace, stamp),
      limits(namespace, stamp),
    ]),
};

/**
 * Upper bounds on stored objects. etcd holds them all for all tenants; the API server's own guidance is to stay below
 * 8 GB in total (https://etcd.io/docs/v3.6/dev-guide/limit/).
 */
const OBJECT_COUNTS = {
  'count/configmaps': '200',
  'count/secrets': '100',
  'count/services': '50',
  'services.loadbalancers': '0',
  'services.nodeports': '0',
  'count/serviceaccounts': '30',
  'count/persistentvolumeclaims': '50',
  'count/deployments.apps': '100',
  'count/statefulsets.apps': '50',
  'count/replicasets.apps': '500',
  'count/jobs.batch': '500',
  'count/cronjobs.batch': '20',
  'count/ingresses.networking.k8s.io': '50',
  'count/rolebindings.rbac.authorization.k8s.io': '50',
} as const;

/** Encrypted storage classes that the platform installs; the ones a tenant was not given are set to zero. */
export const STORAGE_CLASSES = ['drun-encrypted', 'drun-encrypted-fast'] as const;

function quota(
  namespace: TenantNamespace,
  stamp: Stamp,
  name: string,
  hard: Readonly<Record<string, string>>,
): ResourceQuota {
  return { apiVersion: 'v1', kind: 'ResourceQuota', metadata: stamp(name, namespace.name), spec: { hard } };
}

function compute({ spec }: TenantNamespace): Readonly<Record<string, string>> {
  const cpu = String(spec.cpu);
  const scratch = `${spec.pods * 10}Gi`;
  return {
    'requests.cpu': cpu,
    'limits.cpu': cpu,
    'requests.memory': spec.memory,
    'limits.memory': spec.memory,
    'requests.ephemeral-storage': scratch,
    'limits.ephemeral-storage': scratch,
    pods: String(spec.pods),
  };
}

function storage({ spec }: TenantContext, namespace: TenantNamespace): Readonly<Record<string, string>> {
  const hard: Record<string, string> = { 'requests.storage': namespace.spec.storage };
  for (const storageClass of STORAGE_CLASSES) {
    if (!spec.storageClasses.includes(storageClass)) {
      hard[`${storageClass}.storageclass.storage.k8s.io/requests.storage`] = '0';
    }
  }
  return hard;
}

/** A pod that names other namespaces in its affinity can keep them off nodes: nobody may (attack S24). */
function crossNamespaceAffinity(namespace: TenantNamespace, stamp: Stamp): ResourceQuota {
  return {
    apiVersion: 'v1',
    kind: 'ResourceQuota',
    metadata: stamp('cross-namespace-affinity', namespace.name),
    spec: NO_CROSS_NAMESPACE_AFFINITY,
  };
}

const NO_CROSS_NAMESPACE_AFFINITY: NonNullable<ResourceQuota['spec']> = {
  hard: { pods: '0' },
  scopeSelector: { matchExpressions: [{ scopeName: 'CrossNamespacePodAffinity', operator: 'Exists' }] },
};

function limits({ name, spec }: TenantNamespace, stamp: Stamp): LimitRange {
  return {
    apiVersion: 'v1',
    kind: 'LimitRange',
    metadata: stamp('limits', name),
    spec: {
      limits: [
        {
          type: 'Container',
          max: { cpu: String(spec.cpu), memory: spec.memory, 'ephemeral-storage': '100Gi' },
          default: {
            cpu: atMostCpu('500m', spec.cpu),
            memory: atMostMemory('512Mi', spec.memory),
            'ephemeral-storage': '1Gi',
          },
          defaultRequest: {
            cpu: atMostCpu('100m', spec.cpu),
            memory: atMostMemory('512Mi', spec.memory),
            'ephemeral-storage': '1Gi',
          },
          maxLimitRequestRatio: { cpu: '10', memory: '2' },
        },
        { type: 'PersistentVolumeClaim', min: { storage: '1Mi' }, max: { storage: spec.storage } },
      ],
    },
  };
}

function atMostCpu(wanted: Cpu, cap: Cpu): string {
  return String(millicores(wanted) <= millicores(cap) ? wanted : cap);
}

function atMostMemory(wanted: Memory, cap: Memory): string {
  return mebibytes(wanted) <= mebibytes(cap) ? wanted : cap;
}
