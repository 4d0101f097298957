import type { Patch } from '../../constructs/admission/policy';
import { isList, isRecord, type Json, type JsonObject } from '../../constructs/core/json';
import { evaluate } from './expression';

/** Applies the patches of a default. Throws where an expression fails: the API server would refuse the request. */
export function patched(object: JsonObject, patches: readonly Patch[], context: Record<string, unknown>): JsonObject {
  // As on the API server, every expression reads the object as it came.
  return patches.flatMap((patch) => changes(patch, context)).reduce<JsonObject>(apply, object);
}

interface Change {
  readonly path: readonly string[];
  /** Absent: the path is removed. */
  readonly value?: Json;
}

function changes(patch: Patch, context: Record<string, unknown>): readonly Change[] {
  if (patch.op === 'each') {
    const items = evaluated(patch.list, context);
    return (isList(items) ? items : []).flatMap((item, index) => {
      const inner = { ...context, item };
      if (patch.when !== undefined && evaluated(patch.when, inner) !== true) return [];
      return [{ path: pointer(`${patch.path}/${index}${patch.field}`), value: json(evaluated(patch.value, inner)) }];
    });
  }
  if (patch.when !== undefined && evaluated(patch.when, context) !== true) return [];
  const path = pointer(patch.path);
  return [patch.op === 'add' ? { path, value: json(evaluated(patch.value, context)) } : { path }];
}

function evaluated(expression: string, context: Record<string, unknown>): unknown {
  const outcome = evaluate(expression, context);
  if ('error' in outcome) throw new Error(outcome.error);
  return outcome.value;
}

function pointer(text: string): readonly string[] {
  return text
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function apply(object: JsonObject, { path, value }: Change): JsonObject {
  const changed = at(object, path, value);
  return isObject(changed) ? changed : object;
}

/** RFC 6902: a value is added to what is there; the way to it is not made. */
function at(target: Json | undefined, path: readonly string[], value: Json | undefined): Json | undefined {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  if (isArray(target))
    return target.map((item, index) => (String(index) === key ? (at(item, rest, value) ?? item) : item));
  if (!isObject(target)) throw new Error(`nothing is there to hold ${path.join('/')}`);
  return { ...target, [key]: at(target[key], rest, value) };
}

/** CEL values as JSON again: integers become numbers, maps objects. */
function json(value: unknown): Json {
  if (typeof value === 'bigint') return Number(value);
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  if (isList(value)) return value.map(json);
  const entries = value instanceof Map ? [...value.entries()] : isRecord(value) ? Object.entries(value) : [];
  return Object.fromEntries(entries.map(([key, field]) => [String(key), json(field)]));
}

function isObject(value: Json | undefined): value is JsonObject {
  return isRecord(value);
}

function isArray(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}
