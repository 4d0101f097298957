import { objectLabel } from '../../constructs/core/manifest';
import type { Problem } from '../../constructs/core/problem';
import { liveProblem } from '../../stacks/live/problem';
import { sinkProblem } from '../../stacks/sinks/problem';
import { pooled } from '../../stacks/up/pool';
import type { Cluster } from '../client/cluster';
import { type Owned, ownedObjects } from './inventory';
import { LiveCluster } from './live-cluster';
import type { RegionPlan, StackPlan } from './plan';
import { identityKey, protectionProblems, type Removal, removalOf, wantedKeys } from './removal';
import { NO_COUNTS, type StackOutcome } from './report';
import { type RunOptions, StackRun } from './stack-run';
import { belongsTo } from './stacks';

/** How an environment is deployed. */
export interface DeployOptions extends RunOptions {
  /** Tenants whose data may go; the first step of off-boarding. @default - none */
  readonly unprotect?: readonly string[];
  /** Connects to the cluster of a region. */
  readonly connect: (plan: Pick<RegionPlan, 'region' | 'context'>) => Promise<Cluster>;
}

/**
 * Brings every region to what the plans say: stack after stack, layer after layer, and removes what a stack no longer
 * wants. Regions go on beside each other. Reports come in the order of the plans. What went wrong is in the reports; it
 * throws a `ProblemError`, with nothing touched, where a cluster cannot be reached or does not say what it serves.
 */
export async function deploy(plans: readonly RegionPlan[], options: DeployOptions): Promise<readonly StackOutcome[]> {
  return withClusters(plans, options, (live, plan) => deployRegion(live, plan, options));
}

/** Regions at a time. */
const REGIONS = 4;

/** Runs something in every region, once all of their clusters answered, and lets go of them in any case. */
export async function withClusters<T>(
  plans: readonly RegionPlan[],
  { connect }: Pick<DeployOptions, 'connect'>,
  run: (live: LiveCluster, plan: RegionPlan) => Promise<readonly T[]>,
): Promise<readonly T[]> {
  const clusters: Cluster[] = [];
  try {
    for (const plan of plans) clusters.push(await connect(plan));
    const live = await pooled(clusters, REGIONS, (cluster) => LiveCluster.open(cluster));
    const pairs = plans.flatMap((plan, at) => (live[at] === undefined ? [] : [{ plan, live: live[at] }]));
    return (await pooled(pairs, REGIONS, (one) => run(one.live, one.plan))).flat();
  } finally {
    for (const cluster of clusters) cluster.close();
  }
}

async function deployRegion(
  live: LiveCluster,
  plan: RegionPlan,
  options: DeployOptions,
): Promise<readonly StackOutcome[]> {
  const { unprotect = [] } = options;
  const owned = await ownedObjects(live);
  const wanted = wantedKeys(plan.stacks);
  const left = owned.filter((one) => !wanted.has(identityKey(one)));
  const removals = new Map(
    plan.stacks.map(({ stack }) => [stack, removalOf({ owned: left.filter((one) => one.stack === stack) })] as const),
  );
  // Everything that can be known beforehand is said before anything is touched.
  const shards = shardProblems(plan, owned);
  const problems = [
    ...missingKinds(live, plan),
    ...(shards.length > 0 ? shards : [...removals.values()].flatMap((one) => protectionProblems(one, unprotect))),
  ];
  return problems.length > 0
    ? plan.stacks.map((stack, index) => refusedStack(live, plan, stack, options, index === 0 ? problems : []))
    : runStacks(live, plan, removals, options);
}

async function runStacks(
  live: LiveCluster,
  { region, stacks }: RegionPlan,
  removals: ReadonlyMap<string, Removal>,
  options: DeployOptions,
): Promise<readonly StackOutcome[]> {
  const reports: StackOutcome[] = [];
  for (const [index, stack] of stacks.entries()) {
    // Tenants need the platform; one tenant stack does not need another.
    if (index > 0 && reports[0]?.outcome !== 'deployed') {
      reports.push(notRun(region, stack));
      continue;
    }
    const run = new StackRun(live, region, stack, options);
    await run.apply();
    const removal = removals.get(stack.stack);
    if (!run.failed && removal !== undefined) await run.remove(removal);
    reports.push(run.report('deployed'));
  }
  return reports;
}

/** A stack that is there and no longer planned (PL123), and tenants that another stack than the planned one carries (PL124). */
function shardProblems({ stacks }: RegionPlan, owned: readonly Owned[]): readonly Problem[] {
  const planned = new Map(stacks.flatMap((one) => namespacesOf(one).map((label) => [label, one.stack] as const)));
  const names = stacks.map(({ stack }) => stack);
  const environment = names[0] ?? '';
  const stray = owned.filter(({ stack }) => belongsTo(stack, environment) && !names.includes(stack));
  const gone = [...new Set(stray.map(({ stack }) => stack))].map((stack) => {
    const number = stray.filter((one) => one.stack === stack).length;
    return sinkProblem('PL123', stack, `a stack of which ${number} objects are there`, 'a stack of the plan');
  });
  const moved = owned.flatMap(({ label, stack }) => {
    const now = planned.get(label);
    if (now === undefined || now === stack) return [];
    return [sinkProblem('PL124', label, `a namespace of ${stack}`, `one that stays in ${stack}, not one of ${now}`)];
  });
  return [...gone, ...moved];
}

function namespacesOf({ layers }: StackPlan): readonly string[] {
  const objects = layers.flatMap((layer) => layer.objects.map(({ inputs }) => inputs));
  return objects.filter(({ kind }) => kind === 'Namespace').map(objectLabel);
}

/** Kinds that nobody serves, neither the cluster now nor a definition of the plan: said once, and all at once. */
function missingKinds(live: LiveCluster, { region, stacks }: RegionPlan): readonly Problem[] {
  const objects = stacks.flatMap(({ layers }) => layers.flatMap((layer) => layer.objects.map(({ inputs }) => inputs)));
  const defined = objects
    .filter(({ kind }) => kind === 'CustomResourceDefinition')
    .map(({ metadata }) => metadata.name.slice(metadata.name.indexOf('.') + 1));
  const missing = new Map<string, number>();
  for (const { apiVersion, kind } of objects) {
    const group = apiVersion.slice(0, Math.max(0, apiVersion.indexOf('/')));
    if (live.resources.of(apiVersion, kind) !== undefined || defined.includes(group)) continue;
    missing.set(`${apiVersion} ${kind}`, (missing.get(`${apiVersion} ${kind}`) ?? 0) + 1);
  }
  return [...missing].map(([kind, number]) =>
    liveProblem('LIV011', region, `${kind}, of which ${number} are planned`, 'a kind that the cluster serves'),
  );
}

function refusedStack(
  live: LiveCluster,
  { region }: RegionPlan,
  stack: StackPlan,
  options: DeployOptions,
  problems: readonly Problem[],
): StackOutcome {
  const run = new StackRun(live, region, stack, options);
  run.refuse(problems);
  return problems.length > 0 ? run.report('deployed') : notRun(region, stack);
}

/** A stack that was not reached. */
export function notRun(region: string, { stack, layers, leftOut }: StackPlan): StackOutcome {
  const objects = layers.reduce((sum, layer) => sum + layer.objects.length, 0);
  const nothing = { heldBack: [], retained: [], warnings: [], problems: [], milliseconds: 0 };
  return { region, stack, objects, outcome: 'not-run', counts: NO_COUNTS, leftOut, ...nothing };
}
