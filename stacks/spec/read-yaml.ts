import { type DocumentPath, pathText } from '../../constructs/core/path';
import type { Place, Problem } from '../../constructs/core/problem';
import { readFast } from './fast-yaml';
import { INPUT_CODES } from './input-codes';
import { lineIndex } from './line-index';
import { checkRaw, decodeUtf8, MAX_BYTES, visible, withLineFeeds } from './raw-text';
import type * as Strict from './strict-yaml';

/** A file as data, with the means to say where each part of it stands. */
export interface YamlFile {
  /**
   * The document as plain data. Where a part was refused, its text stands in for it, so that a schema can still look at
   * the rest; undefined where the file could not be read at all.
   */
  readonly value: unknown;
  /** Where the value at `path` stands; for a part that is missing, the nearest part above it. */
  readonly placeOf: (path: DocumentPath) => Place;
  /** The text that was read; absent where the bytes were no UTF-8. */
  readonly text?: string;
  /** Every mistake, in the order of the text; empty if and only if the whole file was read. */
  readonly problems: readonly Problem[];
}

/** More mistakes than this are the effects of one. */
const MAX_PROBLEMS = 100;

/**
 * Reads one document of a small, strict YAML: no anchors, tags, directives or merge keys, no duplicate keys, no scalars
 * that two readers take for different things. Never throws: all mistakes are in `problems`, with codes of
 * {@link INPUT_CODES}. Nearly every file takes the fast path; positions are worked out only when one is asked for.
 */
export function readYaml(source: string, file: string): YamlFile {
  const bytes = Buffer.byteLength(source);
  if (bytes > MAX_BYTES) return tooLarge(file, bytes);
  const { clean: text, mistakes } = checkRaw(withLineFeeds(source));
  const positionOf = lineIndex(text);
  const strictly = once(() => readStrictly(text));
  const placeOf = (path: DocumentPath) => ({ file, ...positionOf(strictly().offsetOf(path)) });
  const fast = mistakes.length === 0 ? readFast(text) : undefined;
  if (fast !== undefined) return { value: fast.value, placeOf, text: source, problems: [] };

  const strict = strictly();
  const raw = mistakes.map((mistake) => ({ path: [], ...mistake }));
  // A tab or invisible character that was made a blank may break the syntax: it is the cause, and it is shown.
  const shown = raw.length === 0 ? strict.mistakes : strict.mistakes.filter(({ code }) => code !== 'IN101');
  const problems = [...raw, ...shown]
    .sort((a, b) => a.offset - b.offset)
    .map((mistake) => problemOf(mistake, { file, ...positionOf(mistake.offset) }));
  return { value: strict.value, placeOf, text: source, problems: capped(problems) };
}

/** {@link readYaml} from bytes: also refuses what is not UTF-8, at the first such byte. */
export function readUtf8(bytes: Uint8Array, file: string): YamlFile {
  if (bytes.length > MAX_BYTES) return tooLarge(file, bytes.length);
  const decoded = decodeUtf8(bytes);
  if ('text' in decoded) return readYaml(decoded.text, file);
  const { before } = decoded;
  const place = { file, ...lineIndex(before)(before.length) };
  const given = `the byte 0x${(bytes[Buffer.byteLength(before)] ?? 0).toString(16)}`;
  return unreadable(place, { code: 'IN111', given, expected: 'utf-8' });
}

function tooLarge(file: string, bytes: number): YamlFile {
  const place = { file, line: 1, column: 1 };
  return unreadable(place, { code: 'IN112', given: `${bytes} bytes`, expected: `at most ${MAX_BYTES} bytes` });
}

function unreadable(place: Place, mistake: Pick<Strict.Mistake, 'code' | 'given' | 'expected'>): YamlFile {
  return { value: undefined, placeOf: () => place, problems: [problemOf({ path: [], offset: 0, ...mistake }, place)] };
}

function problemOf(mistake: Strict.Mistake, place: Place): Problem {
  const { code, given, expected, remedy = INPUT_CODES[code].remedy } = mistake;
  return {
    code,
    path: visible(pathText(mistake.path)),
    given: visible(given),
    expected,
    remedy: visible(remedy),
    place,
  };
}

function capped(problems: readonly Problem[]): readonly Problem[] {
  const next = problems[MAX_PROBLEMS];
  if (next === undefined) return problems;
  const given = `${problems.length} mistakes`;
  const expected = `at most ${MAX_PROBLEMS}`;
  const { remedy } = INPUT_CODES.IN119;
  const more = { code: 'IN119', path: '(document)', given, expected, remedy };
  return [...problems.slice(0, MAX_PROBLEMS), next.place === undefined ? more : { ...more, place: next.place }];
}

/** The full parser takes 50 ms to load: it is not loaded for files that are in order. */
function readStrictly(text: string): Strict.StrictReading {
  const strict: typeof Strict = require('./strict-yaml');
  return strict.readStrictly(text);
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
