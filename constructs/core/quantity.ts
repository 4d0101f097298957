/** One unit (a core, a byte, a device) in the nano-units of {@link parseQuantity}. */
export const UNIT = 1_000_000_000n;

/**
 * Exact value of a Kubernetes quantity in nano-units (10^-9): `500m` is 500_000_000n, `1Gi` is 2^30 * 10^9.
 * Undefined for what is no quantity. Takes numbers as a manifest may hold them. Finer than a nano-unit is rounded away
 * from zero and binary amounts are capped at 2^63-1 units, as the API server does; exponents beyond 3 digits and texts
 * beyond 100 characters are refused, because a number with a billion digits is an attack and not an amount.
 *
 * Source: k8s.io/apimachinery v0.36 `pkg/api/resource`, `ParseQuantity`; stricter in that a digit is required, where
 * the original reads `+`, `.` and `Ki` as zero.
 *
 * @example
 * parseQuantity('1000m') === parseQuantity(1); // both are 1_000_000_000n
 */
export function parseQuantity(text: string | number): bigint | undefined {
  const parts = GRAMMAR.exec(String(text).slice(0, 101));
  if (parts?.[0] === undefined || parts[0].length > 100) return undefined;
  const [, sign = '', whole = '', fraction = '', onlyFraction = '', suffix = '', exponent] = parts;
  const digits = BigInt(`0${whole}${fraction}${onlyFraction}`);
  const scale = exponent === undefined ? DECIMAL.get(suffix) : Number(exponent);
  const decimals = fraction.length + onlyFraction.length;
  const amount =
    scale === undefined
      ? capped(shifted(digits * (BINARY.get(suffix) ?? 0n), 9 - decimals))
      : shifted(digits, scale + 9 - decimals);
  return sign === '-' ? -amount : amount;
}

/** -1, 0 or 1 as `a` is less than, equal to or more than `b`; undefined where either is no quantity. */
export function compareQuantities(a: string | number, b: string | number): -1 | 0 | 1 | undefined {
  const left = parseQuantity(a);
  const right = parseQuantity(b);
  if (left === undefined || right === undefined) return undefined;
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

const GRAMMAR = /^([+-]?)(?:(\d+)\.?(\d*)|\.(\d+))(?:([numkMGTPE]?|[KMGTPE]i)|[eE]([+-]?\d{1,3}))$/;

const DECIMAL: ReadonlyMap<string, number> = new Map([
  ['n', -9],
  ['u', -6],
  ['m', -3],
  ['', 0],
  ['k', 3],
  ['M', 6],
  ['G', 9],
  ['T', 12],
  ['P', 15],
  ['E', 18],
]);

const BINARY: ReadonlyMap<string, bigint> = new Map(
  ['Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'].map((suffix, index) => [suffix, 1n << BigInt(10 * (index + 1))]),
);

const BINARY_CAP = ((1n << 63n) - 1n) * UNIT;

function capped(amount: bigint): bigint {
  return amount > BINARY_CAP ? BINARY_CAP : amount;
}

/** `digits * 10^places`, rounded up where places are negative: a tiny request stays a request. */
function shifted(digits: bigint, places: number): bigint {
  if (places >= 0) return digits * 10n ** BigInt(places);
  const divisor = 10n ** BigInt(-places);
  return (digits + divisor - 1n) / divisor;
}
