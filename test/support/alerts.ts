import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { listAt, stringAt } from '../../constructs/core/json';
import { toolPath } from '../../tools/provide';
import { type Ended, run } from '../../tools/run';

/** Seconds between two readings, as the platform's monitors say. */
const INTERVAL = 15;

/** What somebody counted at two moments, as Prometheus reads it. */
export interface Readings {
  readonly before: string;
  readonly after: string;
}

/** An alert that fires, with the labels that its expression leaves beside its own; or its name, where there are none. */
export type Firing = string | { readonly alert: string; readonly labels: Readonly<Record<string, string>> };

/** The groups of alerts among some objects, as the operator hands them to Prometheus. */
export function alertGroups(objects: readonly unknown[]): readonly unknown[] {
  return objects
    .filter((one) => stringAt(one, 'kind') === 'PrometheusRule')
    .flatMap((one) => listAt(one, 'spec', 'groups'));
}

/** Prometheus' own opinion of rules: their syntax, their types, its lint. */
export function checkAlerts(groups: readonly unknown[]): Promise<Ended> {
  return withRules(groups, async (rules) =>
    run(await toolPath('promtool'), ['check', 'rules', '--lint=all', '--lint-fatal', rules]),
  );
}

/**
 * What Prometheus says where other alerts fire than exactly these, and nothing where they do. What was counted between the two
 * readings is counted again between any two that follow, from now on until every alert has waited for its time.
 */
export function firesOtherwise(
  groups: readonly unknown[],
  readings: readonly Readings[],
  alerts: readonly Firing[],
): Promise<string> {
  const rules = groups.flatMap((group) => listAt(group, 'rules'));
  const minutes = Math.max(...rules.map((rule) => minutesOf(stringAt(rule, 'for')))) + 10;
  const expected = alerts.map((each) => ({ labels: `ALERTS{${firingLabels(each, rules)}}`, value: 1 }));
  const test = {
    interval: `${INTERVAL}s`,
    start_timestamp: new Date().toISOString(),
    input_series: readings.flatMap((each) => series(each, (minutes * 60) / INTERVAL)),
    promql_expr_test: [{ expr: 'ALERTS{alertstate="firing"}', eval_time: `${minutes}m`, exp_samples: expected }],
  };
  return withRules(groups, async (path, folder) => {
    const file = join(folder, 'test.yaml');
    writeFileSync(file, stringify({ rule_files: [path], evaluation_interval: '1m', tests: [test] }));
    const { code, stdout, stderr } = await run(await toolPath('promtool'), ['test', 'rules', file]);
    return code === 0 ? '' : `${stdout}${stderr}`;
  });
}

function firingLabels(firing: Firing, rules: readonly unknown[]): string {
  const { alert, labels } = typeof firing === 'string' ? { alert: firing, labels: {} } : firing;
  const rule = rules.find((one) => stringAt(one, 'alert') === alert);
  const all = { ...labels, alertname: alert, alertstate: 'firing', severity: stringAt(rule, 'labels', 'severity') };
  return Object.entries(all)
    .map(([name, value]) => `${name}="${value}"`)
    .join(',');
}

async function withRules<T>(
  groups: readonly unknown[],
  work: (rules: string, folder: string) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'drun-alerts-'));
  try {
    const path = join(folder, 'rules.yaml');
    writeFileSync(path, stringify({ groups }, { aliasDuplicateObjects: false }));
    return await work(path, folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Series in promtool's notation: a start, a step, and how often. */
function series({ before, after }: Readings, steps: number): readonly object[] {
  const start = samplesOf(before);
  return [...samplesOf(after)].map(([name, value]) => {
    const first = start.get(name) ?? 0;
    const step = value - first;
    return { series: name, values: `${first}${step < 0 ? '' : '+'}${step}x${steps}` };
  });
}

/** Samples of Prometheus' text format by name and labels; times and comments are left out. */
function samplesOf(text: string): ReadonlyMap<string, number> {
  const lines = text.split('\n').map((line) => /^([a-zA-Z_:][^{ ]*(?:\{.*\})?) ([-+.eE\d]+)$/.exec(line));
  return new Map(lines.flatMap((line) => (line === null ? [] : [[line[1] ?? '', Number(line[2])] as const])));
}

function minutesOf(duration: string | undefined): number {
  const [, count, unit] = /^(\d+)([mh])$/.exec(duration ?? '') ?? [];
  if (count === undefined) throw new Error(`an alert waits for ${duration}, expected minutes or hours`);
  return Number(count) * (unit === 'h' ? 60 : 1);
}
