import { Composer, Parser } from 'yaml';
import { lineIndex, type Position } from '../spec/line-index';
import { manifestData, type NodeMistake } from './manifest-node';
import { depthOf } from './token-depth';

/** One document as data, or why not; positions count within the text. */
export interface DocumentReading {
  readonly value: unknown;
  readonly mistakes: readonly (NodeMistake & Position)[];
}

/** Schemas of custom resources nest some forty levels. */
const MAX_DEPTH = 128;
const MAX_DOCUMENT_LENGTH = 8 * 1024 * 1024;

/** Reads the text of one document with the full parser of the `yaml` package. */
export function readManifestDocument(text: string): DocumentReading {
  if (text.length > MAX_DOCUMENT_LENGTH) {
    const given = `${text.length} characters`;
    return refused(text, { code: 'IN205', path: [], offset: 0, given, expected: `at most ${MAX_DOCUMENT_LENGTH}` });
  }
  const control = /[^\P{Cc}\n\t\r\u0085]|[\ufffe\uffff]/u.exec(text);
  if (control !== null) {
    const given = `the character U+${control[0].charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`;
    return refused(text, { code: 'IN201', path: [], offset: control.index, given, expected: 'no control characters' });
  }
  const tokens = [...new Parser().parse(text)];
  const deepest = tokens.map(depthOf).reduce((a, b) => (b.levels > a.levels ? b : a), { levels: 0, offset: 0 });
  if (deepest.levels > MAX_DEPTH) {
    const given = `${deepest.levels} levels`;
    return refused(text, { code: 'IN208', path: [], offset: deepest.offset, given, expected: `at most ${MAX_DEPTH}` });
  }
  return compose(text, tokens);
}

function compose(text: string, tokens: Iterable<Parameters<Composer['next']>[0]>): DocumentReading {
  const composer = new Composer({ schema: 'failsafe', uniqueKeys: false, prettyErrors: false, logLevel: 'silent' });
  const [document, second] = composer.compose(tokens, true, text.length);
  if (second !== undefined) {
    const given = 'a second document that no --- parts from the first';
    return refused(text, { code: 'IN201', path: [], offset: second.range[0], given, expected: 'a line --- before it' });
  }
  const syntax = (document?.errors ?? []).map(({ pos, message }): NodeMistake => {
    const offset = Math.min(Math.max(pos[0], 0), text.length);
    return { code: 'IN201', path: [], offset, given: message.slice(0, 100), expected: 'valid yaml' };
  });
  if (syntax.length > 0) return refused(text, ...syntax);
  const { value, mistakes } = manifestData(document?.contents ?? null);
  return mistakes.length > 0 ? refused(text, ...mistakes) : { value, mistakes: [] };
}

function refused(text: string, ...mistakes: readonly NodeMistake[]): DocumentReading {
  const positionOf = lineIndex(text);
  return { value: undefined, mistakes: mistakes.map((mistake) => ({ ...mistake, ...positionOf(mistake.offset) })) };
}
