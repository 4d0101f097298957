import { isList, isRecord } from '../../constructs/core/json';
import { nearest } from '../../constructs/core/nearest';
import { type Finding, type ObjectRule, outcomeOf } from '../../constructs/core/rule';
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
    const findings: Finding[] = [];
    compare(object, shapeOf(group, kind) ?? '*', [], findings);
    return outcomeOf(findings);
  },
};

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
