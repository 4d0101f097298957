import { isList, isRecord } from '../../constructs/core/json';
import { nearest } from '../../constructs/core/nearest';
import { type Finding, type ObjectRule, outcomeOf, PASS } from '../../constructs/core/rule';
import { type Shape, shapeOf } from './shapes';
import { formatPath } from './walk';

/** No key that the API server would drop without a word. */
export const knownKeys: ObjectRule = {
  id: 'DRN105',
  title: 'objects of known kinds have no unknown keys',
  why: 'the API server drops a misspelt key in silence: podSelectors instead of podSelector selects every pod',
  remedy: 'correct the key or remove it',
  control: 'CMP-1',
  kinds: (group, kind) => shapeOf(group, kind) !== undefined,
  check: ({ object, group, kind }) => {
    const shape = shapeOf(group, kind) ?? '*';
    if (fits(object, shape)) return PASS;
    const findings: Finding[] = [];
    compare(object, shape, [], findings);
    return outcomeOf(findings);
  },
};

/** Whether all keys are known. Nearly always they are, and no path is kept for that. */
function fits(value: unknown, shape: Shape): boolean {
  if (shape === '*') return true;
  if (isList(value)) {
    for (let index = 0; index < value.length; index++)
      if (!isList(value[index]) && !fits(value[index], shape)) return false;
  } else if (isRecord(value)) {
    for (const key in value) {
      const below = shape.get(key);
      if (below === undefined || (below !== '*' && !fits(value[key], below))) return false;
    }
  }
  return true;
}

/** The shape bounds the depth, so hostile nesting ends where the shape does. */
function compare(value: unknown, shape: Shape, path: (string | number)[], findings: Finding[]): void {
  if (shape === '*') return;
  if (isList(value)) {
    for (let index = 0; index < value.length; index++) {
      path.push(index);
      if (!isList(value[index])) compare(value[index], shape, path, findings);
      path.pop();
    }
  } else if (isRecord(value)) {
    for (const key in value) {
      const below = shape.get(key);
      if (below === '*') continue;
      path.push(key);
      if (below === undefined) findings.push(findingFor(key, [...shape.keys()], path));
      else compare(value[key], below, path, findings);
      path.pop();
    }
  }
}

function findingFor(key: string, known: readonly string[], path: readonly (string | number)[]): Finding {
  const close = nearest(key, known);
  const expected = close ?? `one of ${[...known].sort().slice(0, 12).join(', ')}`;
  const given = JSON.stringify(key.slice(0, 80));
  return { field: formatPath(path), given, expected, ...(close === undefined ? {} : { remedy: `write ${close}` }) };
}
