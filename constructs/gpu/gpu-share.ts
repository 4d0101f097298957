import * as z from 'zod';

const count = z.int().min(1).max(4096);

/**
 * How a tenant holds GPUs: a closed choice of isolation levels, strongest last. A shared mode cannot be given to an
 * untrusted tenant, see {@link isolationAllowed}.
 *
 * - `time-sliced`: several tenants' containers take turns on one GPU; memory is not isolated
 * - `mig`: a hardware slice with its own memory (NVIDIA Multi-Instance GPU)
 * - `whole`: one GPU, one container, shared kernel
 * - `kata`: a whole GPU passed through to a virtual machine (VFIO)
 * - `confidential`: as `kata`, in a virtual machine with encrypted memory (AMD SEV-SNP or Intel TDX)
 */
export const gpuShare = z.discriminatedUnion(
  'mode',
  [
    z.strictObject({ mode: z.literal('time-sliced'), count }),
    z.strictObject({
      mode: z.literal('mig'),
      profile: z.string().regex(/^[1-7]g\.\d{1,3}gb$/, { error: 'a MIG profile such as 1g.10gb or 3g.40gb' }),
      count,
    }),
    z.strictObject({ mode: z.literal('whole'), count }),
    z.strictObject({ mode: z.literal('kata'), count }),
    z.strictObject({ mode: z.literal('confidential'), tee: z.enum(['snp', 'tdx']), count }),
  ],
  { error: 'a mode of time-sliced, mig, whole, kata or confidential' },
);

/** GPUs of one tenant: isolation mode and how many per region. */
export type GpuShare = Readonly<z.output<typeof gpuShare>>;
/** How GPUs are isolated: `time-sliced`, `mig`, `whole`, `kata` or `confidential`. */
export type GpuMode = GpuShare['mode'];

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
