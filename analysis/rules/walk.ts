import { isRecord } from '../../constructs/core/json';

/** How much of one object is looked at; what is larger fails instead of being checked in part. */
export interface WalkLimits {
  /** Deepest nesting. The API server itself refuses more than 10,000 and no real object has 40. */
  readonly depth: number;
  /** Most values in one object; etcd refuses objects above 1.5 MiB. */
  readonly values: number;
}

/** @default - 100 levels and 500,000 values */
export const WALK_LIMITS: WalkLimits = { depth: 100, values: 500_000 };

/** What is told of each string; `path` leads to it and is only good during the call. */
export interface TextVisitor {
  /** A value: the key that holds it (for list items that of the list), and the record or list around it. */
  readonly value: (text: string, key: string, parent: unknown, path: readonly (string | number)[]) => void;
  readonly key: (key: string, path: readonly (string | number)[]) => void;
}

interface Walk {
  readonly visit: TextVisitor;
  readonly path: (string | number)[];
  readonly limits: WalkLimits;
  left: number;
}

/** Visits every string of `value` once, in document order; false where a limit was hit and part was not seen. */
export function walkTexts(value: unknown, visit: TextVisitor, limits: WalkLimits = WALK_LIMITS): boolean {
  return step({ visit, path: [], limits, left: limits.values }, value, '', undefined);
}

function step(walk: Walk, value: unknown, key: string, parent: unknown): boolean {
  if (typeof value === 'string') {
    walk.visit.value(value, key, parent, walk.path);
    return true;
  }
  if (typeof value !== 'object' || value === null) return true;
  if (walk.path.length >= walk.limits.depth) return false;
  return Array.isArray(value) ? stepList(walk, value, key) : !isRecord(value) || stepRecord(walk, value);
}

function stepRecord(walk: Walk, record: Readonly<Record<string, unknown>>): boolean {
  for (const key in record) {
    if (walk.left-- <= 0) return false;
    walk.path.push(key);
    walk.visit.key(key, walk.path);
    const seen = step(walk, record[key], key, record);
    walk.path.pop();
    if (!seen) return false;
  }
  return true;
}

function stepList(walk: Walk, list: readonly unknown[], key: string): boolean {
  for (let index = 0; index < list.length; index++) {
    if (walk.left-- <= 0) return false;
    walk.path.push(index);
    const seen = step(walk, list[index], key, list);
    walk.path.pop();
    if (!seen) return false;
  }
  return true;
}

const PLAIN_KEY = /^[A-Za-z_][A-Za-z0-9_-]*$/;

/** A path as people write it: `spec.containers[0].image`, `metadata.labels["drun.io/tenant"]`. */
export function formatPath(path: readonly (string | number)[]): string {
  let text = '';
  for (const part of path) {
    if (typeof part === 'number') text += `[${part}]`;
    else if (PLAIN_KEY.test(part)) text += text === '' ? part : `.${part}`;
    else text += `[${JSON.stringify(part.length > 80 ? `${part.slice(0, 77)}...` : part)}]`;
  }
  return text;
}
