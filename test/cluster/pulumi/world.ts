import { LocalWorkspace, Stack } from '@pulumi/pulumi/automation';
import { definitionsFor } from '../../../cluster/local/definitions';
import type { HelmReleaseProps } from '../../../constructs/core/helm-release';
import { leavesOf } from '../../../constructs/core/leaves';
import type { Platform } from '../../../constructs/core/platform';
import { admit } from '../../../stacks/sinks/admit';
import { type StackContent, stackContent } from '../../../stacks/sinks/pulumi/content';
import { targetsOf } from '../../../stacks/sinks/target';
import type { Environment } from '../../../stacks/spec/environment';
import { startCharts } from '../../support/engine/charts';
import { type Checkout, checkOut } from '../../support/engine/checkout';
import { startControllers } from '../../support/engine/controllers';
import { type LiveRegion, objectsOf, startRegion, TODAY } from '../region';

/** An environment’s clusters and an engine that reaches them. */
export interface World {
  readonly regions: readonly LiveRegion[];
  readonly checkout: Checkout;
  /** What each stack carries, the platform first. */
  readonly stacks: readonly StackContent[];
  /** Hosts that something asked for, besides those that charts come from. */
  readonly refused: readonly string[];
  /** SHA-256 of the manifests of charts that come from registries, by the name of the chart. */
  readonly digests: ReadonlyMap<string, string>;
  /** A stack through the Automation API; made first where it is not there. */
  stack(name: string): Promise<Stack>;
  stop(): Promise<void>;
}

/** Which stacks: all of them, or the one that carries the platform. */
export type WorldPart = 'all' | 'platform';

/** Groups of which charts bring the kinds. */
const BY_CHARTS = /(^|\.)(istio\.io|kueue\.x-k8s\.io)$/;

/** Starts a control plane for each region, the places that charts come from, and a checkout. */
export async function startWorld(environment: Environment, part: WorldPart): Promise<World> {
  const ends: (() => Promise<void>)[] = [];
  const stop = async () => {
    for (const end of ends.reverse()) await end();
  };
  try {
    const regions = await Promise.all(
      environment.regions.map(async ({ name }) => {
        const region = await startRegion(environment, name, { serves: (group) => !BY_CHARTS.test(group) });
        ends.push(region.stop);
        return region;
      }),
    );
    ends.push(startControllers(regions.map(({ plane }) => plane.admin)));
    const admitted = admit(environment, TODAY);
    const targets = targetsOf(environment).filter(({ carries }) => part === 'all' || carries === 'platform');
    const stacks = targets.map((target) => stackContent(admitted, target, { unprotected: [] }));
    const web = await startCharts(
      releasesOf(admitted.tree),
      await definitionsOf(regions),
      regions[0]?.plane.folder ?? '',
    );
    ends.push(web.stop);
    const checkout = await checkOut(
      regions.map(({ plane }) => plane.kubeconfig),
      // Nothing is interrupted here, and a state of a thousand resources that is written at each step takes minutes.
      { ...web.env, PULUMI_SKIP_CHECKPOINTS: 'true' },
    );
    return { regions, checkout, stacks, refused: web.refused, digests: web.digests, stack: opener(checkout), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function opener({ folder, env }: Checkout): World['stack'] {
  // The engine's program is looked for before anybody may say where.
  process.env.PATH = env.PATH;
  return async (name) => {
    const workspace = await LocalWorkspace.create({ workDir: folder, envVars: { ...env } });
    const stack = await Stack.createOrSelect(name, workspace);
    await stack.setConfig('drun:today', { value: TODAY });
    return stack;
  };
}

function releasesOf(tree: Platform): readonly HelmReleaseProps[] {
  return leavesOf(tree.node.root).flatMap((leaf) => (leaf.type === 'release' ? [leaf.construct.release] : []));
}

async function definitionsOf(regions: readonly LiveRegion[]) {
  return definitionsFor(regions.flatMap(({ plan }) => objectsOf(plan)));
}
