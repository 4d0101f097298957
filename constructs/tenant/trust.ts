import type { GpuMode } from '../gpu/gpu-share';

/** What a trust level permits. Kubernetes shares a kernel between neighbours unless a sandbox stands between them. */
export interface TrustPolicy {
  /** Sandboxes the tenant may choose besides those its GPU mode needs. */
  readonly runtimeClasses: readonly string[];
  /** Whether a pod without a sandbox is refused. */
  readonly sandboxRequired: boolean;
  /** Runtime class a pod gets when it names none; empty for the node's own runtime. */
  readonly defaultRuntimeClass: string;
  readonly gpuModes: readonly GpuMode[];
  /** Scheduling priorities, lowest first; the last one is the cap. */
  readonly priorityClasses: readonly string[];
}

/** Trust levels by name. `untrusted` cannot compile onto a shared kernel or a shared GPU. */
export const TRUST = {
  trusted: {
    runtimeClasses: ['gvisor', 'kata-qemu'],
    sandboxRequired: false,
    defaultRuntimeClass: '',
    gpuModes: ['time-sliced', 'mig', 'whole', 'kata', 'confidential'],
    priorityClasses: ['drun-batch', 'drun-standard', 'drun-high'],
  },
  standard: {
    runtimeClasses: ['gvisor', 'kata-qemu'],
    sandboxRequired: false,
    defaultRuntimeClass: '',
    gpuModes: ['mig', 'whole', 'kata', 'confidential'],
    priorityClasses: ['drun-batch', 'drun-standard'],
  },
  untrusted: {
    runtimeClasses: ['gvisor', 'kata-qemu'],
    sandboxRequired: true,
    defaultRuntimeClass: 'kata-qemu',
    gpuModes: ['kata', 'confidential'],
    priorityClasses: ['drun-batch'],
  },
} as const satisfies Record<string, TrustPolicy>;

/** `trusted`, `standard` or `untrusted`. */
export type TrustLevel = keyof typeof TRUST;

/** The policy of a level, by the interface rather than by its literals. */
export function trustPolicy(level: TrustLevel): TrustPolicy {
  return TRUST[level];
}
