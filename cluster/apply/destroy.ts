import { type DeployOptions, notRun, withClusters } from './deploy';
import { ownedObjects } from './inventory';
import type { LiveCluster } from './live-cluster';
import type { RegionPlan, StackPlan } from './plan';
import { removalOf } from './removal';
import { NOTHING_LEFT_OUT, type StackOutcome } from './report';
import { StackRun } from './stack-run';
import { belongsTo } from './stacks';

/** How an environment is removed. */
export type DestroyOptions = Omit<DeployOptions, 'unprotect'>;

/**
 * Removes everything of an environment that this path made, in every region: the tenants before the platform, the last
 * layer first, and also stacks that the plan no longer has. Namespaces go with all that is in them; whoever calls has had
 * that confirmed. Charts and Vault's objects are not touched.
 */
export async function destroy(
  environment: string,
  plans: readonly RegionPlan[],
  options: DestroyOptions,
): Promise<readonly StackOutcome[]> {
  return withClusters(plans, options, (live, plan) => destroyRegion(live, environment, plan, options));
}

async function destroyRegion(
  live: LiveCluster,
  environment: string,
  { region, stacks }: RegionPlan,
  options: DestroyOptions,
): Promise<readonly StackOutcome[]> {
  const owned = (await ownedObjects(live)).filter(({ stack }) => belongsTo(stack, environment));
  const reports: StackOutcome[] = [];
  for (const stack of [...leftOver(owned, stacks), ...[...stacks].reverse()]) {
    if (reports.some(({ outcome }) => outcome !== 'removed')) {
      reports.push(notRun(region, stack));
      continue;
    }
    const run = new StackRun(live, region, stack, options);
    await run.remove(removalOf({ owned: owned.filter((one) => one.stack === stack.stack), plans: [stack] }));
    reports.push(run.report('removed'));
  }
  return reports;
}

/** Stacks of which objects are there and which the plan has no more, such as shards after their number was lowered. */
function leftOver(owned: readonly { readonly stack: string }[], stacks: readonly StackPlan[]): readonly StackPlan[] {
  const planned = new Set(stacks.map(({ stack }) => stack));
  const found = [...new Set(owned.map(({ stack }) => stack))].filter((stack) => !planned.has(stack)).sort();
  return found.map((stack) => ({ stack, layers: [], leftOut: NOTHING_LEFT_OUT }));
}
