import type { IConstruct } from 'constructs';
import { type CheckReport, CheckRun, WAIVER_STALE } from '../analysis/rules';
import { HelmRelease } from '../constructs/core/helm-release';
import { formatProblem, type Problem } from '../constructs/core/problem';
import type { Environment } from './spec/environment';

/**
 * The gate that every sink passes: all rules over a region’s objects. A run keeps claims, never objects, so tenants can
 * stream through it.
 */
export function gateOf(environment: Environment, today: string): CheckRun {
  const facts = environment.regions.map(({ name, facts: { podCidrs, serviceCidrs, nodeCidrs, apiServerCidrs } }) => ({
    cluster: name,
    podCidrs,
    serviceCidrs,
    nodeCidrs,
    apiServerCidrs,
  }));
  return new CheckRun({ today, waivers: environment.waivers, facts });
}

/**
 * The problems of all regions as one list, each under its region. A problem that no region has to itself, such as
 * overlapping ranges, stands once; a waiver is stale only where no region needs it.
 */
export function gateProblems(
  reports: readonly { readonly region: string; readonly report: CheckReport }[],
): readonly Problem[] {
  const found = new Map<string, { readonly problem: Problem; readonly regions: string[] }>();
  for (const { region, report } of reports) {
    for (const problem of report.problems) {
      const text = formatProblem(problem);
      const known = found.get(text);
      if (known === undefined) found.set(text, { problem, regions: [region] });
      else known.regions.push(region);
    }
  }
  return [...found.values()]
    .filter(({ problem, regions }) => problem.code !== WAIVER_STALE.id || regions.length === reports.length)
    .map(({ problem, regions }) =>
      reports.length === 1 || regions.length === reports.length
        ? problem
        : { ...problem, path: `${regions.join(', ')}: ${problem.path}` },
    );
}

/** What speaks against a tree by itself: the validations of its constructs, and charts whose time without a digest is over. */
export function treeProblems(root: IConstruct, today: string): readonly Problem[] {
  return [...validationProblems(root), ...releaseProblems(root, today)];
}

/** What the constructs of a tree say of themselves through `node.addValidation`, as problems. */
function validationProblems(root: IConstruct): readonly Problem[] {
  return root.node.findAll().flatMap((construct) =>
    construct.node.validate().map((message) => ({
      code: 'PL003',
      path: construct.node.path,
      given: message,
      expected: 'a construct that holds together',
      remedy: 'mend what the construct says',
    })),
  );
}

/** Charts whose bytes are not known by digest, once the time given for that has passed. */
function releaseProblems(root: IConstruct, today: string): readonly Problem[] {
  return root.node.findAll().flatMap((construct) => {
    if (!(construct instanceof HelmRelease) || !('unpinned' in construct.release.digest)) return [];
    const { expires, owner } = construct.release.digest.unpinned;
    if (today <= expires) return [];
    return [
      {
        code: 'PL004',
        path: construct.node.path,
        given: `a chart without a digest, allowed until ${expires}`,
        expected: 'the digest of the chart',
        remedy: `take the chart from an OCI registry and write its digest into charts/catalog.ts, or let ${owner} give it a new date and a reason`,
      },
    ];
  });
}
