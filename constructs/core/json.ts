/** A value that JSON can hold: what every manifest field is in the end. */
export type Json = string | number | boolean | null | readonly Json[] | JsonObject;

/** An object of {@link Json} values; an absent key and `undefined` mean the same. */
export interface JsonObject {
  readonly [key: string]: Json | undefined;
}

/** Whether `value` is a plain keyed object (not null, not an array). */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether `value` is an array. Unlike `Array.isArray` the elements stay `unknown`. */
export function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

const NOTHING: Readonly<Record<string, unknown>> = Object.freeze({});
const NONE: readonly unknown[] = Object.freeze([]);

/** The record under `value`, or an empty one: for reading documents that nobody has checked yet. */
export function recordAt(value: unknown, ...keys: readonly string[]): Readonly<Record<string, unknown>> {
  const found = valueAt(value, ...keys);
  return isRecord(found) ? found : NOTHING;
}

/** The list under `value`, or an empty one. */
export function listAt(value: unknown, ...keys: readonly string[]): readonly unknown[] {
  const found = valueAt(value, ...keys);
  return isList(found) ? found : NONE;
}

/** The string under `value`, or undefined where there is none. */
export function stringAt(value: unknown, ...keys: readonly string[]): string | undefined {
  const found = valueAt(value, ...keys);
  return typeof found === 'string' ? found : undefined;
}

/** The number under `value`, or undefined where there is none. */
export function numberAt(value: unknown, ...keys: readonly string[]): number | undefined {
  const found = valueAt(value, ...keys);
  return typeof found === 'number' ? found : undefined;
}

/** Whatever stands under the keys, own properties only: `__proto__` in a document is a key like any other. */
export function valueAt(value: unknown, ...keys: readonly string[]): unknown {
  let current = value;
  // By index, because rules read some millions of fields before the loop is compiled, and an iterator takes three times as long until then.
  for (let i = 0; i < keys.length; i += 1) {
    const key = keys[i] ?? '';
    if (!isRecord(current)) return undefined;
    const next = current[key];
    if (next === undefined || !Object.hasOwn(current, key)) return undefined;
    current = next;
  }
  return current;
}
