import { Chart } from 'cdk8s';
import { leavesOf, manifestsOf } from '../../../constructs/core/leaves';
import { manifest } from '../../../constructs/core/manifest';
import { Platform } from '../../../constructs/core/platform';
import { ProblemError } from '../../../constructs/core/problem';

function chartOf(...names: readonly string[]) {
  const chart = new Chart(new Platform(), 'layer');
  const objects = names.map((name) =>
    manifest(chart, name, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } }),
  );
  return { chart, objects };
}

const order = (chart: Chart) =>
  leavesOf(chart)
    .flatMap(manifestsOf)
    .map(({ metadata }) => metadata.name);

test('leaves come as they were declared', () => {
  expect(order(chartOf('c', 'a', 'b').chart)).toEqual(['c', 'a', 'b']);
});

test('a dependency comes before what needs it, and the rest stays where it was', () => {
  const { chart, objects } = chartOf('c', 'a', 'b');
  const [c, , b] = objects;
  if (b !== undefined) c?.node.addDependency(b);
  expect(order(chart)).toEqual(['b', 'c', 'a']);
});

test('fails on a circle of dependencies, and names it', () => {
  const { chart, objects } = chartOf('a', 'b');
  const [a, b] = objects;
  if (a === undefined || b === undefined) throw new Error('two objects were declared');
  a.node.addDependency(b);
  b.node.addDependency(a);
  expect(() => leavesOf(chart)).toThrow(ProblemError);
  expect(() => leavesOf(chart)).toThrow('a circle of dependencies: layer/a -> layer/b -> layer/a');
});

test('a chain of 10,000 dependencies is followed to its end', () => {
  const { chart, objects } = chartOf(...Array.from({ length: 10_000 }, (_, i) => `o${i}`));
  objects.forEach((object, i) => {
    const next = objects[i + 1];
    if (next !== undefined) object.node.addDependency(next);
  });
  expect(order(chart).at(0)).toBe('o9999');
});

test('fails stock synth of a platform tree, and says what to run', () => {
  expect(() => new Platform().synth()).toThrow('run `drun synth`');
});
