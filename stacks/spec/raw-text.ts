import type { InputCode } from './input-codes';

/** One thing wrong with the characters of a text, before anything is parsed. */
export interface RawMistake {
  readonly code: InputCode;
  /** Index into the text. */
  readonly offset: number;
  readonly given: string;
  readonly expected: string;
}

/** The most that a file which people write may hold. */
export const MAX_BYTES = 256 * 1024;

const BYTE_ORDER_MARK = '\ufeff';

/**
 * Everything that may not stand raw in a file: tabs, controls, lone carriage returns, formats (bidirectional marks,
 * joiners, byte order marks), odd spaces, line and paragraph separators, private use, non-characters, half pairs.
 */
const UNWANTED = /[^\P{Cc}\n]|[\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Surrogate}\ufffe\uffff]|(?! )\p{Zs}/u;
const UNWANTED_EACH = new RegExp(UNWANTED, 'gu');

/** Printable ASCII and line feeds: nearly every file, told by the cheapest test. */
const SIMPLE = /^[\n -~]*$/;

/** Whether a text, raw or unescaped, holds a character that cannot be seen for what it is. `\n` and `\t` may be. */
export function unwantedIn(text: string): string | undefined {
  if (SIMPLE.test(text)) return undefined;
  return UNWANTED.exec(text.replaceAll('\t', ' '))?.[0];
}

/** `text` for a message, on one line: what cannot be seen is named (`<U+202E>`), so that no message lies about a file. */
export function visible(text: string): string {
  const line = text.replace(/\s*\n\s*/g, ' ').trim();
  return SIMPLE.test(line) ? line : line.replace(UNWANTED_EACH, (character) => `<${nameOf(character)}>`);
}

/** Line ends as `\n`; a carriage return elsewhere stays and is a mistake. Offsets move, lines and columns do not. */
export function withLineFeeds(text: string): string {
  return text.includes('\r') ? text.replaceAll('\r\n', '\n') : text;
}

/**
 * The mistakes in the characters of `text`, and the text with each of them made a blank (a leading byte order mark is
 * cut), so that the rest can still be read at the same lines and columns.
 */
export function checkRaw(text: string): { readonly clean: string; readonly mistakes: readonly RawMistake[] } {
  if (SIMPLE.test(text)) return { clean: text, mistakes: [] };
  const marked = text.startsWith(BYTE_ORDER_MARK);
  const body = marked ? text.slice(1) : text;
  const mistakes: RawMistake[] = marked
    ? [{ code: 'IN109', offset: 0, given: 'a byte order mark', expected: 'utf-8 without one' }]
    : [];
  const clean = body.replace(UNWANTED_EACH, (character, offset: number) => {
    mistakes.push(rawMistake(character, offset));
    return ' '.repeat(character.length);
  });
  return { clean, mistakes };
}

function rawMistake(character: string, offset: number): RawMistake {
  if (character === '\t') return { code: 'IN110', offset, given: 'a tab', expected: 'spaces' };
  const given = nameOf(character);
  const half = /\p{Surrogate}/u.test(character);
  return half
    ? { code: 'IN111', offset, given: `half a surrogate pair (${given})`, expected: 'valid unicode' }
    : { code: 'IN108', offset, given, expected: 'text that can be seen' };
}

/** `U+202E`, for characters that must not be printed. */
export function nameOf(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}

/**
 * Bytes as text, or the text up to the first byte that is no UTF-8. A byte order mark is kept, for {@link checkRaw} to
 * refuse.
 */
export function decodeUtf8(bytes: Uint8Array): { readonly text: string } | { readonly before: string } {
  const text = decoded(bytes, false);
  if (text !== undefined) return { text };
  let [good, bad] = [0, bytes.length];
  while (good + 1 < bad) {
    const middle = (good + bad) >> 1;
    if (decoded(bytes.subarray(0, middle), true) === undefined) bad = middle;
    else good = middle;
  }
  return { before: decoded(bytes.subarray(0, good), true) ?? '' };
}

/** @param partial - whether the bytes may end within a character */
function decoded(bytes: Uint8Array, partial: boolean): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes, { stream: partial });
  } catch {
    return undefined;
  }
}
