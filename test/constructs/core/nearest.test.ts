import fc from 'fast-check';
import { editDistance, nearest } from '../../../constructs/core/nearest';

describe('nearest key', () => {
  const keys = ['namespaces', 'name', 'quota', 'egress', 'serviceAccounts', 'priorityClassName'];

  test.each([
    ['nmae', 'name'],
    ['namespaes', 'namespaces'],
    ['egres', 'egress'],
    ['service_accounts', 'serviceAccounts'],
    ['Quota', 'quota'],
    ['priorityClasName', 'priorityClassName'],
  ])('finds for %s the key %s', (word, expected) => {
    expect(nearest(word, keys)).toBe(expected);
  });

  test.each(['zzz', '', 'x', 'completelyDifferent', 'a'.repeat(1000)])('says nothing for %j', (word) => {
    expect(nearest(word, keys)).toBeUndefined();
  });

  test('takes the first among equals and never the word itself', () => {
    expect(nearest('cat', ['cot', 'cut'])).toBe('cot');
    expect(nearest('name', ['name', 'nane'])).toBe('nane');
  });

  test('counts a swap of neighbours as one edit', () => {
    expect(editDistance('abcd', 'abdc')).toBe(1);
    expect(editDistance('', 'abc')).toBe(3);
    expect(editDistance('kitten', 'sitting')).toBe(3);
  });

  test('is symmetric, zero only for equal words, and a bound only cuts it off', () => {
    const word = fc.string({ maxLength: 12 });
    fc.assert(
      fc.property(word, word, fc.integer({ min: 1, max: 6 }), (a, b, bound) => {
        const exact = editDistance(a, b);
        expect(editDistance(b, a)).toBe(exact);
        expect(exact === 0).toBe(a === b);
        expect(editDistance(a, b, bound)).toBe(Math.min(exact, bound));
      }),
      { numRuns: 2000 },
    );
  });
});
