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
