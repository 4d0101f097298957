import { Composer, type CST, type Document, isAlias, isMap, isScalar, isSeq, type ParsedNode, Parser } from 'yaml';
import type { DocumentPath } from '../../constructs/core/path';
import { show } from '../../constructs/core/problem';
import { depthOf } from '../yaml/token-depth';
import type { InputCode } from './input-codes';
import { lineIndex } from './line-index';
import { clip } from './plain-scalar';
import { checkNode } from './strict-node';

/** One mistake, by its offset in the text that was read. */
export interface Mistake {
  readonly code: InputCode;
  readonly path: DocumentPath;
  readonly offset: number;
  readonly given: string;
  readonly expected: string;
  /** Overrides the remedy of the code. */
  readonly remedy?: string;
}

/** What the strict reader made of a text. */
export interface StrictReading {
  /** As far as it could be read; undefined where the syntax is broken. */
  readonly value: unknown;
  readonly mistakes: readonly Mistake[];
  /** The node at a path, or the nearest one above it that exists. */
  readonly offsetOf: (path: DocumentPath) => number;
}

/** Nothing that people write nests deeper. */
export const MAX_DEPTH = 32;

/** Reads one document with the full parser of the `yaml` package, and finds every mistake with its place. */
export function readStrictly(text: string): StrictReading {
  const tokens = [...new Parser().parse(text)];
  const [first, second] = tokens.filter((token) => token.type === 'document');
  const mistakes = [...directiveMistakes(tokens), ...secondDocument(second)];
  const depth = depthOf(first);
  if (depth.levels > MAX_DEPTH) {
    const given = `${depth.levels} levels`;
    mistakes.push({ code: 'IN113', path: [], offset: depth.offset, given, expected: `at most ${MAX_DEPTH} levels` });
    return { value: undefined, mistakes, offsetOf: () => depth.offset };
  }
  const document = compose(second === undefined ? tokens : tokens.slice(0, tokens.indexOf(second)));
  const syntax = document === undefined ? [] : syntaxMistakes(text, document);
  if (isEmpty(first) && syntax.length === 0) mistakes.push(emptyFile(text));
  if (document === undefined) return { value: undefined, mistakes, offsetOf: () => 0 };
  const checked = checkNode(document.contents, [], first?.offset ?? 0);
  return {
    value: syntax.length === 0 ? checked.value : undefined,
    mistakes: [...mistakes, ...syntax, ...checked.mistakes],
    offsetOf: (path) => offsetOf(document.contents, path),
  };
}

/** The schema `failsafe` leaves every scalar as its text: what it means is decided by `readPlain`, as in the fast reader. */
function compose(tokens: readonly CST.Token[]): Document.Parsed<ParsedNode> | undefined {
  const composer = new Composer({ schema: 'failsafe', uniqueKeys: false, prettyErrors: false, logLevel: 'silent' });
  const [document] = composer.compose(tokens);
  return document;
}

function directiveMistakes(tokens: readonly CST.Token[]): Mistake[] {
  return tokens.flatMap((token) =>
    token.type === 'directive'
      ? [{ code: 'IN106', path: [], offset: token.offset, given: show(token.source.trim()), expected: 'no directive' }]
      : [],
  );
}

function secondDocument(second: CST.Token | undefined): Mistake[] {
  if (second === undefined) return [];
  const expected = 'one document in a file';
  return [{ code: 'IN107', path: [], offset: second.offset, given: 'a second document', expected }];
}

function isEmpty(first: CST.Token | undefined): boolean {
  return first === undefined || (first.type === 'document' && first.value === undefined);
}

function emptyFile(text: string): Mistake {
  const given = text.trim() === '' ? 'an empty file' : 'nothing but comments and markers';
  return { code: 'IN118', path: [], offset: 0, given, expected: 'a document' };
}

/** What to do about the parser's own complaints, by its codes; the rest gets the remedy of IN101. */
const SYNTAX_REMEDIES: Readonly<Record<string, string>> = {
  BAD_INDENT: 'indent all entries of one mapping or list alike, with two spaces more than the line above them',
  BAD_SCALAR_START: 'quote the value',
  BLOCK_AS_IMPLICIT_KEY:
    'quote the value if its colon belongs to the text, else start the inner mapping on its own line',
  BLOCK_IN_FLOW: 'inside brackets use brackets only, or write the whole as indented lines',
  MISSING_CHAR: 'close what is open (quotes, brackets), and part entries with commas or line breaks',
  MULTILINE_IMPLICIT_KEY: 'write `key: value` on one line',
};

/** The first complaint of each line. Unknown tags and directives are left out: those are refused where they stand. */
function syntaxMistakes(text: string, document: Document.Parsed): Mistake[] {
  const positionOf = lineIndex(text);
  const lines = new Set<number>();
  return document.errors.flatMap((error) => {
    const offset = Math.min(Math.max(error.pos[0], 0), text.length);
    const { line, column } = positionOf(offset);
    if (error.code === 'TAG_RESOLVE_FAILED' || error.code === 'BAD_DIRECTIVE' || lines.has(line)) return [];
    lines.add(line);
    const message = `${error.message.charAt(0).toLowerCase()}${error.message.slice(1)}`.replace(/[.:]?$/, '');
    const given = `${show(excerpt(text, offset - column + 1))} (${clip(message)})`;
    const mistake: Mistake = { code: 'IN101', path: [], offset, given, expected: 'valid yaml' };
    const remedy = SYNTAX_REMEDIES[error.code];
    return [remedy === undefined ? mistake : { ...mistake, remedy }];
  });
}

/** The line that starts at an offset, shortened. */
function excerpt(text: string, start: number): string {
  const end = text.indexOf('\n', start);
  return clip(text.slice(start, end < 0 ? undefined : end).trim());
}

function offsetOf(root: ParsedNode | null, path: DocumentPath): number {
  let [node, offset] = [root, root?.range[0] ?? 0];
  for (const step of path) {
    const child = childOf(node, step);
    if (child === undefined) return offset;
    [node, offset] = [child.node, child.node?.range[0] ?? child.offset];
  }
  return offset;
}

function childOf(node: ParsedNode | null, step: string | number) {
  if (isSeq(node) && typeof step === 'number') {
    const item = node.items[step];
    return item === undefined ? undefined : { node: item, offset: item.range[0] };
  }
  if (!isMap(node)) return undefined;
  const pair = node.items.find(({ key }) => isScalar(key) && key.value === String(step));
  return pair === undefined ? undefined : { node: isAlias(pair.value) ? null : pair.value, offset: pair.key.range[0] };
}
