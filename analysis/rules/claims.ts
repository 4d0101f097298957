import type { Claim } from '../../constructs/core/rule';

const SEPARATOR = '\n';

/** One claim as one string: the five fields, a line each. A field holds no line break, so no name can forge a claim. */
export function packClaim({ key, owner, object, field, value }: Claim): string {
  return `${line(key)}\n${line(owner)}\n${line(object)}\n${line(field)}\n${line(value)}`;
}

/**
 * The claims of one rule as one text. Joined and not concatenated: a concatenation keeps all its parts alive, five times
 * the memory; and a text for each claim would cost as much again in headers.
 */
export function joinClaims(packed: readonly string[]): string {
  return packed.join(SEPARATOR);
}

function line(text: string): string {
  return text !== '' && text.includes(SEPARATOR) ? text.replaceAll(SEPARATOR, '\\n') : text;
}

/** The claims of joined texts as rules read them; unpacked one at a time, so that a hundred thousand cost no memory. */
export function unpackClaims(joined: readonly string[]): Iterable<Claim> {
  return {
    *[Symbol.iterator]() {
      for (const text of joined) {
        for (let start = 0; start <= text.length; ) {
          const ends = lineEnds(text, start);
          yield claimAt(text, start, ends);
          start = ends[4] + 1;
        }
      }
    },
  };
}

type LineEnds = readonly [number, number, number, number, number];

function lineEnds(text: string, start: number): LineEnds {
  const first = lineEnd(text, start);
  const second = lineEnd(text, first + 1);
  const third = lineEnd(text, second + 1);
  const fourth = lineEnd(text, third + 1);
  return [first, second, third, fourth, lineEnd(text, fourth + 1)];
}

function lineEnd(text: string, start: number): number {
  const end = text.indexOf(SEPARATOR, start);
  return end < 0 ? text.length : end;
}

function claimAt(text: string, start: number, [first, second, third, fourth, fifth]: LineEnds): Claim {
  return {
    key: text.slice(start, first),
    owner: text.slice(first + 1, second),
    object: text.slice(second + 1, third),
    field: text.slice(third + 1, fourth),
    value: text.slice(fourth + 1, fifth),
  };
}

/** What each claim gives, as one list: the claims themselves are never in memory together. */
export function flatMapClaims<T>(claims: Iterable<Claim>, give: (claim: Claim) => readonly T[]): T[] {
  const given: T[] = [];
  for (const claim of claims) for (const each of give(claim)) given.push(each);
  return given;
}
