import { isList, isRecord } from '../../constructs/core/json';
import { parseQuantity } from '../../constructs/core/quantity';
import { DEFAULTS, isQuantity, keyText, listShape, type Position } from './shape';

/** Deeper than this values are compared by their text; Kubernetes itself has no field that deep. */
export const MAX_DEPTH = 200;

/** A text that two values share exactly when they mean the same to Kubernetes at this position. */
export function canonical(value: unknown, position: Position, depth = 0): string {
  if (depth > MAX_DEPTH) return textOf(value);
  if (isList(value)) return canonicalList(value, position, depth);
  if (isRecord(value)) return canonicalRecord(value, position, depth);
  if ((typeof value === 'string' || typeof value === 'number') && isQuantity(position)) {
    const amount = parseQuantity(value);
    if (amount !== undefined) return `${amount}n`;
  }
  return value === undefined || value === null ? 'null' : scalar(value);
}

/** Whether two values are the same data in the same order; says no where that takes too long to find out. */
export function identical(a: unknown, b: unknown, depth = 0): boolean {
  if (a === b) return true;
  if (depth > MAX_DEPTH) return false;
  if (isList(a)) {
    return isList(b) && a.length === b.length && a.every((item, index) => identical(item, b[index], depth + 1));
  }
  if (!isRecord(a) || !isRecord(b)) return false;
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  return keys.every((key) => Object.hasOwn(b, key) && identical(a[key], b[key], depth + 1));
}

/** The position of a field below `position`. */
export function below(position: Position, field: string): Position {
  return { kind: position.kind, fields: [...position.fields, field] };
}

function canonicalList(list: readonly unknown[], position: Position, depth: number): string {
  const items = list.map((item) => canonical(item, position, depth + 1));
  const shape = listShape(position, list);
  if (shape.as === 'set') return `{${[...new Set(items)].sort().join()}}`;
  if (shape.as === 'sequence' || shape.ordered) return `[${items.join()}]`;
  return `[${list
    .map((item, index) => `${keyText(item, shape.keys)}=${items[index]}`)
    .sort()
    .join()}]`;
}

function canonicalRecord(record: Readonly<Record<string, unknown>>, position: Position, depth: number): string {
  const parts: string[] = [];
  for (const key of Object.keys(record).sort()) {
    const value = record[key];
    if (value === undefined || value === null || value === DEFAULTS.get(key)) continue;
    parts.push(`${JSON.stringify(key)}:${canonical(value, below(position, key), depth + 1)}`);
  }
  return `{${parts.join()}}`;
}

/** The value as text without calling itself, for depths at which the stack would overflow. */
function textOf(value: unknown): string {
  const parts: string[] = [];
  const open: unknown[] = [value];
  while (open.length > 0) {
    const next = open.pop();
    if (isList(next)) {
      parts.push(`list of ${next.length}`);
      open.push(...next);
    } else if (isRecord(next)) {
      const keys = Object.keys(next).sort();
      parts.push(`record of ${JSON.stringify(keys)}`);
      for (const key of keys) open.push(next[key]);
    } else parts.push(scalar(next));
  }
  return parts.join();
}

function scalar(value: unknown): string {
  return typeof value === 'bigint' ? String(value) : (JSON.stringify(value) ?? typeof value);
}
