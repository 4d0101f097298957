import { parseQuantity as parseNano } from '../../constructs/core/quantity';

/** An exact amount and the suffix it was written with. */
export interface Quantity {
  /** In billionths of the base unit (cores, bytes, pieces). */
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
  const known = read.get(text);
  if (known !== undefined || read.has(text)) return known;
  const nano = parseNano(text);
  const quantity = nano === undefined ? undefined : { nano, suffix: /[A-Za-z]*$/.exec(text)?.[0] ?? '' };
  if (read.size < MOST_READ) read.set(text, quantity);
  return quantity;
}
