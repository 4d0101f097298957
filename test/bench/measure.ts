import { spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { isRecord, numberAt } from '../../constructs/core/json';
import type { Job, Said } from './job';

/** What one process took, from its start to its exit. */
export interface Usage {
  /** User and system time of all its threads, in milliseconds. */
  readonly cpu: number;
  /** In milliseconds. */
  readonly wall: number;
  /** Peak resident memory in MiB. */
  readonly rss: number;
}

/** A run that came to its end, or the reason why it did not. */
export type Run = { readonly usage: Usage; readonly said: Said } | { readonly failed: string };

const TIME = '/usr/bin/time';
const CHILD = join(__dirname, 'child.js');

/** Runs a contestant in a Node process of its own; it reports its own usage as it exits. */
export function runNode(contestant: string, job: Job, timeout: number): Run {
  const file = `${job.out}.job.json`;
  writeFileSync(file, JSON.stringify(job));
  const started = performance.now();
  const { stdout, stderr, status, signal } = spawnSync(process.execPath, [CHILD, contestant, file], {
    encoding: 'utf8',
    timeout,
    killSignal: 'SIGKILL',
  });
  const wall = performance.now() - started;
  if (status !== 0) return failure(signal, stderr, timeout);
  const report: unknown = JSON.parse(stdout);
  const said = isRecord(report) && isSaid(report.said) ? report.said : {};
  return { usage: { cpu: numberAt(report, 'cpu') ?? 0, rss: numberAt(report, 'rss') ?? 0, wall }, said };
}

/** Runs a program under GNU time, which knows its processor time to 10 ms and its peak memory. */
export function runProgram(command: readonly string[], timeout: number, output?: number): Run {
  const started = performance.now();
  const { stderr, status, signal } = spawnSync(TIME, ['-q', '-f', '%U %S %M', ...command], {
    encoding: 'utf8',
    timeout,
    killSignal: 'SIGKILL',
    stdio: ['ignore', output ?? 'ignore', 'pipe'],
  });
  const wall = performance.now() - started;
  if (status !== 0) return failure(signal, stderr, timeout);
  const [user = 0, system = 0, kilobytes = 0] = (stderr.trim().split('\n').at(-1) ?? '').split(' ').map(Number);
  return { usage: { cpu: (user + system) * 1000, rss: kilobytes / 1024, wall }, said: {} };
}

/** Whether a peer can be measured here. */
export function isInstalled(program: string): boolean {
  const folders = (process.env.PATH ?? '').split(delimiter);
  return existsSync(TIME) && folders.some((folder) => existsSync(join(folder, program)));
}

function failure(signal: NodeJS.Signals | null, stderr: string, timeout: number): Run {
  if (signal === 'SIGKILL') return { failed: `cut after ${timeout / 1000} s` };
  const error = /RangeError[^\n]*|[A-Za-z]*Error[^\n]*/.exec(stderr)?.[0];
  return { failed: error ?? (stderr.trim().slice(0, 200) || 'failed without a word') };
}

function isSaid(value: unknown): value is Said {
  return isRecord(value);
}

/** The middle value. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** Medians of each figure by itself. */
export function medians(usages: readonly Usage[]): Usage {
  const of = (figure: keyof Usage) => median(usages.map((usage) => usage[figure]));
  return { cpu: of('cpu'), wall: of('wall'), rss: of('rss') };
}

/** Slope of a straight line through (log x, log y): 1 grows in proportion, 2 with the square. */
export function exponent(points: readonly (readonly [x: number, y: number])[]): number {
  const logs = points.map(([x, y]) => [Math.log(x), Math.log(y)] as const);
  const meanX = logs.reduce((sum, [x]) => sum + x, 0) / logs.length;
  const meanY = logs.reduce((sum, [, y]) => sum + y, 0) / logs.length;
  const covariance = logs.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0);
  return covariance / logs.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
}
