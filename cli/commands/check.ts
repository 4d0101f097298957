import { type CheckReport, CheckRun, RULES } from '../../analysis/rules';
import { nearest } from '../../constructs/core/nearest';
import { type Problem, ProblemError, show } from '../../constructs/core/problem';
import type { AnyRule } from '../../constructs/core/rule';
import type { Waiver } from '../../constructs/core/waiver';
import { checkedObjects, renderPlan } from '../../stacks/examine';
import { gateOf, gateProblems, treeProblems } from '../../stacks/gate';
import { loadPlan } from '../../stacks/load';
import { readClusters } from '../../stacks/read-cluster';
import { EXIT } from '../exit';
import type { CommandResult, Context } from '../result';
import { checkText } from '../text/check';
import { dateOf } from './flags';
import { type EnvironmentTarget, targetNamed } from './target';

/** Options of `drun check`. */
export interface CheckFlags {
  readonly target: string;
  readonly rule?: readonly string[];
  readonly tenants?: string;
  readonly today?: string;
}

/** The verdict over one cluster. */
export interface CheckedCluster {
  readonly cluster: string;
  readonly report: CheckReport;
}

/** Holds every object of every cluster against the rules. */
export function check(flags: CheckFlags, context: Context): CommandResult {
  const rules = rulesNamed(flags.rule);
  const today = dateOf(flags.today, context);
  const target = targetNamed(flags.target, flags.tenants, context);
  const { clusters, own } =
    target.kind === 'directory'
      ? checkDirectory(target.path, rules, today)
      : checkEnvironment(target, rules, today, context);
  const problems = [...own, ...gateProblems(clusters.map(({ cluster, report }) => ({ region: cluster, report })))];
  return {
    exit: problems.length === 0 ? EXIT.ok : EXIT.findings,
    json: {
      target: flags.target,
      today,
      clusters: clusters.map(({ cluster, report: { subjects, rules: results, waived } }) => ({
        cluster,
        subjects,
        rules: results,
        waived,
      })),
    },
    text: (paint) => checkText(flags.target, clusters, problems, paint),
    findings: problems,
  };
}

interface Checked {
  readonly clusters: readonly CheckedCluster[];
  /** What the constructs say of themselves. */
  readonly own: readonly Problem[];
}

function checkEnvironment(
  { environment, tenants }: EnvironmentTarget,
  rules: readonly AnyRule[] | undefined,
  today: string,
  { progress }: Context,
): Checked {
  progress(`${environment.name}: synthesizing`);
  const { tree, regions } = renderPlan(loadPlan(environment, tenants));
  const clusters = regions.map((region) => {
    const { name } = region.planned.region;
    progress(`${environment.name}: checking ${name}`);
    const run = rules === undefined ? gateOf(environment, today) : runOf(rules, today, environment.waivers);
    run.add(checkedObjects(region));
    return { cluster: name, report: run.finish() };
  });
  return { clusters, own: rules === undefined ? treeProblems(tree, today) : [] };
}

function checkDirectory(path: string, rules: readonly AnyRule[] | undefined, today: string): Checked {
  const clusters = readClusters(path).map(({ name, objects, hostFiles }) => {
    const run = runOf(rules ?? RULES, today, []);
    run.add([...objects, ...hostFiles]);
    return { cluster: name, report: run.finish() };
  });
  return { clusters, own: [] };
}

/** Waivers of rules that do not run would look stale. */
function runOf(rules: readonly AnyRule[], today: string, waivers: readonly Waiver[]): CheckRun {
  const ids = new Set(rules.map(({ id }) => id));
  return new CheckRun({ rules, today, waivers: waivers.filter(({ rule }) => ids.has(rule)) });
}

function rulesNamed(ids: readonly string[] | undefined): readonly AnyRule[] | undefined {
  if (ids === undefined) return undefined;
  const known = RULES.map(({ id }) => id);
  const problems = ids
    .filter((id) => !known.includes(id))
    .map((id) => {
      const close = nearest(id, known);
      const remedy = close === undefined ? 'run `drun explain` for the list' : `did you mean ${close}?`;
      return { code: 'CLI005', path: '--rule', given: show(id), expected: 'the id of a rule', remedy };
    });
  if (problems.length > 0) throw new ProblemError(problems);
  return RULES.filter(({ id }) => ids.includes(id));
}
