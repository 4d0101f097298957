import type * as z from 'zod';
import { valueAt } from './json';
import { nearest } from './nearest';
import { pathText } from './path';
import { type Place, type Problem, ProblemError, show } from './problem';

/** Finds where a field stands in the file it was read from; undefined for input that never was a file. */
export type PlaceOf = (path: readonly (string | number)[]) => Place | undefined;

/** What {@link parse} gives: the value, or every mistake in it. */
export type Parsed<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** Parses untrusted input with a schema. All mistakes at once, each with code, path, what was given, expected and a remedy. */
export function parse<T>(schema: z.ZodType<T>, input: unknown, placeOf?: PlaceOf): Parsed<T> {
  const result = schema.safeParse(input);
  if (result.success) return { ok: true, value: result.data };
  const problems = result.error.issues.flatMap((issue) => problemsOf(issue, input, schema, placeOf));
  return { ok: false, problems };
}

/** As {@link parse}, for callers that cannot go on: throws a {@link ProblemError}. */
export function parseOrThrow<T>(schema: z.ZodType<T>, input: unknown): T {
  const parsed = parse(schema, input);
  if (!parsed.ok) throw new ProblemError(parsed.problems);
  return parsed.value;
}

function problemsOf(issue: z.core.$ZodIssue, input: unknown, schema: z.ZodType, placeOf?: PlaceOf): readonly Problem[] {
  const keys = issue.path.filter((key) => typeof key !== 'symbol');
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => unknownKey([...keys, key], keysAt(schema, keys), placeOf));
  }
  if (issue.code === 'invalid_key' || issue.code === 'invalid_element') {
    return issue.issues.flatMap((inner) => [described(inner, [...keys], valueAt(input, ...keys.map(String)), placeOf)]);
  }
  return [described(issue, keys, lookup(input, keys), placeOf)];
}

function described(
  issue: z.core.$ZodIssue,
  keys: readonly (string | number)[],
  given: unknown,
  placeOf?: PlaceOf,
): Problem {
  const missing = given === undefined;
  return {
    code: missing ? 'IN002' : codeOf(issue),
    path: pathText(keys),
    given: show(given),
    expected: expectedOf(issue),
    remedy: missing ? `add \`${keys.at(-1) ?? 'a value'}\`` : remedyOf(issue),
    ...placed(placeOf?.(keys)),
  };
}

function unknownKey(keys: readonly (string | number)[], known: readonly string[], placeOf?: PlaceOf): Problem {
  const key = String(keys.at(-1));
  const close = nearest(key, known);
  return {
    code: 'IN001',
    path: pathText(keys),
    given: `the unknown key ${show(key)}`,
    expected: known.length === 0 ? 'no such key' : `one of ${known.join(', ')}`,
    remedy: close === undefined ? 'remove it' : `did you mean \`${close}\`?`,
    ...placed(placeOf?.(keys)),
  };
}

function codeOf(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return 'IN003';
    case 'too_big':
    case 'too_small':
    case 'not_multiple_of':
      return 'IN005';
    default:
      return 'IN004';
  }
}

function remedyOf(issue: z.core.$ZodIssue): string {
  const remedy = issue.code === 'custom' ? issue.params?.remedy : undefined;
  if (typeof remedy === 'string') return remedy;
  if (issue.code === 'too_big') return `use at most ${issue.maximum}`;
  if (issue.code === 'too_small') return `use at least ${issue.minimum}`;
  return 'write it as expected';
}

/** The keys that a strict object schema knows at `path`; empty where the schema there is no plain object. */
function keysAt(schema: unknown, path: readonly (string | number)[]): readonly string[] {
  let current: unknown = schema;
  for (const key of path) {
    current = step(unwrap(current), key);
  }
  const shape = valueAt(unwrap(current), 'def', 'shape') ?? shapesOfUnion(unwrap(current));
  return typeof shape === 'object' && shape !== null ? Object.keys(shape) : [];
}

function step(schema: unknown, key: string | number): unknown {
  if (typeof key === 'number') return valueAt(schema, 'def', 'element');
  return valueAt(schema, 'def', 'shape', key) ?? valueAt(schema, 'def', 'valueType');
}

function unwrap(schema: unknown): unknown {
  let current = schema;
  for (let inner = innerOf(current); inner !== undefined; inner = innerOf(current)) current = inner;
  return current;
}

function innerOf(schema: unknown): unknown {
  return valueAt(schema, 'def', 'innerType') ?? valueAt(schema, 'def', 'in');
}

function shapesOfUnion(schema: unknown): Readonly<Record<string, unknown>> | undefined {
  const options = valueAt(schema, 'def', 'options');
  if (!Array.isArray(options)) return undefined;
  return Object.assign({}, ...options.map((option) => valueAt(unwrap(option), 'def', 'shape')));
}

function lookup(input: unknown, keys: readonly (string | number)[]): unknown {
  let current = input;
  for (const key of keys) {
    if (typeof current !== 'object' || current === null || !Object.hasOwn(current, key)) return undefined;
    current = Reflect.get(current, key);
  }
  return current;
}

/** What the schema asks for, without the library's own framing; a schema's own words are taken as they are. */
function expectedOf(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_value':
      if (!issue.message.startsWith('Invalid ')) return issue.message;
      return issue.values.length === 1 ? String(issue.values[0]) : `one of ${issue.values.map(String).join(', ')}`;
    case 'too_big':
      return `at most ${issue.maximum}${unitOf(issue.origin)}`;
    case 'too_small':
      return `at least ${issue.minimum}${unitOf(issue.origin)}`;
    case 'invalid_type':
      return ARTICLED[issue.expected] ?? issue.expected;
    default:
      return issue.message.replace(/^Invalid input: expected /, '');
  }
}

const ARTICLED: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a block of keys',
  record: 'a block of keys',
};

function unitOf(origin: string): string {
  if (origin === 'string') return ' characters';
  return origin === 'array' || origin === 'set' || origin === 'map' ? ' entries' : '';
}

function placed(place: Place | undefined): { place?: Place } {
  return place === undefined ? {} : { place };
}
