import type { AssaultReport } from '../../cluster/attack/report';
import type { Paint } from './paint';
import { columns, count, lines, oneLine } from './words';

/** Groups of the catalogue by the first letter of a row. */
const GROUPS = [
  ['R', 'control plane and rights'],
  ['P', 'Pod Security'],
  ['S', 'fields of pods'],
  ['Q', 'quotas and fairness'],
  ['N', 'services, ingress and names'],
  ['I', 'service mesh'],
  ['D', 'data, secrets, supply chain'],
  ['W', 'the wall itself'],
] as const;

/** What `drun attack` prints: a table of groups for each cluster, and every finding with its remedy. */
export function attackText(reports: readonly AssaultReport[], html: string | undefined, paint: Paint): string {
  return lines(
    ...reports.map((report) => reportText(report, paint).trimEnd()),
    ...(html === undefined ? [] : [`report: ${oneLine(html)}`]),
  );
}

function reportText(report: AssaultReport, paint: Paint): string {
  const { cluster, attacker, victim, attacks, stopped, twins, twinsAccepted, questions, rights, problems } = report;
  const verdict = problems.length === 0 ? paint.good('all stopped') : paint.bad(count(problems.length, 'finding'));
  return lines(
    `${paint.bold(oneLine(cluster))}: tenant ${oneLine(attacker)} against ${oneLine(victim)} and the platform; dry runs only`,
    columns(
      [
        ['', 'rows', 'tried', 'attacks', 'stopped', 'twins accepted'],
        ...GROUPS.map(([letter, title]) => groupLine(report, letter, title)),
      ],
      '  ',
    ),
    ...Object.entries(report.notTried).map(([reason, many]) =>
      paint.faint(`  not tried: ${many} × ${oneLine(reason)}`),
    ),
    ...problems.flatMap(({ code, path, given, expected, remedy }) => [
      `  ${paint.bad(code)} ${oneLine(path)}: given ${oneLine(given)}, expected ${oneLine(expected)}`,
      `         ${paint.faint('remedy')} ${paint.note(remedy)}`,
    ]),
    `${paint.bold(oneLine(cluster))}: ${stopped} of ${count(attacks, 'attack')} stopped, ${twinsAccepted} of ${count(twins, 'benign twin')} accepted, ${count(questions, 'right')} asked for (${rights} meant to be there): ${verdict}`,
  );
}

function groupLine({ rows }: AssaultReport, letter: string, title: string): readonly string[] {
  const own = rows.filter(({ row }) => row.startsWith(letter));
  const sum = (of: (row: (typeof own)[number]) => number): string =>
    String(own.reduce((total, one) => total + of(one), 0));
  return [
    title,
    String(own.length),
    String(own.filter(({ attacks }) => attacks > 0).length),
    sum(({ attacks }) => attacks),
    sum(({ stopped }) => stopped),
    sum(({ twinsAccepted }) => twinsAccepted),
  ];
}
