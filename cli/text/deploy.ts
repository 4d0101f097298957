import type { EnvironmentReport } from '../../cluster/apply/environment';
import type { StackOutcome } from '../../cluster/apply/report';
import type { Paint } from './paint';
import { columns, count, lines, list, oneLine } from './words';

/** What `up` and `down` print: a row for each stack of each region, what the servers remarked, and what was left out. */
export function deployText(report: EnvironmentReport, verdict: string, paint: Paint): string {
  const { environment, stacks, ok } = report;
  const rows = stacks.map((one) => [one.region, one.stack, one.outcome, count(one.objects, 'object'), countsText(one)]);
  const warnings = stacks.flatMap(({ region, warnings: all }) => all.map((warning) => `${region}: ${warning}`));
  const retained = stacks.flatMap(({ region, retained: all }) => all.map((label) => `${region}: ${label}`));
  return lines(
    columns([['REGION', 'STACK', 'OUTCOME', 'OBJECTS', 'CHANGES'], ...rows]),
    ...warnings.map((warning) => paint.warn(`remark   ${oneLine(warning)}`)),
    ...retained.map((label) => paint.warn(`kept     ${oneLine(label)}, which is data`)),
    leftOutText(stacks, paint),
    `${paint.bold(environment)}: ${count(stacks.length, 'stack')}: ${ok ? paint.good(verdict) : paint.bad('failed')}`,
  );
}

function countsText({ counts, heldBack }: StackOutcome): string {
  const parts = Object.entries(counts)
    .filter(([, number]) => number > 0)
    .map(([outcome, number]) => `${number} ${outcome}`);
  const held = heldBack.length === 0 ? [] : [`${heldBack.length} held back`];
  return [...parts, ...held].join(', ') || '-';
}

/** Charts are the same in every region, so each is named once. */
function leftOutText(stacks: readonly StackOutcome[], paint: Paint): string | false {
  const charts = new Set(
    stacks.flatMap(({ leftOut }) => leftOut.releases.map((path) => path.split('/').at(-1) ?? path)),
  );
  const vault = stacks.reduce((sum, { leftOut }) => sum + leftOut.vault.length, 0);
  const parts = [
    ...(charts.size === 0 ? [] : [`${count(charts.size, 'chart')} (${[...charts].join(', ')})`]),
    ...(vault === 0 ? [] : [count(vault, 'Vault object')]),
  ];
  return parts.length > 0 && paint.warn(`left out: ${list(parts)}: install them with helmfile and Vault’s own tools`);
}
