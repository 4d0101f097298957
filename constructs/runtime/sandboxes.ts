import { Construct } from 'constructs';
import { satisfiesAll } from '../core/control';
import { manifest, type RuntimeClass } from '../core/manifest';
import { stampFor } from '../core/stamp';

const CONTROLS = { 'CTR-4': 'sandboxed runtimes with their own kernel are offered on nodes that carry them' } as const;

interface Sandbox {
  readonly name: string;
  readonly handler: string;
  /** Label of the nodes that have the runtime. */
  readonly node: string;
  /** What the sandbox itself uses, added to the pod's requests by the scheduler. */
  readonly overhead: { readonly memory: string; readonly cpu: string };
}

const KATA_NODE = 'katacontainers.io/kata-runtime';
const KATA_OVERHEAD = { memory: '160Mi', cpu: '250m' } as const;

/**
 * Handlers, node labels and overheads of Kata Containers are those its own deployment installs
 * (kata-containers, tools/packaging/kata-deploy); gVisor's handler is `runsc` (https://gvisor.dev/docs/user_guide/containerd).
 * Memory-encrypted machines carry their firmware and a larger kernel: 2 GiB and one core there.
 */
const SANDBOXES: readonly Sandbox[] = [
  { name: 'gvisor', handler: 'runsc', node: 'drun.io/gvisor', overhead: { memory: '64Mi', cpu: '100m' } },
  { name: 'kata-qemu', handler: 'kata-qemu', node: KATA_NODE, overhead: KATA_OVERHEAD },
  { name: 'kata-qemu-nvidia-gpu', handler: 'kata-qemu-nvidia-gpu', node: KATA_NODE, overhead: KATA_OVERHEAD },
  ...(['snp', 'tdx'] as const).map((tee) => ({
    name: `kata-qemu-nvidia-gpu-${tee}`,
    handler: `kata-qemu-nvidia-gpu-${tee}`,
    node: KATA_NODE,
    overhead: { memory: '2Gi', cpu: '1' },
  })),
];

/** The RuntimeClasses that trust levels and GPU modes refer to. */
export class Sandboxes extends Construct {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    satisfiesAll(this, CONTROLS);
    const stamp = stampFor({ component: 'runtime' }, CONTROLS);
    for (const { name, handler, node, overhead } of SANDBOXES) {
      manifest<RuntimeClass>(this, name, {
        apiVersion: 'node.k8s.io/v1',
        kind: 'RuntimeClass',
        metadata: stamp(name),
        handler,
        overhead: { podFixed: overhead },
        scheduling: { nodeSelector: { [node]: 'true' } },
      });
    }
  }
}
