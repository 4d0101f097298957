import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { environmentNamed } from '../../stacks/environments';
import { ENTRIES } from './contest';
import { contest } from './rounds';
import { shapesOf } from './shapes';

const work = mkdtempSync(join(tmpdir(), 'drun-bench-'));
try {
  const facts = environmentNamed('dev').regions[0]!.facts;
  const shapes = shapesOf(facts);
  const counts = (process.argv[2] ?? '10,100').split(',').map(Number);
  const only = process.argv[3]?.split(',');
  for (const count of counts) {
    const row = contest(only ? ENTRIES.filter((e) => only.includes(e.id)) : ENTRIES, work, count, shapes, facts, {
      rounds: Number(process.argv[4] ?? 3), timeout: 120_000, slow: 15_000,
      onProgress: (t) => process.stderr.write(`${t}\n`),
    });
    const f = row.cells.get('floor');
    const base = f && 'usage' in f ? f.usage.cpu : 1;
    console.log(count, row.objects);
    for (const [id, cell] of row.cells) console.log(id.padEnd(16), 'usage' in cell ? `${cell.usage.cpu.toFixed(0)} cpu ${(cell.usage.cpu / base).toFixed(2)}x ${cell.usage.wall.toFixed(0)} wall ${cell.usage.rss.toFixed(0)} MiB ${JSON.stringify(cell.said)}` : cell.absent);
  }
} finally {
  rmSync(work, { recursive: true, force: true });
}
