import type { Claim } from '../../constructs/core/rule';

const SEPARATOR = '\n';

/** One claim as one string: the five fields, a line each. */
export function packClaim({ key, owner, object, field, value }: Claim): string {
  const packed = `${key}\n${owner}\n${object}\n${field}\n${value}`;
  if (countBreaks(packed) === 4) return packed;
  // a field can hold no line break: hostile names must not forge a claim
  return [key, owner, object, field, value].map((text) => text.replaceAll(SEPARATOR, '\\n')).join(SEPARATOR);
}

/** The claims as rules read them; unpacked one at a time, so that a hundred thousand cost no memory. */
export function unpackClaims(packed: readonly string[]): Iterable<Claim> {
  return {
    *[Symbol.iterator]() {
      for (const text of packed) yield unpackClaim(text);
    },
  };
}

function unpackClaim(text: string): Claim {
  const first = text.indexOf(SEPARATOR);
  const second = text.indexOf(SEPARATOR, first + 1);
  const third = text.indexOf(SEPARATOR, second + 1);
  const fourth = text.indexOf(SEPARATOR, third + 1);
  return {
    key: text.slice(0, first),
    owner: text.slice(first + 1, second),
    object: text.slice(second + 1, third),
    field: text.slice(third + 1, fourth),
    value: text.slice(fourth + 1),
  };
}

function countBreaks(text: string): number {
  let breaks = 0;
  for (let at = text.indexOf(SEPARATOR); at >= 0; at = text.indexOf(SEPARATOR, at + 1)) breaks++;
  return breaks;
}
