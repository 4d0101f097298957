import { mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Job, Said } from './job';
import { isInstalled, type Run, runNode, runProgram } from './measure';

/** One way to get the objects of all tenants onto the disk. */
export interface Entry {
  readonly id: string;
  readonly title: string;
  /** Largest number of tenants it is asked for. */
  readonly upTo: number;
  /** Puts `out` into the state that it starts from; not measured. @default - an empty folder */
  readonly prepare?: (job: Job) => void;
  readonly run: (job: Job, timeout: number) => Run;
  /** What its words must say; a mistake fails the bench. */
  readonly expect?: (said: Said, job: Job) => string | undefined;
  /** Which of its files hold tenants. @default - all */
  readonly tenantsIn?: RegExp;
  /** Whether all objects are in what it writes; a partial one is compared by what it leaves. */
  readonly absent?: string;
}

/** Everything that takes part, in the order of the table. */
export const ENTRIES: readonly Entry[] = [
  node('literals', 'lower bound, *literals*: object literals, `JSON.stringify`, a file a tenant'),
  node('plain', '**floor**, *plain objects* from the specifications, `JSON.stringify`, a file a tenant'),
  node('tree', '**ours**: tree + YAML', { expect: hasObjects }),
  node('treeChecked', '**ours**: tree + YAML + all rules of `check`', { expect: isClean }),
  synthEntry(
    'synthCold',
    '**ours**: `synth` from the files, nothing there yet',
    empty,
    (said, { count }) => isClean(said) ?? expectCounts(said, { tenantsBuilt: count, filesUnchanged: 0 }),
  ),
  synthEntry(
    'synthSame',
    '**ours**: `synth` again, nothing changed',
    synthesized,
    (said) => isClean(said) ?? expectCounts(said, { tenantsBuilt: 0, filesWritten: 0, filesRemoved: 0 }),
  ),
  synthEntry(
    'synthOne',
    '**ours**: `synth` again, one tenant changed',
    oneChanged,
    (said) => isClean(said) ?? expectCounts(said, { tenantsBuilt: 1, filesWritten: 1, filesRemoved: 0 }),
  ),
  node('oneChart', 'stock cdk8s `App.synth()`, one chart', { upTo: 1000 }),
  node('chartPerTenant', 'stock cdk8s `App.synth()`, a chart per tenant', { upTo: 1000 }),
  program('helm', '`helm template`, one stream', helm),
  program('jsonnet', '`jsonnet -m` (go-jsonnet), a file a tenant', jsonnet),
];

function node(id: string, title: string, more: Partial<Entry> = {}): Entry {
  return { id, title, upTo: 5000, run: (job, timeout) => runNode(id, job, timeout), ...more };
}

function synthEntry(id: string, title: string, prepare: (job: Job) => void, expect: Entry['expect']): Entry {
  const run = (job: Job, timeout: number) => runNode('synth', job, timeout);
  return { id, title, upTo: 5000, run, prepare, tenantsIn: /\/tenants\//, ...(expect === undefined ? {} : { expect }) };
}

function program(id: string, title: string, run: Entry['run']): Entry {
  return { id, title, upTo: 5000, run, ...(isInstalled(id) ? {} : { absent: 'not on the PATH' }) };
}

function helm({ input, out }: Job, timeout: number): Run {
  const values = join(input, 'values.json');
  return runProgram(
    ['helm', 'template', 'tenants', join(input, 'chart'), '-f', values],
    timeout,
    openSync(join(out, 'all.yaml'), 'w'),
  );
}

function jsonnet({ input, out }: Job, timeout: number): Run {
  return runProgram(['jsonnet', '-m', out, join(input, 'main.jsonnet')], timeout);
}

/** An empty folder to write to. */
export function empty({ out }: Job): void {
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
}

/** An output that is up to date. */
function synthesized(job: Job): void {
  mkdirSync(job.out, { recursive: true });
  const run = runNode('synth', job, 600_000);
  const wrong = 'failed' in run ? run.failed : isClean(run.said);
  if (wrong !== undefined) throw new Error(wrong);
}

/** An output that is up to date but for one tenant: its file said something else when the output was made. */
function oneChanged(job: Job): void {
  const file = join(job.input, 'tenants', 'student-t0000.yaml');
  const text = readFileSync(file, 'utf8');
  writeFileSync(file, text.replace(/pods: \d+/, 'pods: 19'));
  synthesized(job);
  writeFileSync(file, text);
}

function hasObjects({ objects }: Said): string | undefined {
  return Number(objects) > 0 ? undefined : 'no objects';
}

function isClean({ problems, pulumi, first }: Said): string | undefined {
  if (problems !== 0) return `${problems} problems, first: ${first}`;
  return pulumi === true ? 'synth loaded Pulumi' : undefined;
}

function expectCounts(said: Said, counts: Said): string | undefined {
  const wrong = Object.entries(counts).filter(([key, count]) => said[key] !== count);
  return wrong.length === 0
    ? undefined
    : wrong.map(([key, count]) => `${key} is ${said[key]}, not ${count}`).join(', ');
}
