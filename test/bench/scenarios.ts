import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ClusterFacts } from '../../constructs/core/cluster-facts';
import { PACKAGE_ROOT } from '../../stacks/synth/fingerprint';
import { members } from '../support/population';
import { writePopulation } from '../support/population-files';
import { empty } from './contest';
import type { Job, Said } from './job';
import { exponent, median, medians, type Run, runNode, type Usage } from './measure';
import { bytesOf } from './outputs';

/** What came of the questions that are no contest. */
export interface Findings {
  readonly layers: readonly { readonly objects: number; readonly usage: Usage }[];
  readonly layersExponent: number;
  readonly prove: { readonly usage: Usage; readonly pairs: number; readonly violations: number };
  /** Ways to get the same output that were tried; all gave the same bytes. */
  readonly stable: readonly string[];
  /** Wall time of `drun --help` over that of `node -e 0`; undefined while there is no `bin/drun.js`. */
  readonly helpRatio: number | undefined;
}

const TEN_MINUTES = 600_000;

/** Answers them all; throws where an answer is wrong, whatever it cost. */
export function findings(
  work: string,
  facts: ClusterFacts,
  rounds: number,
  onProgress: (text: string) => void,
): Findings {
  const layers = [10, 1000, 4700].map((count) => {
    onProgress(`${count * 30} objects in layers`);
    return layered(work, facts, count, count > 1000 ? Math.min(rounds, 3) : rounds);
  });
  onProgress('the proof of 200 tenants');
  const prove = proof(work, facts);
  const stable = stability(work, facts, onProgress);
  onProgress('drun --help');
  const [start, ...more] = layers;
  const points = more.map(
    ({ objects, usage }) => [objects - (start?.objects ?? 0), usage.cpu - (start?.usage.cpu ?? 0)] as const,
  );
  return { layers, layersExponent: exponent(points), prove, stable, helpRatio: helpRatio() };
}

function layered(work: string, facts: ClusterFacts, count: number, rounds: number) {
  const job = jobIn(work, 'layers', facts, count);
  const runs = Array.from({ length: rounds }, () => finished(runNode('layers', job, TEN_MINUTES)));
  for (const { said } of runs) {
    if (said.inOrder !== true) throw new Error(`layers of ${count}: an object stands before one that it depends on`);
  }
  return { objects: Number(runs[0]?.said.objects), usage: medians(runs.map(({ usage }) => usage)) };
}

function proof(work: string, facts: ClusterFacts): Findings['prove'] {
  const { usage, said } = finished(runNode('prove', jobIn(work, 'prove', facts, 200), TEN_MINUTES));
  if (said.violations !== 0) throw new Error(`prove: ${said.violations} violations, first: ${said.first}`);
  return { usage, pairs: Number(said.pairs), violations: 0 };
}

/** The same input gives the same bytes, whatever was there before and in whatever order the files are read. */
function stability(work: string, facts: ClusterFacts, onProgress: (text: string) => void): readonly string[] {
  const job = jobIn(work, 'stable', facts, 100);
  const tenants = join(job.input, 'tenants');
  writePopulation(tenants, job.count);
  const victim = join(tenants, 'student-t0000.yaml');
  const text = readFileSync(victim, 'utf8');
  const steps: readonly (readonly [string, () => void])[] = [
    ['from nothing', () => empty(job)],
    ['from nothing again', () => empty(job)],
    ['upon the earlier output', () => undefined],
    ['after a tenant was changed and changed back', () => changedAndBack(job, victim, text)],
    ['with files that sort the other way round', () => renameBackwards(tenants, job)],
  ];
  let expected: string | undefined;
  for (const [what, prepare] of steps) {
    onProgress(`the same bytes ${what}`);
    prepare();
    synthesize(job);
    const bytes = bytesOf(job.out);
    expected ??= bytes;
    if (bytes !== expected) throw new Error(`synth ${what} wrote other bytes`);
  }
  return steps.map(([what]) => what);
}

function changedAndBack(job: Job, file: string, text: string): void {
  writeFileSync(file, text.replace(/pods: \d+/, 'pods: 19'));
  synthesize(job);
  writeFileSync(file, text);
}

function renameBackwards(tenants: string, job: Job): void {
  [...members(job.count)].forEach(({ name }, i) => {
    renameSync(join(tenants, `${name}.yaml`), join(tenants, `file-${String(job.count - i).padStart(5, '0')}.yaml`));
  });
}

function synthesize(job: Job): void {
  const { said } = finished(runNode('synth', job, TEN_MINUTES));
  if (said.problems !== 0) throw new Error(`synth: ${said.problems} problems, first: ${said.first}`);
}

function helpRatio(): number | undefined {
  const drun = join(PACKAGE_ROOT, 'bin', 'drun.js');
  if (!existsSync(drun)) return undefined;
  const wall = (args: readonly string[]) => {
    const started = performance.now();
    const { status } = spawnSync(process.execPath, args, { stdio: 'ignore' });
    if (status !== 0) throw new Error(`node ${args.join(' ')} failed`);
    return performance.now() - started;
  };
  const turns = Array.from({ length: 15 }, () => wall([drun, '--help']) / wall(['-e', '0']));
  return median(turns);
}

function jobIn(work: string, name: string, facts: ClusterFacts, count: number): Job {
  const job = { count, facts, input: join(work, `${name}-input`), out: join(work, `${name}-${count}`) };
  mkdirSync(job.input, { recursive: true });
  empty(job);
  return job;
}

function finished(run: Run): { readonly usage: Usage; readonly said: Said } {
  if ('failed' in run) throw new Error(run.failed);
  return run;
}
