import { isAlias, isMap, isScalar, isSeq, type ParsedNode, type Scalar, type YAMLMap } from 'yaml';
import type { DocumentPath } from '../../constructs/core/path';
import { show } from '../../constructs/core/problem';
import { resolveGoScalar } from './go-scalar';
import type { ManifestCode } from './manifest-codes';

/** One reason why a document cannot be taken as it is, by its offset in the text. */
export interface NodeMistake {
  readonly code: ManifestCode;
  readonly path: DocumentPath;
  readonly offset: number;
  readonly given: string;
  readonly expected: string;
}

/** Tags that change nothing, or only make a scalar text. */
const PLAIN_TAGS: ReadonlySet<string> = new Set([
  '!',
  ...['str', 'map', 'seq'].map((name) => `tag:yaml.org,2002:${name}`),
]);

/** Aliases of one document may stand for at most so many nodes. */
const MAX_ALIASED_NODES = 100_000;

/** A parsed document as the API server would see it: aliases and merge keys expanded within bounds. */
export function manifestData(root: ParsedNode | null): {
  readonly value: unknown;
  readonly mistakes: readonly NodeMistake[];
} {
  const state: State = { anchors: new Map(), open: new Set(), mistakes: [], aliased: 0, inAlias: 0 };
  return { value: dataOf(root, [], state), mistakes: state.mistakes };
}

interface State {
  readonly anchors: Map<string, ParsedNode>;
  /** Anchored nodes that are being read: an alias to one of them would never end. */
  readonly open: Set<ParsedNode>;
  readonly mistakes: NodeMistake[];
  aliased: number;
  inAlias: number;
}

function refuse(state: State, node: ParsedNode, mistake: Omit<NodeMistake, 'offset'>): undefined {
  state.mistakes.push({ offset: node.range[0], ...mistake });
  return undefined;
}

function dataOf(node: ParsedNode | null, path: DocumentPath, state: State): unknown {
  if (node === null) return null;
  if (state.inAlias > 0 && !withinBudget(node, path, state)) return undefined;
  if (isAlias(node)) return aliasOf(node.source, node, path, state);
  if (node.tag !== undefined && !PLAIN_TAGS.has(node.tag)) {
    const given = `the tag ${show(node.tag)}`;
    return refuse(state, node, { code: 'IN209', path, given, expected: 'a value without a tag' });
  }
  if (node.anchor !== undefined) state.anchors.set(node.anchor, node);
  state.open.add(node);
  const value = isMap(node)
    ? mapOf(node, path, state)
    : isSeq(node)
      ? listOf(node.items, path, state)
      : scalarOf(node, path, state);
  state.open.delete(node);
  return value;
}

/** Says so once; after that the document is refused anyway and nothing more is expanded. */
function withinBudget(node: ParsedNode, path: DocumentPath, state: State): boolean {
  state.aliased += 1;
  if (state.aliased === MAX_ALIASED_NODES) {
    const given = `more than ${MAX_ALIASED_NODES} nodes by aliases`;
    refuse(state, node, { code: 'IN204', path, given, expected: 'fewer' });
  }
  return state.aliased < MAX_ALIASED_NODES;
}

function aliasOf(name: string, node: ParsedNode, path: DocumentPath, state: State): unknown {
  const target = state.anchors.get(name);
  if (target === undefined) {
    return refuse(state, node, { code: 'IN201', path, given: `the alias *${name}`, expected: 'an anchor above it' });
  }
  if (state.open.has(target)) {
    return refuse(state, node, {
      code: 'IN204',
      path,
      given: `the alias *${name} within its anchor`,
      expected: 'a tree',
    });
  }
  state.inAlias += 1;
  const value = dataOf(target, path, state);
  state.inAlias -= 1;
  return value;
}

function listOf(items: readonly ParsedNode[], path: DocumentPath, state: State): unknown[] {
  return items.map((item, index) => dataOf(item, [...path, index], state));
}

function mapOf(map: YAMLMap.Parsed, path: DocumentPath, state: State): Record<string, unknown> {
  const own = new Map<string, unknown>();
  const merged = new Map<string, unknown>();
  for (const { key, value } of map.items) {
    if (isScalar(key) && key.type === 'PLAIN' && key.value === '<<') {
      for (const [name, child] of mergeOf(value, path, state)) if (!merged.has(name)) merged.set(name, child);
      continue;
    }
    const name = keyOf(key, path, state);
    if (name === undefined) continue;
    const child = dataOf(value, [...path, name], state);
    if (own.has(name)) {
      refuse(state, key, {
        code: 'IN203',
        path: [...path, name],
        given: `${show(name)} a second time`,
        expected: 'each key once',
      });
    }
    own.set(name, child);
  }
  // Object.fromEntries defines properties: a key `__proto__` stays a key.
  return Object.fromEntries([...own, ...[...merged].filter(([name]) => !own.has(name))]);
}

/** The fields that a merge key brings in: of one mapping, or of a list of mappings whose first ones win. */
function mergeOf(value: ParsedNode | null, path: DocumentPath, state: State): readonly (readonly [string, unknown])[] {
  const data = dataOf(value, [...path, '<<'], state);
  return (Array.isArray(data) ? data : [data]).flatMap((part: unknown) =>
    typeof part === 'object' && part !== null ? Object.entries(part) : [],
  );
}

/** Keys become text as in sigs.k8s.io/yaml: `8080` is "8080" and `on` is "true". */
function keyOf(key: ParsedNode, path: DocumentPath, state: State): string | undefined {
  const value = isScalar(key) || isAlias(key) ? dataOf(key, path, state) : undefined;
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean' || typeof value === 'number') return String(value);
  return refuse(state, key, { code: 'IN209', path, given: 'a key that is no text', expected: 'text as key' });
}

function scalarOf(scalar: Scalar.Parsed, path: DocumentPath, state: State): unknown {
  const text = String(scalar.value);
  if (/\p{Surrogate}/u.test(text))
    refuse(state, scalar, { code: 'IN209', path, given: 'half a surrogate pair', expected: 'valid unicode' });
  if (scalar.type !== 'PLAIN' || scalar.tag !== undefined) return text;
  const value = resolveGoScalar(text);
  if (typeof value !== 'number' || Number.isFinite(value)) return value;
  return refuse(state, scalar, { code: 'IN209', path, given: text, expected: 'a finite number' });
}
