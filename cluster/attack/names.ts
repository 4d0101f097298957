import { isList, isRecord, type Json, type JsonObject } from '../../constructs/core/json';

/** What a case calls the things of a platform, by their names in one cluster; a name that this cluster has not is absent. */
export type Names = Readonly<Record<string, string>>;

const NAME = /\{([a-z][a-z0-9-]*)\}/g;

/** Every `{name}` in the strings and keys of `value`, replaced. What has no name here stays as it is: see {@link missingIn}. */
export function fill(value: string, names: Names): string;
export function fill(value: JsonObject, names: Names): JsonObject;
export function fill(value: Json, names: Names): Json;
export function fill(value: Json, names: Names): Json {
  if (typeof value === 'string') return text(value, names);
  if (isList(value)) return value.map((item) => fill(item, names));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, inner]) =>
      inner === undefined ? [] : [[text(key, names), fill(inner, names)]],
    ),
  );
}

/** The names that a value speaks of and that this cluster has not. */
export function missingIn(value: unknown, names: Names): readonly string[] {
  const spoken = [...JSON.stringify(value).matchAll(NAME)].map(([, name = '']) => name);
  return [...new Set(spoken)].filter((name) => names[name] === undefined);
}

function text(value: string, names: Names): string {
  return value.replace(NAME, (whole, name: string) => names[name] ?? whole);
}

function isObject(value: Json): value is JsonObject {
  return isRecord(value);
}
