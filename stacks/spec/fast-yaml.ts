import { readPlain } from './plain-scalar';
import { unwantedIn } from './raw-text';

/**
 * Reads the plain part of YAML that tenant files are written in, some twenty times as fast as a full parser: block
 * mappings and lists, one-line flow collections, one-line scalars, comments. It never guesses: whatever it is not sure
 * of, right or wrong, makes it give up, and then the strict reader decides and explains.
 *
 * @param text with `\n` line ends, without tabs, control or invisible characters
 * @returns the value, or undefined where the strict reader must look
 */
export function readFast(text: string): { readonly value: unknown } | undefined {
  try {
    const scan: Scan = { text, indent: 0, at: 0, end: text.startsWith('---\n') ? 3 : -1 };
    nextLine(scan);
    const value = block(scan, scan.indent, 1);
    return scan.indent === NO_LINE ? { value } : undefined;
  } catch (error) {
    if (error !== UNSURE) throw error;
    return undefined;
  }
}

/** Thrown to give up. */
const UNSURE = new Error('left to the strict reader');

/** The line that is being read: its indent, and what is left of its content, `text[at..end)`. */
interface Scan {
  readonly text: string;
  indent: number;
  at: number;
  end: number;
}

const NO_LINE = -1;
const MAX_FAST_DEPTH = 16;
const [SPACE, HASH, DASH, COLON, COMMA] = [0x20, 0x23, 0x2d, 0x3a, 0x2c];
const [OPEN_LIST, CLOSE_LIST, OPEN_MAP, CLOSE_MAP] = [0x5b, 0x5d, 0x7b, 0x7d];
const [DOUBLE_QUOTE, SINGLE_QUOTE] = [0x22, 0x27];

/** Moves to the next line with content, past blank lines and comments. */
function nextLine(scan: Scan): void {
  const { text } = scan;
  let lineEnd = scan.end < 0 ? -1 : text.indexOf('\n', scan.end);
  while (lineEnd >= 0 || scan.end < 0) {
    const start = lineEnd + 1;
    lineEnd = text.indexOf('\n', start);
    scan.end = lineEnd < 0 ? text.length : lineEnd;
    scan.at = start;
    skipSpaces(scan);
    if (scan.at === scan.end || text.charCodeAt(scan.at) === HASH) continue;
    scan.indent = scan.at - start;
    while (text.charCodeAt(scan.end - 1) === SPACE) scan.end -= 1;
    return;
  }
  scan.indent = NO_LINE;
}

function skipSpaces(scan: Scan): void {
  while (scan.at < scan.end && scan.text.charCodeAt(scan.at) === SPACE) scan.at += 1;
}

function codeAt(scan: Scan, at: number): number {
  return at < scan.end ? scan.text.charCodeAt(at) : -1;
}

function block(scan: Scan, indent: number, depth: number): unknown {
  if (depth > MAX_FAST_DEPTH || indent === NO_LINE) throw UNSURE;
  return atItem(scan) ? list(scan, indent, depth) : mapping(scan, indent, depth);
}

function atItem(scan: Scan): boolean {
  return codeAt(scan, scan.at) === DASH && codeAt(scan, scan.at + 1) === SPACE;
}

function mapping(scan: Scan, indent: number, depth: number): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  while (scan.indent === indent) {
    const colon = keyEnd(scan);
    if (colon < 0) throw UNSURE;
    const key = scan.text.slice(scan.at, colon);
    scan.at = colon + 1;
    setKey(result, key, mapped(scan, indent, depth));
  }
  if (scan.indent > indent) throw UNSURE;
  return result;
}

/** What follows a `key:`, on its line or below: a deeper block, a list at the same indent, or null. */
function mapped(scan: Scan, indent: number, depth: number): unknown {
  skipSpaces(scan);
  const first = codeAt(scan, scan.at);
  if (first !== -1 && first !== HASH) return oneLine(scan, depth);
  nextLine(scan);
  if (scan.indent > indent) return block(scan, scan.indent, depth + 1);
  return scan.indent === indent && atItem(scan) ? list(scan, indent, depth + 1) : null;
}

function list(scan: Scan, indent: number, depth: number): unknown[] {
  const result: unknown[] = [];
  while (scan.indent === indent && atItem(scan)) {
    const dash = scan.at;
    scan.at += 1;
    skipSpaces(scan);
    const first = codeAt(scan, scan.at);
    if (first === DASH || first === HASH) throw UNSURE;
    if (keyEnd(scan) < 0) result.push(oneLine(scan, depth));
    else {
      scan.indent = indent + scan.at - dash;
      result.push(mapping(scan, scan.indent, depth + 1));
    }
  }
  if (scan.indent > indent) throw UNSURE;
  return result;
}

const KEY_CODES = new Uint8Array(128);
for (const character of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_') KEY_CODES[character.charCodeAt(0)] = 2;
for (const character of '0123456789./-') KEY_CODES[character.charCodeAt(0)] = 1;

function isKeyCode(code: number): boolean {
  const kind = KEY_CODES[code];
  return kind !== undefined && kind > 0;
}

/** Where the colon of `key: value` or `key:` stands, or -1 where no plain key starts here. */
function keyEnd(scan: Scan): number {
  let at = scan.at;
  if (KEY_CODES[codeAt(scan, at)] !== 2) return -1;
  while (isKeyCode(codeAt(scan, at))) at += 1;
  if (codeAt(scan, at) !== COLON) return -1;
  const after = codeAt(scan, at + 1);
  return after === SPACE || after === -1 ? at : -1;
}

/** Gives up also on names that every object inherits (`constructor`, `__proto__`): the strict reader refuses those. */
function setKey(object: Record<string, unknown>, key: string, value: unknown): void {
  if (object[key] !== undefined || key.length > MAX_REMEMBERED_LENGTH || plain(key) !== key) throw UNSURE;
  object[key] = value;
}

/** A value that begins and ends on its line, with or without a comment after it. */
function oneLine(scan: Scan, depth: number): unknown {
  const first = codeAt(scan, scan.at);
  const bracketed = first === OPEN_LIST || first === OPEN_MAP || first === DOUBLE_QUOTE || first === SINGLE_QUOTE;
  const value = bracketed ? flow(scan, depth) : plainLine(scan);
  const end = scan.at;
  skipSpaces(scan);
  if (scan.at < scan.end && (scan.at === end || codeAt(scan, scan.at) !== HASH)) throw UNSURE;
  nextLine(scan);
  return value;
}

/** Outside of brackets a plain scalar ends at ` #` or with the line. */
function plainLine(scan: Scan): unknown {
  const line = scan.text.slice(scan.at, scan.end);
  const comment = line.indexOf(' #');
  const text = comment < 0 ? line : line.slice(0, comment).trimEnd();
  scan.at += text.length;
  return plain(text);
}

function flow(scan: Scan, depth: number): unknown {
  if (depth > MAX_FAST_DEPTH) throw UNSURE;
  switch (codeAt(scan, scan.at)) {
    case OPEN_LIST:
      return flowList(scan, depth);
    case OPEN_MAP:
      return flowMapping(scan, depth);
    case DOUBLE_QUOTE:
      return flowQuoted(scan, '"');
    case SINGLE_QUOTE:
      return flowQuoted(scan, "'");
    default:
      return flowPlain(scan);
  }
}

function flowList(scan: Scan, depth: number): unknown[] {
  const result: unknown[] = [];
  flowEntries(scan, CLOSE_LIST, () => result.push(flow(scan, depth + 1)));
  return result;
}

function flowMapping(scan: Scan, depth: number): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  flowEntries(scan, CLOSE_MAP, () => {
    const colon = keyEnd(scan);
    if (colon < 0) throw UNSURE;
    const key = scan.text.slice(scan.at, colon);
    scan.at = colon + 1;
    skipSpaces(scan);
    setKey(result, key, flow(scan, depth + 1));
  });
  return result;
}

/** Entries parted by commas up to the closing bracket; a trailing comma is left to the strict reader. */
function flowEntries(scan: Scan, close: number, entry: () => void): void {
  scan.at += 1;
  skipSpaces(scan);
  for (let first = true; codeAt(scan, scan.at) !== close || !first; first = false) {
    entry();
    skipSpaces(scan);
    if (codeAt(scan, scan.at) === close) break;
    if (codeAt(scan, scan.at) !== COMMA) throw UNSURE;
    scan.at += 1;
    skipSpaces(scan);
  }
  scan.at += 1;
}

function flowQuoted(scan: Scan, quote: string): string {
  const { text, at, end } = scan;
  let close = text.indexOf(quote, at + 1);
  // A quote after an odd number of backslashes is a part of the text; JSON.parse decides what the escapes mean.
  while (quote === '"' && close < end && isEscaped(text, close)) close = text.indexOf(quote, close + 1);
  if (close < 0 || close >= end || text[close + 1] === quote) throw UNSURE;
  scan.at = close + 1;
  const inner = text.slice(at + 1, close);
  return quote === '"' && inner.includes('\\') ? unescaped(`"${inner}"`) : inner;
}

function isEscaped(text: string, at: number): boolean {
  let backslashes = 0;
  while (text[at - 1 - backslashes] === '\\') backslashes += 1;
  return backslashes % 2 === 1;
}

/** Every escape of JSON means the same in YAML; YAML's other ones, and what they may not spell, are for the strict reader. */
function unescaped(json: string): string {
  if (!/^(?:[^\\]|\\["\\/bfnrt]|\\u[0-9a-fA-F]{4})*$/.test(json)) throw UNSURE;
  const value: unknown = JSON.parse(json);
  if (typeof value !== 'string' || unwantedIn(value) !== undefined) throw UNSURE;
  return value;
}

/** Inside brackets a plain scalar ends at a comma or a closing bracket; colons and quotes are left to the strict reader. */
function flowPlain(scan: Scan): unknown {
  const { text, at: start, end } = scan;
  let at = start;
  while (at < end) {
    const code = text.charCodeAt(at);
    if (code === COMMA || code === CLOSE_LIST || code === CLOSE_MAP) break;
    if (code === HASH || code === DOUBLE_QUOTE || code === SINGLE_QUOTE || code === OPEN_LIST || code === OPEN_MAP)
      throw UNSURE;
    if (code === COLON && !isKeyCode(codeAt(scan, at + 1))) throw UNSURE;
    at += 1;
  }
  scan.at = at;
  return plain(text.slice(start, at).trimEnd());
}

/** One-line plain text that starts with a letter, digit, `/`, `_`, `.` or a minus sign before a digit. */
const PLAIN = /^(?:[\w/.]|-[0-9])(?:[^\s:#]|:(?=\S)| (?=\S)(?!#)|(?<=\S)#)*$/;

/** Files of one platform share most of their keys and values: each text is judged once. Bounded against floods. */
const READ = new Map<string, unknown>();
const MAX_REMEMBERED = 4096;
const MAX_REMEMBERED_LENGTH = 128;

function plain(text: string): unknown {
  const known = READ.get(text);
  if (known !== undefined) return known;
  if (!PLAIN.test(text)) throw UNSURE;
  const reading = readPlain(text);
  if (!('value' in reading)) throw UNSURE;
  if (READ.size >= MAX_REMEMBERED) READ.clear();
  if (text.length <= MAX_REMEMBERED_LENGTH) READ.set(text, reading.value);
  return reading.value;
}
