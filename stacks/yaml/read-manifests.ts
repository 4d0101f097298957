import type { Manifest } from '../../constructs/core/manifest';
import { pathText } from '../../constructs/core/path';
import type { Place, Problem } from '../../constructs/core/problem';
import { readFast } from '../spec/fast-yaml';
import { decodeUtf8, unwantedIn, visible, withLineFeeds } from '../spec/raw-text';
import { MANIFEST_CODES } from './manifest-codes';
import type * as Documents from './manifest-document';
import { objectsOf } from './manifest-object';

/** An object and where its document starts. */
export interface LocatedManifest {
  readonly object: Manifest;
  readonly place: Place;
}

/** What was found in manifests that any tool may have written. */
export interface ManifestReading {
  readonly manifests: readonly LocatedManifest[];
  readonly problems: readonly Problem[];
}

/** More mistakes than this in one document are the effects of one. */
const MAX_PROBLEMS = 20;

/**
 * Reads one file of manifests: YAML with any number of documents, or JSON, as kubectl reads it (see
 * {@link resolveGoScalar}); lists are expanded. Never throws: what cannot be read is a problem, with codes of
 * {@link MANIFEST_CODES}.
 */
export function readManifests(bytes: Uint8Array, file: string): ManifestReading {
  const decoded = decodeUtf8(bytes);
  if ('before' in decoded) {
    const line = decoded.before.split('\n').length;
    const mistake = { code: 'IN207', path: [], given: 'bytes that are no utf-8', expected: 'utf-8' } as const;
    return { manifests: [], problems: [problemOf(mistake, { file, line })] };
  }
  const text = withLineFeeds(decoded.text).replace(/^\ufeff/, '');
  const manifests: LocatedManifest[] = [];
  const problems: Problem[] = [];
  for (const part of documentsOf(text)) {
    const reading = readDocument(part, file);
    manifests.push(...reading.manifests);
    problems.push(...reading.problems);
  }
  return { manifests, problems };
}

interface Part {
  readonly text: string;
  /** Lines of the file before this text. */
  readonly linesBefore: number;
}

/** A line that starts with `---` ends a document wherever it stands: no scalar may hold one (YAML 1.2.2, 9.1.2). */
function documentsOf(text: string): readonly Part[] {
  const parts: Part[] = [];
  let [start, lines] = [0, 0];
  for (const { index } of [...text.matchAll(/^---(?=[ \t\n]|$)/gm), { index: text.length }]) {
    // Directives stand before their `---` and belong to what follows.
    if (/^(?:%[^\n]*\n|#[^\n]*\n|\s)*$/.test(text.slice(start, index)) && index < text.length) continue;
    const part = text.slice(start, index);
    parts.push({ text: part, linesBefore: lines });
    lines += part.split('\n').length - 1;
    start = index;
  }
  return parts;
}

function readDocument(part: Part, file: string): ManifestReading {
  const contentLine = part.linesBefore + firstContentLine(part.text);
  const place = { file, line: contentLine };
  const fast = unwantedIn(part.text) === undefined && !part.text.includes('\t') ? readFast(part.text) : undefined;
  const slow = fast === undefined ? readSlowly(part.text) : undefined;
  const mistakes = slow?.mistakes ?? [];
  if (mistakes.length > 0) {
    const problems = mistakes.slice(0, MAX_PROBLEMS).map((mistake) => {
      const line = part.linesBefore + mistake.line;
      return problemOf(mistake, { file, line, column: mistake.column });
    });
    return { manifests: [], problems };
  }
  const holding = objectsOf(fast === undefined ? slow?.value : fast.value);
  if (holding.kind === 'objects')
    return { manifests: holding.objects.map((object) => ({ object, place })), problems: [] };
  if (holding.kind === 'other') return { manifests: [], problems: [] };
  return {
    manifests: [],
    problems: holding.mistakes.slice(0, MAX_PROBLEMS).map((mistake) => problemOf(mistake, place)),
  };
}

/** From 1; past blank lines, comments and the document's own marker. */
function firstContentLine(text: string): number {
  const before = /^(?:\s*(?:#[^\n]*|---[ \t]*(?:#[^\n]*)?)?(?:\n|$))*/.exec(text)?.[0] ?? '';
  return before.split('\n').length;
}

/** The full parser takes 50 ms to load: it is not loaded where the fast reader does. */
function readSlowly(text: string): Documents.DocumentReading {
  const documents: typeof Documents = require('./manifest-document');
  return documents.readManifestDocument(text);
}

function problemOf(
  mistake: {
    readonly code: keyof typeof MANIFEST_CODES;
    readonly path: readonly (string | number)[];
    readonly given: string;
    readonly expected: string;
  },
  place: Place,
): Problem {
  const { code, path, given, expected } = mistake;
  return {
    code,
    path: visible(pathText(path)),
    given: visible(given),
    expected,
    remedy: MANIFEST_CODES[code].remedy,
    place,
  };
}
