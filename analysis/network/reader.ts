import { isList, isRecord } from '../../constructs/core/json';
import { show } from '../../constructs/core/problem';

/** One field that could not be read as the API means it. */
export interface Flaw {
  readonly path: string;
  readonly given: string;
  readonly expected: string;
}

type Fields = Readonly<Record<string, unknown>>;

/**
 * Reads a document strictly. A field it does not know, or a value of another shape, is a flaw and never skipped: a
 * policy that was misread proves nothing. `null` means absent, as it does to the API server.
 */
export class Reader {
  readonly flaws: Flaw[] = [];

  flaw(path: string, given: unknown, expected: string): undefined {
    this.flaws.push({ path, given: show(given), expected });
    return undefined;
  }

  /** The object, or an empty one where it is absent. */
  object(value: unknown, path: string, known: readonly string[]): Fields {
    if (value === undefined || value === null) return {};
    if (!isRecord(value)) {
      this.flaw(path, value, 'an object');
      return {};
    }
    for (const key of Object.keys(value)) {
      if (!known.includes(key)) this.flaw(`${path}.${key}`, value[key], `one of the fields ${known.join(', ')}`);
    }
    return value;
  }

  /** The elements, none where the list is absent. */
  list(value: unknown, path: string): readonly unknown[] {
    if (value === undefined || value === null) return [];
    if (isList(value)) return value;
    this.flaw(path, value, 'a list');
    return [];
  }

  strings(value: unknown, path: string): readonly string[] {
    return this.list(value, path).flatMap((item, index) => {
      if (typeof item === 'string') return [item];
      this.flaw(`${path}[${index}]`, item, 'a string');
      return [];
    });
  }

  /** The value where it is one of `allowed`, `fallback` where it is absent. */
  oneOf<T extends string>(value: unknown, path: string, allowed: readonly T[], fallback?: T): T | undefined {
    if ((value === undefined || value === null) && fallback !== undefined) return fallback;
    const found = allowed.find((item) => item === value);
    return found ?? this.flaw(path, value, `one of ${allowed.join(', ')}`);
  }

  /** A whole number of the interval, undefined (and a flaw) for all else. */
  integer(value: unknown, path: string, least: number, most: number): number | undefined {
    if (typeof value === 'number' && Number.isInteger(value) && least <= value && value <= most) return value;
    return this.flaw(path, value, `a whole number from ${least} to ${most}`);
  }
}

/** Whether a field is there at all; `null` counts as absent. */
export function isSet(value: unknown): boolean {
  return value !== undefined && value !== null;
}
