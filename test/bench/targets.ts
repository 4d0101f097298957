import { exponent, type Usage } from './measure';
import type { Row } from './rounds';
import type { Findings } from './scenarios';

/** A promise of the project about its speed, held against what was measured. */
export interface Target {
  readonly what: string;
  readonly promised: string;
  readonly measured: string;
  /** Undefined where it could not be measured. */
  readonly met: boolean | undefined;
}

const LIMIT = 1.05;
/** Plain objects from the same specifications; the literals beside them read none, so nothing is held against them. */
const FLOOR = 'plain';
const PEERS = ['oneChart', 'chartPerTenant', 'helm', 'jsonnet'];

/** Everything that was promised. Counts, equality and stability are asserted while measuring: who gets here has them. */
export function targetsOf(rows: readonly Row[], findings: Findings): readonly Target[] {
  const at = (count: number) => rows.find((row) => row.count === count);
  const ratio = (id: string, to: string) => over(cpuAt(at(1000), id), cpuAt(at(1000), to));
  const check = minus(cpuAt(at(1000), 'treeChecked'), cpuAt(at(1000), 'tree'));
  return [
    atMost('tree + YAML at 1,000 tenants', ratio('tree', FLOOR), 2, '× the floor'),
    atMost('`check` on top of it at 1,000 tenants', over(check, cpuAt(at(1000), 'tree')), 1, '× tree + YAML'),
    atMost('`synth` at 1,000 tenants, nothing changed', ratio('synthSame', FLOOR), 0.3, '× the floor'),
    asserted('files touched where nothing changed', 'none', at(1000)),
    asserted('one tenant changed', 'one tenant built, one file written', at(1000)),
    aheadOfPeers(rows),
    ...['tree', 'treeChecked', 'synthCold'].map((id) =>
      atMost(`growth exponent of ${id}`, growth(rows, id), LIMIT, ''),
    ),
    atMost('growth exponent with layers and dependencies', findings.layersExponent, LIMIT, ''),
    atMost('peak memory of `synth` at 5,000 tenants', usageAt(at(5000), 'synthCold')?.rss, 256, 'MiB'),
    atMost('peak memory of tree + YAML + check at 5,000 tenants', usageAt(at(5000), 'treeChecked')?.rss, 256, 'MiB'),
    ...objectsInOneApp(findings),
    { what: 'the same bytes', promised: findings.stable.join(', '), measured: 'the same bytes', met: true },
    atMost(
      `\`prove\`, ${findings.prove.pairs.toLocaleString('en')} pairs of tenants`,
      findings.prove.usage.wall / 1000,
      60,
      's',
    ),
    atMost('`drun --help`', findings.helpRatio, 3.5, '× `node -e 0`'),
    { what: 'Pulumi loaded by `synth`', promised: 'never', measured: 'never', met: true },
  ];
}

/**
 * Growth between the two largest numbers of tenants that a contestant ran. What it takes for the smallest number, nearly
 * all of it the start of Node and the loading of code, is taken off: it would hide the growth.
 */
export function growth(rows: readonly Row[], id: string): number | undefined {
  const [start, ...points] = rows.flatMap((row): (readonly [number, number])[] => {
    const cpu = cpuAt(row, id);
    return cpu === undefined ? [] : [[row.count, cpu]];
  });
  if (start === undefined || points.length < 2) return undefined;
  return exponent(points.slice(-2).map(([count, cpu]) => [count - start[0], cpu - start[1]] as const));
}

/** Usage of a contestant in a row; undefined where it did not run. */
export function usageAt(row: Row | undefined, id: string): Usage | undefined {
  const cell = row?.cells.get(id);
  return cell !== undefined && 'usage' in cell ? cell.usage : undefined;
}

function cpuAt(row: Row | undefined, id: string): number | undefined {
  return usageAt(row, id)?.cpu;
}

function atMost(what: string, value: number | undefined, limit: number, unit: string): Target {
  const measured = value === undefined ? 'not measured' : `${value.toFixed(value < 10 ? 2 : 0)} ${unit}`;
  return {
    what,
    promised: `at most ${limit} ${unit}`.trim(),
    measured: measured.trim(),
    met: value === undefined ? undefined : value <= limit,
  };
}

function asserted(what: string, promised: string, row: Row | undefined): Target {
  return {
    what,
    promised,
    measured: row === undefined ? 'not measured' : promised,
    met: row === undefined ? undefined : true,
  };
}

function aheadOfPeers(rows: readonly Row[]): Target {
  const faster = rows
    .filter(({ count }) => count >= 250)
    .flatMap((row) =>
      PEERS.filter((peer) => (cpuAt(row, peer) ?? Number.POSITIVE_INFINITY) <= (cpuAt(row, 'tree') ?? 0)).map(
        (peer) => `${peer} at ${row.count}`,
      ),
    );
  const ran = rows.some((row) => row.count >= 250 && PEERS.some((peer) => cpuAt(row, peer) !== undefined));
  return {
    what: 'ahead of every peer from 250 tenants on',
    promised: 'less processor time than each',
    measured: ran ? faster.join(', ') || 'ahead of all that ran' : 'not measured',
    met: ran ? faster.length === 0 : undefined,
  };
}

function objectsInOneApp({ layers }: Findings): readonly Target[] {
  const most = layers.at(-1)?.objects ?? 0;
  return [
    {
      what: 'objects in one app without a crash',
      promised: '140,000',
      measured: most.toLocaleString('en'),
      met: most >= 140_000,
    },
  ];
}

function over(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? undefined : a / b;
}

function minus(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? undefined : a - b;
}
