import type { Admitted } from '../../stacks/sinks/admit';
import { deploy } from '../apply/deploy';
import type { EnvironmentReport } from '../apply/environment';
import { regionPlans } from '../apply/plan';
import type { RunOptions } from '../apply/stack-run';
import { connect } from '../client/cluster';
import type { ControlPlane } from './control-plane';
import { definitionsFor, installDefinitions } from './definitions';
import { startRegions } from './region';

/** An environment on this machine: what came of its deployment, and its control planes. */
export interface LocalEnvironment {
  readonly report: EnvironmentReport;
  readonly planes: readonly ControlPlane[];
  /** Ends the control planes; what they held is gone with them, as far as this project is concerned. */
  stop(): Promise<void>;
}

/**
 * Starts a control plane for each region on this machine, with the platform's own host files, the kinds of third-party
 * controllers and no controller of theirs, and deploys the environment to them. Throws a `ProblemError`, with nothing left
 * running, where a program is missing or a control plane does not come up.
 */
export async function startLocally(admitted: Admitted, options: RunOptions): Promise<LocalEnvironment> {
  const start = options.now();
  const regions = await startRegions(admitted.plan, { controllers: true, scheduler: true, nodes: 2 });
  try {
    const plans = regionPlans(admitted, { unprotected: [] });
    for (const { region, stacks } of plans) {
      const objects = stacks.flatMap(({ layers }) =>
        layers.flatMap((layer) => layer.objects.map(({ inputs }) => inputs)),
      );
      const plane = regions.planes.get(region);
      if (plane !== undefined) await installDefinitions(plane.admin, await definitionsFor(objects));
    }
    const stacks = await deploy(plans, { ...options, connect: ({ region }) => connectTo(regions.planes.get(region)) });
    const ok = stacks.every(({ outcome }) => outcome === 'deployed');
    const milliseconds = options.now() - start;
    const report = { environment: admitted.plan.environment.name, dryRun: false, ok, milliseconds, stacks };
    return { report, planes: [...regions.planes.values()], stop: () => regions.stop() };
  } catch (error) {
    await regions.stop();
    throw error;
  }
}

function connectTo(plane: ControlPlane | undefined) {
  return connect(plane === undefined ? {} : { kubeconfig: plane.kubeconfig, context: plane.name });
}
