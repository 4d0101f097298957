import { cpus, release, totalmem, type } from 'node:os';
import { ENTRIES } from './contest';
import type { Row } from './rounds';
import type { Findings } from './scenarios';
import { growth, type Target, usageAt } from './targets';

/** The page `docs/benchmarks.md`. */
export function markdown(rows: readonly Row[], findings: Findings, targets: readonly Target[], disk: string): string {
  return [
    '# Benchmarks',
    '',
    'Written by `npm run bench -- --write`; the figures below are from one run and are not edited by hand.',
    'What the firewall finds, refuses by mistake and costs is measured apart: [waf.md](waf.md#figures).',
    '',
    ...targetLines(targets),
    '',
    ...rows.flatMap(rowLines),
    '## Growth',
    '',
    'Slope between the two largest numbers of tenants in (log tenants, log processor time), after taking off what the smallest number',
    'takes, nearly all of which is the start: 1 is proportional, 2 is quadratic.',
    '',
    ...table(
      ['contestant', 'exponent'],
      ENTRIES.map(({ id, title }) => [title, growth(rows, id)?.toFixed(2) ?? '–']),
    ),
    '',
    '## Layers and dependencies',
    '',
    'A construct for each object in one chart, ten layers declared last first, each object depending on two of the layer before.',
    '',
    ...table(
      ['objects', 'CPU ms', 'peak MiB'],
      findings.layers.map(({ objects, usage }) => [objects.toLocaleString('en'), whole(usage.cpu), whole(usage.rss)]),
    ),
    '',
    ...methodLines(disk),
    '',
  ].join('\n');
}

/** One number of tenants as a table. */
export function rowLines(row: Row): readonly string[] {
  const literals = usageAt(row, 'literals')?.cpu ?? Number.NaN;
  const floor = usageAt(row, 'plain')?.cpu ?? Number.NaN;
  const lines = ENTRIES.map(({ id, title }) => {
    const cell = row.cells.get(id);
    if (cell === undefined) return [title, 'not run', '', '', '', '', ''];
    if ('absent' in cell) return [title, cell.absent, '', '', '', '', ''];
    const { cpu, wall, rss } = cell.usage;
    return [
      title,
      whole(cpu),
      (cpu / literals).toFixed(2),
      (cpu / floor).toFixed(2),
      whole(wall),
      whole(rss),
      String(cell.rounds),
    ];
  });
  const head = `## ${row.count.toLocaleString('en')} tenants, ${row.objects.toLocaleString('en')} objects`;
  return [
    head,
    '',
    ...table(['contestant', 'CPU ms', '× literals', '× floor', 'wall ms', 'peak MiB', 'rounds'], lines),
    '',
  ];
}

/** What was promised and what came of it. */
export function targetLines(targets: readonly Target[]): readonly string[] {
  const verdict = (met: boolean | undefined) => (met === undefined ? 'not measured' : met ? 'met' : '**not met**');
  const lines = targets.map(({ what, promised, measured, met }) => [what, promised, measured, verdict(met)]);
  return ['## Targets', '', ...table(['what', 'promised', 'measured', ''], lines)];
}

function methodLines(disk: string): readonly string[] {
  const [processor] = cpus();
  return [
    '## Method',
    '',
    `Machine: ${cpus().length} × ${processor?.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB, ${type()} ${release()}, Node ${process.version}; outputs on ${disk}.`,
    '',
    '- The tenants are those of `test/support/population.ts`: ten kinds, as in the environments, in seven sizes.',
    '- Each contestant is a process of its own, from its start to its exit. CPU is user and system time of all its threads, as the',
    '  operating system counts it; figures are medians of their own column. Contestants take turns within a round, each round starts',
    '  with another one, so that other work on the machine hits all alike. Compare ratios, not milliseconds.',
    '- Before any time is taken each contestant runs once and everything it wrote is read back: the objects, by group, kind,',
    '  namespace and name, must be those of the literals, or the bench fails.',
    '- The floor, against which targets are held, is *plain objects*: it derives the same objects from the same specifications by the',
    '  same functions as ours, as plain data, and writes them with `JSON.stringify`, one file a tenant. The difference to it is what',
    '  constructs, tree and YAML cost. It shares the derivation with ours, so it does not show what that could cost less.',
    '- *Literals* is no floor but a lower bound: object literals, generated from the same objects, with the tenant’s values put in. It',
    '  reads no specification, derives nothing and loads no library, which no program that has a specification can do. Earlier pages',
    '  held targets against both; the columns with the ratio to it remain.',
    '- Ours starts from typed specifications; `synth` starts from the tenants’ YAML files and makes the platform’s layers too.',
    '- helm and go-jsonnet get the same literals as templates with the values worked out beforehand, and only where they are on the',
    '  `PATH`; their CPU is known to 10 ms (GNU time).',
    '',
    '## How to repeat it',
    '',
    '```sh',
    'npm ci && npm run bench                 # the table on the terminal',
    'TMPDIR=/dev/shm npm run bench -- --write # outputs in memory, so that the disk does not count; writes this page',
    'npm run bench -- --counts 10,100 --rounds 3',
    '```',
  ];
}

function table(head: readonly string[], lines: readonly (readonly string[])[]): readonly string[] {
  const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [row(head), row(head.map((_, i) => (i === 0 ? '---' : '---:'))), ...lines.map(row)];
}

function whole(value: number): string {
  return Math.round(value).toLocaleString('en');
}
