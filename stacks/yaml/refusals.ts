import { isList, isRecord } from '../../constructs/core/json';
import { type DocumentPath, pathText } from '../../constructs/core/path';
import type { Problem } from '../../constructs/core/problem';
import { isWellFormed } from './scalar';

/** Deeper than any real manifest (a CRD schema nests some forty levels); a cycle is deeper than anything. */
export const MAX_DEPTH = 128;

/** Whether `value` is a plain `{}` or a record without prototype, also one of another realm (`structuredClone` in a test). */
export function isPlainObject(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Object.prototype || prototype === null) return true;
  return isRecord(prototype) && Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype, 'isPrototypeOf');
}

/**
 * Everything in `value` that YAML cannot hold, each with its path after `label`: the slow walk that runs only after the
 * fast writer met something that it cannot write.
 */
export function refusals(value: unknown, label: string): Problem[] {
  const problems: Problem[] = [];
  walk(value, [], [], problems);
  return problems.map((problem) => ({ ...problem, path: `${label} ${problem.path}` }));
}

function walk(value: unknown, path: DocumentPath, above: readonly object[], problems: Problem[]): void {
  const isContainer = typeof value === 'object' && value !== null;
  const problem = isContainer ? containerProblem(value, path, above) : scalarProblem(value, path);
  if (problem !== undefined) problems.push(problem);
  if (!isContainer || problem !== undefined) return;
  const within = [...above, value];
  if (isList(value)) {
    for (let index = 0; index < value.length; index += 1) walk(value[index], [...path, index], within, problems);
    return;
  }
  for (const [key, child] of Object.entries(value)) {
    const wrongKey = scalarProblem(key, [...path, key]);
    if (wrongKey !== undefined) problems.push(wrongKey);
    if (child !== undefined) walk(child, [...path, key], within, problems);
  }
}

function scalarProblem(value: unknown, path: DocumentPath): Problem | undefined {
  switch (typeof value) {
    case 'string':
      return isWellFormed(value) ? undefined : refuse('OUT103', path, 'half a surrogate pair', 'text in valid Unicode');
    case 'number':
      return Number.isFinite(value) ? undefined : refuse('OUT102', path, String(value), 'a finite number');
    case 'boolean':
      return undefined;
    case 'undefined':
      return refuse('OUT101', path, 'undefined in a list', 'a value');
    case 'object':
      return undefined;
    default:
      return refuse('OUT101', path, `a ${typeof value}`, 'plain data');
  }
}

function containerProblem(value: object, path: DocumentPath, above: readonly object[]): Problem | undefined {
  if (above.includes(value)) return refuse('OUT104', path, 'an object that holds itself', 'a tree');
  if (above.length >= MAX_DEPTH) return refuse('OUT104', path, `${above.length} levels`, `at most ${MAX_DEPTH}`);
  if (isList(value) || isPlainObject(value)) return undefined;
  return refuse('OUT101', path, `an instance of ${className(value)}`, 'plain data');
}

function className(value: object): string {
  const maker: unknown = Reflect.get(value, 'constructor');
  return typeof maker === 'function' && maker.name !== '' ? maker.name : 'an unnamed class';
}

const REMEDIES: Readonly<Record<string, string>> = {
  OUT101: 'resolve it to plain data before it enters a manifest',
  OUT102: 'correct the calculation that made it',
  OUT103: 'decode the text as utf-8 before it enters a manifest',
  OUT104: 'build the manifest as a tree, without references back',
};

function refuse(code: string, path: DocumentPath, given: string, expected: string): Problem {
  return { code, path: pathText(path), given, expected, remedy: REMEDIES[code] ?? '' };
}
