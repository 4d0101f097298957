import * as fc from 'fast-check';
import { isSatisfiable, labelClasses } from '../../../analysis/network/label-solver';
import { type Requirement, type Selector, selectorKey, selects } from '../../../analysis/network/selector';

const KEYS = ['a', 'b', 'c'];
const NAMED = ['x', 'y'];
const requirement: fc.Arbitrary<Requirement> = fc.oneof(
  fc.record({
    key: fc.constantFrom(...KEYS),
    operator: fc.constantFrom('In' as const, 'NotIn' as const),
    values: fc.uniqueArray(fc.constantFrom(...NAMED), { minLength: 1 }),
  }),
  fc.record({ key: fc.constantFrom(...KEYS), operator: fc.constantFrom('Exists' as const, 'DoesNotExist' as const) }),
);
const selectorLists = fc.array(fc.array(requirement, { maxLength: 3 }), { maxLength: 5 });

/** Every object over the keys: each label absent, named by a selector, or of a value that no selector names. */
const UNIVERSE = KEYS.reduce<readonly Readonly<Record<string, string>>[]>(
  (all, key) => all.flatMap((labels) => [labels, ...[...NAMED, 'z'].map((value) => ({ ...labels, [key]: value }))]),
  [{}],
);

const vectorOf = (selectors: readonly Selector[], labels: Readonly<Record<string, string>>) =>
  selectors.map((selector) => (selects(selector, labels) ? '1' : '0')).join('');

test('[NET-4] label classes are exactly the ways in which any object can be selected', () => {
  fc.assert(
    fc.property(selectorLists, (selectors) => {
      const solved = (labelClasses(selectors) ?? []).map(({ selected }) => selected.map(Number).join(''));
      const brute = new Set(UNIVERSE.map((labels) => vectorOf(selectors, labels)));
      expect([...solved].sort()).toEqual([...brute].sort());
    }),
    { numRuns: 5000 },
  );
});

test('[NET-4] the labels shown for a class are a member of it', () => {
  fc.assert(
    fc.property(selectorLists, (selectors) => {
      for (const { selected, labels } of labelClasses(selectors) ?? []) {
        expect(vectorOf(selectors, labels)).toBe(selected.map(Number).join(''));
      }
    }),
    { numRuns: 2000 },
  );
});

test('[NET-4] satisfiability of a conjunction agrees with trying every object', () => {
  fc.assert(
    fc.property(selectorLists, (selectors) => {
      const brute = UNIVERSE.some((labels) => selectors.every((selector) => selects(selector, labels)));
      expect(isSatisfiable(selectors)).toBe(brute);
    }),
    { numRuns: 5000 },
  );
});

test('[NET-4] a label that is known is not varied', () => {
  const selectors: readonly Selector[] = [
    [{ key: 'a', operator: 'In', values: ['x'] }],
    [{ key: 'b', operator: 'Exists' }],
  ];
  const classes = labelClasses(
    selectors,
    new Map([
      ['a', 'other'],
      ['b', undefined],
    ]),
  );
  expect(classes).toEqual([{ selected: [false, false], labels: { a: 'other' } }]);
});

test('[NET-4] more classes than can be examined are not guessed at', () => {
  const selectors = Array.from({ length: 20 }, (_, index): Selector => [{ key: `k${index}`, operator: 'Exists' }]);
  expect(labelClasses(selectors, new Map(), 1000)).toBeUndefined();
  expect(labelClasses(selectors.slice(0, 5), new Map(), 1000)).toHaveLength(32);
});

test('[NET-4] selectors that say the same in another order are the same', () => {
  const a: Requirement = { key: 'a', operator: 'In', values: ['x', 'y'] };
  const b: Requirement = { key: 'b', operator: 'Exists' };
  expect(selectorKey([a, b])).toBe(selectorKey([b, { ...a, values: ['y', 'x'] }]));
  expect(selectorKey([a])).not.toBe(selectorKey([{ ...a, operator: 'NotIn' }]));
});
