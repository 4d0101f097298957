import type { Problem } from '../../constructs/core/problem';
import type { CheckedCluster } from '../commands/check';
import type { Paint } from './paint';
import { problemsText } from './problems';
import { columns, count, lines } from './words';

/** What `drun check` prints: a line per cluster, a line per rule that failed, the verdict. */
export function checkText(
  target: string,
  clusters: readonly CheckedCluster[],
  problems: readonly Problem[],
  paint: Paint,
): string {
  const rules = clusters[0]?.report.rules.length ?? 0;
  const waived = clusters.flatMap(({ report }) => report.waived);
  const rows = clusters.map(({ cluster, report }) => [
    cluster,
    count(report.subjects, 'object'),
    report.problems.length === 0 ? 'passed' : count(report.problems.length, 'problem'),
  ]);
  const verdict =
    problems.length === 0 ? paint.good('passed') : paint.bad(`failed, ${count(problems.length, 'problem')}`);
  return lines(
    problems.length > 0 && problemsText(problems, paint).trimEnd(),
    rows.length === 0 ? undefined : columns(rows),
    ...failedRules(clusters).map((row) => paint.warn(row)),
    ...waived.map(({ problem, waiver }) =>
      paint.faint(
        `waived until ${waiver.expires} by ${waiver.owner}: ${problem.code} ${problem.path} (${waiver.reason})`,
      ),
    ),
    `${paint.bold(target)}: ${count(rules, 'rule')} over ${count(clusters.length, 'cluster')}: ${verdict}`,
  );
}

function failedRules(clusters: readonly CheckedCluster[]): readonly string[] {
  const failed = new Map<string, { title: string; times: number }>();
  for (const { report } of clusters) {
    for (const { id, title, failed: times } of report.rules) {
      if (times > 0) failed.set(id, { title, times: (failed.get(id)?.times ?? 0) + times });
    }
  }
  return [...failed].map(([id, { title, times }]) => `${id}  ${title}: ${count(times, 'object')}`);
}
