import { isAlias, isMap, isScalar, isSeq, type ParsedNode, type Scalar, type YAMLMap } from 'yaml';
import type { DocumentPath } from '../../constructs/core/path';
import { show } from '../../constructs/core/problem';
import { clip, readPlain } from './plain-scalar';
import { nameOf, unwantedIn } from './raw-text';
import type { Mistake } from './strict-yaml';

/** A node as plain data, with every mistake below it. Where a value is refused, its text stands in for it. */
export function checkNode(
  root: ParsedNode | null,
  path: DocumentPath,
  offset: number,
): { readonly value: unknown; readonly mistakes: readonly Mistake[] } {
  const mistakes: Mistake[] = [];
  return { value: dataOf(root, { path, offset, mistakes }), mistakes };
}

interface Context {
  readonly path: DocumentPath;
  /** Where the key or dash of the node stands: its place if it is empty. */
  readonly offset: number;
  readonly mistakes: Mistake[];
}

function dataOf(node: ParsedNode | null, context: Context): unknown {
  if (node === null) return null;
  checkProperties(node, context);
  if (isAlias(node)) return null;
  if (isMap(node)) return mapOf(node, context);
  if (isSeq(node)) {
    return node.items.map((item, index) => dataOf(item, { ...context, path: [...context.path, index] }));
  }
  return scalarOf(node, context);
}

function refuse(context: Context, node: ParsedNode, mistake: Omit<Mistake, 'path' | 'offset'>): void {
  context.mistakes.push({ path: context.path, offset: node.range[0], ...mistake });
}

function checkProperties(node: ParsedNode, context: Context): void {
  if (isAlias(node)) {
    refuse(context, node, { code: 'IN103', given: `the alias *${clip(node.source)}`, expected: 'the value itself' });
    return;
  }
  if (node.anchor !== undefined) {
    refuse(context, node, {
      code: 'IN103',
      given: `the anchor &${clip(node.anchor)}`,
      expected: 'a value without an anchor',
    });
  }
  if (node.tag !== undefined) {
    refuse(context, node, { code: 'IN105', given: `the tag ${show(node.tag)}`, expected: 'a value without a tag' });
  }
}

function mapOf(map: YAMLMap.Parsed, context: Context): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  const places = new Set<string>();
  for (const { key, value } of map.items) {
    const offset = key.range[0];
    const name = keyOf(key, context);
    if (name === undefined) continue;
    const within = { ...context, path: [...context.path, name], offset };
    const child = dataOf(value, within);
    if (places.has(name)) {
      refuse(within, key, { code: 'IN102', given: `${show(name)} a second time`, expected: 'each key once' });
    } else if (isReserved(name)) {
      refuse(within, key, { code: 'IN114', given: show(name), expected: 'a key that is no reserved name' });
    } else {
      result[name] = child;
    }
    places.add(name);
  }
  return result;
}

function isReserved(name: string): boolean {
  return name === '__proto__' || name === 'constructor' || name === 'prototype';
}

/** The key as text, or undefined after saying why it is none. */
function keyOf(key: ParsedNode, context: Context): string | undefined {
  if (!isScalar(key)) {
    const given = isMap(key) ? 'a mapping as key' : isSeq(key) ? 'a list as key' : 'an alias as key';
    refuse(context, key, { code: 'IN115', given, expected: 'text as key' });
    return undefined;
  }
  checkProperties(key, context);
  const text = textOf(key, context);
  if (key.type !== 'PLAIN') return text;
  if (text === '<<') {
    refuse(context, key, { code: 'IN104', given: 'the merge key <<', expected: 'the fields themselves' });
    return undefined;
  }
  const reading = readPlain(text);
  if ('value' in reading && typeof reading.value === 'string') return text;
  const expected = 'text as key';
  const remedy = text === '' ? 'write the key before the colon' : `quote it if it is text: '${clip(text)}'`;
  refuse(context, key, {
    code: 'IN115',
    given: text === '' ? 'no key' : `${clip(text)} without quotes`,
    expected,
    remedy,
  });
  return text;
}

function scalarOf(scalar: Scalar.Parsed, context: Context): unknown {
  const text = textOf(scalar, context);
  if (scalar.type !== 'PLAIN') return text;
  const reading = readPlain(text);
  if ('value' in reading) return reading.value;
  const { code, expected, remedy } = reading;
  refuse(context, scalar, { code, given: `${clip(text)} without quotes`, expected, remedy });
  return text;
}

/** Escapes in double quotes may spell what the raw text may not hold. */
function textOf(scalar: Scalar.Parsed, context: Context): string {
  const text = String(scalar.value);
  const unwanted = unwantedIn(text);
  if (unwanted === undefined) return text;
  const half = /\p{Surrogate}/u.test(unwanted);
  const given = half ? `half a surrogate pair (${nameOf(unwanted)})` : nameOf(unwanted);
  refuse(context, scalar, { code: half ? 'IN111' : 'IN108', given, expected: 'text that can be seen' });
  return text;
}
