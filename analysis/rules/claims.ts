import type { Claim } from '../../constructs/core/rule';

const SEPARATOR = '\n';

/**
 * The claims of one rule as one text: five fields each, a line a field. A field holds no line break, so no name can forge a
 * claim. Joined and not concatenated: a concatenation keeps all its parts alive, five times the memory; and a text for each
 * claim would cost as much again in headers.
 */
export function packClaims(claims: readonly Claim[]): string {
  if (claims.length === 0) return '';
  const fields: string[] = [];
  for (const { key, owner, object, field, value } of claims) fields.push(key, owner, object, field, value);
  const packed = fields.join(SEPARATOR);
  // one look at the whole text tells whether any field holds a line break
  return lineBreaks(packed) === fields.length - 1 ? packed : fields.map(line).join(SEPARATOR);
}

function lineBreaks(text: string): number {
  let count = 0;
  for (let at = text.indexOf(SEPARATOR); at >= 0; at = text.indexOf(SEPARATOR, at + 1)) count += 1;
  return count;
}

function line(text: string): string {
  return text.replaceAll(SEPARATOR, '\\n');
}

/** The claims of joined texts as rules read them; unpacked one at a time, so that a hundred thousand cost no memory. */
export function unpackClaims(joined: readonly string[]): Iterable<Claim> {
  return { [Symbol.iterator]: () => new Unpacked(joined) };
}

/** By hand, because a generator takes twice as long. */
class Unpacked implements Iterator<Claim> {
  private text = 0;
  private start = 0;

  constructor(private readonly joined: readonly string[]) {}

  next(): IteratorResult<Claim> {
    let text = this.joined[this.text];
    if (text !== undefined && this.start > text.length) {
      this.text += 1;
      this.start = 0;
      text = this.joined[this.text];
    }
    return text === undefined ? { done: true, value: undefined } : { done: false, value: this.claim(text) };
  }

  private claim(text: string): Claim {
    const key = this.line(text);
    const owner = this.line(text);
    const object = this.line(text);
    const field = this.line(text);
    return { key, owner, object, field, value: this.line(text) };
  }

  private line(text: string): string {
    const found = text.indexOf(SEPARATOR, this.start);
    const end = found < 0 ? text.length : found;
    const line = end === this.start ? '' : text.slice(this.start, end);
    this.start = end + 1;
    return line;
  }
}

/** What each claim gives, as one list: the claims themselves are never in memory together. */
export function flatMapClaims<T>(claims: Iterable<Claim>, give: (claim: Claim) => readonly T[]): T[] {
  const given: T[] = [];
  for (const claim of claims) for (const each of give(claim)) given.push(each);
  return given;
}

/** The keys of the claims with a value. */
export function keysOf(claims: Iterable<Claim>, wanted: string): ReadonlySet<string> {
  const keys = new Set<string>();
  for (const { key, value } of claims) if (value === wanted) keys.add(key);
  return keys;
}

/** Each claim once, the first of its equals. */
export function withoutRepeats(claims: readonly Claim[]): readonly Claim[] {
  const seen = new Set<string>();
  return claims.filter(({ key, owner, object, field, value }) => {
    const before = seen.size;
    seen.add(`${key}\n${owner}\n${object}\n${field}\n${value}`);
    return seen.size > before;
  });
}

/** Claims that name no object, each once; those that name one are for the report, and stay. */
export function namelessOnce(claims: readonly Claim[]): readonly Claim[] {
  const seen = new Set<string>();
  return claims.filter(({ key, owner, object, field, value }) => {
    if (object !== '') return true;
    const before = seen.size;
    seen.add(`${key}\n${owner}\n${field}\n${value}`);
    return seen.size > before;
  });
}
