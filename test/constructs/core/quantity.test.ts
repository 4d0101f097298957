import fc from 'fast-check';
import { compareQuantities, parseQuantity, UNIT } from '../../../constructs/core/quantity';

// Values printed by ParseQuantity of k8s.io/apimachinery v0.36.1 (`AsDec` in nano-units).
const REAL: readonly (readonly [string, bigint])[] = [
  ['0', 0n],
  ['1', UNIT],
  ['+1', UNIT],
  ['-1', -UNIT],
  ['007', 7n * UNIT],
  ['1.', UNIT],
  ['.5', UNIT / 2n],
  ['1.5Gi', 1_610_612_736n * UNIT],
  ['100m', UNIT / 10n],
  ['1000m', UNIT],
  ['2u', 2_000n],
  ['3n', 3n],
  ['0.1n', 1n],
  ['1.5n', 2n],
  ['-1.5n', -2n],
  ['1k', 1_000n * UNIT],
  ['1Ki', 1_024n * UNIT],
  ['1Mi', 1_048_576n * UNIT],
  ['1Gi', 1_073_741_824n * UNIT],
  ['1Ti', 1_099_511_627_776n * UNIT],
  ['1Pi', 1_125_899_906_842_624n * UNIT],
  ['1Ei', 1_152_921_504_606_846_976n * UNIT],
  ['8Ei', 9_223_372_036_854_775_807n * UNIT],
  ['-9Ei', -9_223_372_036_854_775_807n * UNIT],
  ['0.1Ki', 102_400_000_000n],
  ['1M', 1_000_000n * UNIT],
  ['1G', 1_000_000_000n * UNIT],
  ['1T', 1_000_000_000_000n * UNIT],
  ['1P', 1_000_000_000_000_000n * UNIT],
  ['1E', 1_000_000_000_000_000_000n * UNIT],
  ['10E', 10_000_000_000_000_000_000n * UNIT],
  ['1E3', 1_000n * UNIT],
  ['1e3', 1_000n * UNIT],
  ['1e+3', 1_000n * UNIT],
  ['12e-3', 12_000_000n],
  ['1e-10', 1n],
];

const NOT_QUANTITIES = [
  ...['', ' ', '+', '.', 'Ki', '1K', '1ki', '1mi', '1Gi ', ' 1', '1 Gi', '1e', '1e3.5', '1e3Gi', '1kk', '1Ki1', '0x10'],
  ...['NaN', 'Infinity', '1_000', '1,5', '--1', '1e9999', '1e-9999', '1\n', '\u0661', '9'.repeat(101)],
];

describe('quantities', () => {
  test.each(REAL)('reads %s as the API server does', (text, nano) => {
    expect(parseQuantity(text)).toBe(nano);
  });

  test.each(NOT_QUANTITIES)('fails on %j, which is no quantity', (text) => {
    expect(parseQuantity(text)).toBeUndefined();
  });

  test('fails on numbers that are not finite', () => {
    expect(parseQuantity(Number.NaN)).toBeUndefined();
    expect(parseQuantity(Number.POSITIVE_INFINITY)).toBeUndefined();
  });

  test('reads numbers like the text a manifest would hold', () => {
    expect(parseQuantity(0.5)).toBe(UNIT / 2n);
    expect(parseQuantity(1e21)).toBe(10n ** 21n * UNIT);
    expect(parseQuantity(1e-7)).toBe(100n);
  });

  test('compares by value and not by text', () => {
    expect(compareQuantities('1000m', 1)).toBe(0);
    expect(compareQuantities('1Gi', '1024Mi')).toBe(0);
    expect(compareQuantities('1G', '1Gi')).toBe(-1);
    expect(compareQuantities('2', '1999m')).toBe(1);
    expect(compareQuantities('1', 'much')).toBeUndefined();
  });

  test('never throws, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), (text) => parseQuantity(text) !== null),
      { numRuns: 20_000 },
    );
  });

  test('a larger suffix multiplies by a thousand or by 1024', () => {
    const decimal = ['n', 'u', 'm', '', 'k', 'M', 'G', 'T', 'P', 'E'];
    const binary = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi'];
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9_000 }), fc.nat({ max: 8 }), fc.nat({ max: 4 }), (n, d, b) => {
        expect(compareQuantities(`${n}000${decimal[d]}`, `${n}${decimal[d + 1]}`)).toBe(0);
        expect(compareQuantities(`${n * 1024}${binary[b]}`, `${n}${binary[b + 1]}`)).toBe(0);
      }),
    );
  });
});
