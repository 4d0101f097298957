import * as fc from 'fast-check';
import { ENVIRONMENTS } from '../../stacks/environments';
import { loadPlan } from '../../stacks/load';
import { planEnvironment } from '../../stacks/plan';
import { shardOf, shardStack } from '../../stacks/shard';

const NAMES = Array.from({ length: 5_000 }, (_, i) => `tenant-${i}`);

test('adding a tenant moves no other, whatever the environment', () => {
  for (const environment of ENVIRONMENTS) {
    const { tenants } = loadPlan({ ...environment, shards: 7 });
    const before = new Map(tenants.map(({ source, shard }) => [source.outline.name, shard]));
    for (const name of ['aaa-first', 'mmm-between', 'zzz-last']) {
      const sources = [...tenants.map(({ source }) => source)];
      const [some] = sources;
      if (some === undefined) throw new Error('no tenants');
      const added = { ...some, outline: { ...some.outline, name } };
      const after = planEnvironment({ ...environment, shards: 7 }, [added, ...sources]);
      for (const { source, shard } of after.tenants) expect(before.get(source.outline.name) ?? shard).toBe(shard);
    }
  }
});

test.each([1, 2, 5, 12, 40])(
  'raising the count from %d moves about one tenant in n + 1, all of them to the new shard',
  (n) => {
    const moved = NAMES.filter((name) => shardOf(name, n) !== shardOf(name, n + 1));
    expect(moved.every((name) => shardOf(name, n + 1) === n)).toBe(true);
    const expected = NAMES.length / (n + 1);
    expect(moved.length).toBeGreaterThan(expected * 0.75);
    expect(moved.length).toBeLessThan(expected * 1.25);
  },
);

test('a shard carries about as many tenants as any other', () => {
  const counts = new Array<number>(10).fill(0);
  for (const name of NAMES) counts[shardOf(name, 10)] = (counts[shardOf(name, 10)] ?? 0) + 1;
  expect(Math.min(...counts)).toBeGreaterThan(400);
  expect(Math.max(...counts)).toBeLessThan(600);
});

test('a name’s shard depends on the name and the count alone, and there is always one', () => {
  fc.assert(
    fc.property(fc.string(), fc.integer({ min: 1, max: 100 }), (name, shards) => {
      const shard = shardOf(name, shards);
      return shard === shardOf(name, shards) && Number.isInteger(shard) && shard >= 0 && shard < shards;
    }),
    { numRuns: 2_000 },
  );
});

test('a tenant’s own `shard` wins over the calculated one', () => {
  const [environment] = ENVIRONMENTS;
  if (environment === undefined) throw new Error('no environment');
  const { tenants } = loadPlan(environment);
  const pinned = tenants.map(({ source }) => ({ ...source, outline: { ...source.outline, shard: 3 } }));
  const plan = planEnvironment({ ...environment, shards: 5 }, pinned);
  expect(plan.tenants.every(({ shard }) => shard === 3)).toBe(true);
});

test('the stack of a shard is named so that stacks sort as numbers do', () => {
  expect([shardStack('prod', 0), shardStack('prod', 9), shardStack('prod', 10)]).toEqual([
    'prod-tenants-00',
    'prod-tenants-09',
    'prod-tenants-10',
  ]);
});
