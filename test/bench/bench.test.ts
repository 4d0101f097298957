import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { environmentNamed } from '../../stacks/environments';
import { ENTRIES, type Entry } from './contest';
import { exponent, median } from './measure';
import { differences, objectSet } from './outputs';
import { contest } from './rounds';
import { shapesOf } from './shapes';

/** Correctness of the benchmark itself; no test asserts a time. */
describe('the benchmark', () => {
  const work = mkdtempSync(join(tmpdir(), 'drun-bench-test-'));
  const facts = environmentNamed('dev').regions.map((region) => region.facts)[0];
  const options = { rounds: 1, timeout: 60_000, slow: 60_000, onProgress: () => undefined };
  const entries = ENTRIES.filter(({ id }) => ['literals', 'plain', 'tree', 'synthCold', 'synthOne'].includes(id));
  const run = (folder: string, them: readonly Entry[]) => {
    if (facts === undefined) throw new Error('dev has no region');
    return contest(them, join(work, folder), 10, shapesOf(facts), facts, options);
  };

  afterAll(() => rmSync(work, { recursive: true, force: true }));

  test('literals, floor, tree and synth write the same objects, and one changed tenant is one tenant built', () => {
    const row = run('same', entries);
    expect(row.objects).toBeGreaterThan(200);
    expect([...row.cells.values()].every((cell) => 'usage' in cell && cell.usage.cpu > 0)).toBe(true);
  }, 120_000);

  test('fails where a contestant writes another value', () => {
    const [literals, ...others] = entries.filter(({ id }) => id === 'literals' || id === 'tree');
    const wrong = others.map(
      (entry): Entry => ({
        ...entry,
        run: (job, timeout) => {
          const result = entry.run(job, timeout);
          const file = join(job.out, 'kiwi-t0000.yaml');
          writeFileSync(file, readFileSync(file, 'utf8').replace('mode: STRICT', 'mode: PERMISSIVE'));
          return result;
        },
      }),
    );
    expect(literals === undefined ? [] : () => run('wrong', [literals, ...wrong])).toThrow(
      'security.istio.io/PeerAuthentication/kiwi-t0000-npc/default differs',
    );
  }, 120_000);

  test('names what is missing, what is too many and what differs', () => {
    const expected = new Map([
      ['a', '1'],
      ['b', '1'],
    ]);
    const found = new Map([
      ['b', '2'],
      ['c', '1'],
    ]);
    expect(differences(expected, found)).toEqual(['a is missing', 'c is too many', 'b differs']);
    expect(differences(expected, expected)).toEqual([]);
  });

  test('reads both a fast and a full parse of the same output alike', () => {
    const folder = join(work, 'same', 'tree');
    expect(objectSet(folder, 1000)).toEqual(objectSet(folder, 10));
  });

  test('calculates medians and growth', () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 2, 3])).toBe(2.5);
    const slope = (power: number) => exponent([10, 100, 1000].map((n) => [n, n ** power] as const));
    expect(slope(1)).toBeCloseTo(1);
    expect(slope(2)).toBeCloseTo(2);
  });
});
