import { leavesOf, manifestsOf } from '../../constructs/core/leaves';
import type { Platform } from '../../constructs/core/platform';
import { type Problem, ProblemError } from '../../constructs/core/problem';
import { gateOf, validationProblems } from '../gate';
import { loadPlan } from '../load';
import type { Plan } from '../plan';
import type { Environment } from '../spec/environment';
import { buildTree } from '../tree';

/** A whole environment that has passed the gate. */
export interface Admitted {
  readonly plan: Plan;
  readonly tree: Platform;
}

/**
 * Takes an environment through the gate of every sink: its files, what stands between them, what the constructs say of
 * themselves, and all rules over all objects of all regions, whichever part a sink is about to land: a name can collide
 * with a tenant of another shard. Throws a `ProblemError` that lists everything.
 */
export function admit(environment: Environment, today: string, tenants?: string): Admitted {
  const plan = loadPlan(environment, tenants);
  const tree = buildTree(plan);
  const problems = treeProblems(plan, tree, today);
  if (problems.length > 0) throw new ProblemError(problems);
  return { plan, tree };
}

/** What speaks against a tree: the validations of its constructs, and the rules over the objects of each region. */
export function treeProblems({ environment, regions }: Plan, tree: Platform, today: string): readonly Problem[] {
  const broken = regions.flatMap(({ region }) => {
    const gate = gateOf(environment, region, today);
    for (const leaf of leavesOf(tree.node.findChild(region.name))) gate.add(manifestsOf(leaf));
    return gate.finish().problems.map((problem) => ({ ...problem, path: `${region.name}: ${problem.path}` }));
  });
  return [...validationProblems(tree), ...broken];
}
