import { parseQuantity as parseNano } from '../../constructs/core/quantity';
import { remembered } from './memory';

/** An exact amount and the suffix it was written with. */
export interface Quantity {
  /** In billionths of the base unit (cores, bytes, pieces). */
  readonly nano: bigint;
  readonly suffix: string;
}

const LONGEST = 64;
const MOST_READ = 4096;

/** Reads a quantity as the API server would; undefined where it would refuse it. Numbers count as their text. */
export function parseQuantity(value: unknown): Quantity | undefined {
  const text = typeof value === 'number' ? String(value) : value;
  if (typeof text !== 'string' || text.length > LONGEST) return undefined;
  return read(text) ?? undefined;
}

const read = remembered(MOST_READ, (text): Quantity | null => {
  const nano = parseNano(text);
  return nano === undefined ? null : { nano, suffix: /[A-Za-z]*$/.exec(text)?.[0] ?? '' };
});
