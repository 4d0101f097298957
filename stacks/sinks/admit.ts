import { leavesOf, manifestsOf } from '../../constructs/core/leaves';
import { outsideManifestsOf } from '../../constructs/core/outside-manifest';
import type { Platform } from '../../constructs/core/platform';
import { ProblemError } from '../../constructs/core/problem';
import { vaultManifestsOf } from '../../constructs/core/vault-manifest';
import { gateOf, gateProblems, treeProblems } from '../gate';
import { loadPlan } from '../load';
import type { Plan } from '../plan';
import type { Environment, Region } from '../spec/environment';
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
  const problems = [
    ...treeProblems(tree, today),
    ...gateProblems(plan.regions.map(({ region }) => report(plan, tree, region, today))),
  ];
  if (problems.length > 0) throw new ProblemError(problems);
  return { plan, tree };
}

function report({ environment }: Plan, tree: Platform, region: Region, today: string) {
  const gate = gateOf(environment, today);
  for (const leaf of leavesOf(tree.node.findChild(region.name)))
    gate.add([...manifestsOf(leaf), ...vaultManifestsOf(leaf), ...outsideManifestsOf(leaf)]);
  return { region: region.name, report: gate.finish() };
}
