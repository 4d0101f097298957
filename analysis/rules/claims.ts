import { isList } from '../../constructs/core/json';
import type { Claim } from '../../constructs/core/rule';

const FIELDS = 5;

/**
 * The claims of one rule as one text: a list in JSON, five fields each, because the engine reads and writes that faster than
 * anything written here, and because a text for each claim would cost as much again in headers. No field holds a line break,
 * so that whatever is shown of it stays on its line.
 */
export function packClaims(claims: readonly Claim[]): string {
  if (claims.length === 0) return '';
  const fields: string[] = [];
  for (const { key, owner, object, field, value } of claims) fields.push(key, owner, object, field, value);
  const packed = JSON.stringify(fields);
  // one look at the whole text tells whether any field may hold a line break
  return packed.includes('\\n') ? JSON.stringify(fields.map(line)) : packed;
}

function line(text: string): string {
  return text.replaceAll('\n', '\\n');
}

/** The claims of packed texts as rules read them; unpacked text by text, so that a hundred thousand cost no memory. */
export function unpackClaims(packed: readonly string[]): Iterable<Claim> {
  return { [Symbol.iterator]: () => new Unpacked(packed) };
}

/** By hand, because a generator takes twice as long. */
class Unpacked implements Iterator<Claim> {
  private text = 0;
  private fields: readonly unknown[] = [];
  private at = 0;

  constructor(private readonly packed: readonly string[]) {}

  next(): IteratorResult<Claim> {
    while (this.at >= this.fields.length) {
      const packed = this.packed[this.text];
      if (packed === undefined) return { done: true, value: undefined };
      const fields: unknown = JSON.parse(packed);
      this.fields = isList(fields) ? fields : [];
      this.at = 0;
      this.text += 1;
    }
    const { fields, at } = this;
    this.at += FIELDS;
    const claim = {
      key: textOf(fields[at]),
      owner: textOf(fields[at + 1]),
      object: textOf(fields[at + 2]),
      field: textOf(fields[at + 3]),
      value: textOf(fields[at + 4]),
    };
    return { done: false, value: claim };
  }
}

function textOf(field: unknown): string {
  return typeof field === 'string' ? field : '';
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
