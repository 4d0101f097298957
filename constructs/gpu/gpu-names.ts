import type { GpuShare } from './gpu-share';

/** What a GPU mode is called by the device plugin, by dynamic resource allocation and by the container runtime. */
export interface GpuNames {
  /** Extended resource of the device plugin, such as `nvidia.com/gpu`. */
  readonly resource: string;
  /** DeviceClass of dynamic resource allocation, such as `gpu.nvidia.com`. */
  readonly deviceClass: string;
  /** RuntimeClass that carries the GPU into a sandbox; undefined where the node's own runtime does. */
  readonly runtimeClass?: string;
}

/** Every extended resource and device class that the platform knows, so that what is not granted can be set to zero. */
export const GPU_RESOURCES = ['nvidia.com/gpu', 'nvidia.com/gpu.shared', 'nvidia.com/pgpu'] as const;
export const DEVICE_CLASSES = [
  'gpu.nvidia.com',
  'mig.nvidia.com',
  'vfio.gpu.nvidia.com',
  'shared.gpu.nvidia.com',
] as const;

/** The names of a share's mode. */
export function gpuNames(share: GpuShare): GpuNames {
  switch (share.mode) {
    case 'time-sliced':
      return { resource: 'nvidia.com/gpu.shared', deviceClass: 'shared.gpu.nvidia.com' };
    case 'mig':
      return { resource: `nvidia.com/mig-${share.profile}`, deviceClass: 'mig.nvidia.com' };
    case 'whole':
      return { resource: 'nvidia.com/gpu', deviceClass: 'gpu.nvidia.com' };
    case 'kata':
      return { resource: 'nvidia.com/pgpu', deviceClass: 'vfio.gpu.nvidia.com', runtimeClass: 'kata-qemu-nvidia-gpu' };
    case 'confidential':
      return {
        resource: 'nvidia.com/pgpu',
        deviceClass: 'vfio.gpu.nvidia.com',
        runtimeClass: `kata-qemu-nvidia-gpu-${share.tee}`,
      };
  }
}

const NO_DEVICES: Readonly<Record<string, string>> = Object.fromEntries([
  ...GPU_RESOURCES.map((resource) => [`requests.${resource}`, '0']),
  ...DEVICE_CLASSES.flatMap((deviceClass) => [
    [`${deviceClass}.deviceclass.resource.k8s.io/devices`, '0'],
    [`requests.deviceclass.resource.kubernetes.io/${deviceClass}`, '0'],
  ]),
]);

/**
 * The quota of a GPU share, under all four names by which Kubernetes counts devices, from one number. Names that are not
 * granted are set to zero: an absent name would be unlimited.
 */
export function gpuQuota(share: GpuShare | undefined, count: number): Readonly<Record<string, string>> {
  const hard: Record<string, string> = { ...NO_DEVICES, 'count/resourceclaims.resource.k8s.io': String(count) };
  if (share === undefined) return hard;
  const { resource, deviceClass } = gpuNames(share);
  hard[`requests.${resource}`] = String(count);
  hard[`${deviceClass}.deviceclass.resource.k8s.io/devices`] = String(count);
  hard[`requests.deviceclass.resource.kubernetes.io/${deviceClass}`] = String(count);
  return hard;
}
