/** Kubernetes quantities, https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/ */
const QUANTITY = /^([+-]?)(\d{1,30})(?:\.(\d{0,30}))?(?:([numkMGTPE]|[KMGTPE]i)|[eE]([+-]?\d{1,3}))?$/;

const EXPONENT: Readonly<Record<string, number>> = { n: -9, u: -6, m: -3, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 };
const BINARY = ['Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];

/** An exact amount and the suffix it was written with. */
export interface Quantity {
  /** In billionths of the base unit (cores, bytes, pieces), rounded up as the API server does. */
  readonly nano: bigint;
  readonly suffix: string;
}

/** A platform writes the same few amounts over and over; the bound keeps hostile input from filling memory. */
const read = new Map<string, Quantity | undefined>();
const MOST_READ = 4096;

/** Reads a quantity as the API server would; undefined where it would refuse it. Numbers count as their text. */
export function parseQuantity(value: unknown): Quantity | undefined {
  const text = typeof value === 'number' ? String(value) : value;
  if (typeof text !== 'string' || text.length > 64) return undefined;
  if (read.has(text)) return read.get(text);
  const quantity = parseText(text);
  if (read.size < MOST_READ) read.set(text, quantity);
  return quantity;
}

function parseText(text: string): Quantity | undefined {
  const match = QUANTITY.exec(text);
  if (match === null) return undefined;
  const [, sign = '', whole = '', fraction = '', suffix = '', exponent] = match;
  const power = exponent === undefined ? (EXPONENT[suffix] ?? 0) : Number(exponent);
  if (Math.abs(power) > 30) return undefined;
  const digits = BigInt(whole + fraction) * 1024n ** BigInt(BINARY.indexOf(suffix) + 1);
  const nano = scale(digits, power - fraction.length + 9);
  return { nano: sign === '-' ? -nano : nano, suffix };
}

/** `digits` times ten to the power, rounded up. */
function scale(digits: bigint, power: number): bigint {
  if (power >= 0) return digits * 10n ** BigInt(power);
  const divisor = 10n ** BigInt(-power);
  return (digits + divisor - 1n) / divisor;
}
