import { isList, isRecord } from '../../constructs/core/json';
import { nearest } from '../../constructs/core/nearest';
import { type Finding, type ObjectRule, outcomeOf } from '../../constructs/core/rule';
import { SHAPES, type Shape } from './shapes';
import { formatPath } from './walk';

/** No key that the API server would drop without a word. */
export const knownKeys: ObjectRule = {
  id: 'DRN105',
  title: 'objects of known kinds have no unknown keys',
  why: 'the API server drops a misspelt key in silence: podSelectors instead of podSelector selects every pod',
  remedy: 'correct the key or remove it',
  control: 'CMP-1',
  kinds: (group, kind) => Object.hasOwn(SHAPES, `${group}/${kind}`),
  check: ({ object, group, kind }) => {
    const findings: Finding[] = [];
    compare(object, SHAPES[`${group}/${kind}`] ?? '*', [], findings);
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
      path.push(key);
      if (Object.hasOwn(shape, key)) compare(value[key], shape[key] ?? '*', path, findings);
      else findings.push(findingFor(key, shape, path));
      path.pop();
    }
  }
}

function findingFor(
  key: string,
  shape: { readonly [key: string]: Shape },
  path: readonly (string | number)[],
): Finding {
  const close = nearest(key, Object.keys(shape));
  const expected = close === undefined ? `one of ${Object.keys(shape).sort().slice(0, 12).join(', ')}` : close;
  const remedy = close === undefined ? undefined : `write ${close}`;
  const given = JSON.stringify(key.slice(0, 80));
  return { field: formatPath(path), given, expected, ...(remedy === undefined ? {} : { remedy }) };
}
