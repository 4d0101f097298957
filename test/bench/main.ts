import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { environmentNamed } from '../../stacks/environments';
import { PACKAGE_ROOT } from '../../stacks/synth/fingerprint';
import { ENTRIES } from './contest';
import { markdown, rowLines, targetLines } from './report';
import { contest, type RoundOptions } from './rounds';
import { findings } from './scenarios';
import { shapesOf } from './shapes';
import { targetsOf } from './targets';

const COUNTS = '10,100,250,1000,5000';
/** `TMPFS_MAGIC` of statfs(2). */
const TMPFS = 0x01021994;

const { values } = parseArgs({
  options: {
    counts: { type: 'string', default: COUNTS },
    rounds: { type: 'string', default: '5' },
    write: { type: 'boolean', default: false },
  },
});

function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${text}`);
  else process.stderr.write(`${text}\n`);
}

function bench(work: string): void {
  const [region] = environmentNamed('dev').regions;
  if (region === undefined) throw new Error('dev has no region');
  const { facts } = region;
  const shapes = shapesOf(facts);
  const rounds = Number(values.rounds);
  const rows = values.counts
    .split(',')
    .map(Number)
    .map((count) => {
      const options: RoundOptions = {
        rounds: count > 1000 ? Math.ceil(rounds / 2) : rounds,
        timeout: 300_000,
        slow: 20_000,
        onProgress: progress,
      };
      const row = contest(ENTRIES, join(work, String(count)), count, shapes, facts, options);
      rmSync(join(work, String(count)), { recursive: true, force: true });
      process.stdout.write(`\n${rowLines(row).join('\n')}\n`);
      return row;
    });
  const found = findings(work, facts, rounds, progress);
  const targets = targetsOf(rows, found);
  process.stdout.write(`\n${targetLines(targets).join('\n')}\n`);
  if (!values.write) return;
  const disk = statfsSync(work).type === TMPFS ? 'a file system in memory (tmpfs)' : 'the disk';
  writeFileSync(join(PACKAGE_ROOT, 'docs', 'benchmarks.md'), markdown(rows, found, targets, disk));
}

const work = mkdtempSync(join(tmpdir(), 'drun-bench-'));
try {
  bench(work);
} finally {
  rmSync(work, { recursive: true, force: true });
}
