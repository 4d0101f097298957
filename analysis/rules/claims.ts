import type { Claim } from '../../constructs/core/rule';

const SEPARATOR = '\n';

/** One claim as one string: the five fields, a line each. A field holds no line break, so no name can forge a claim. */
export function packClaim({ key, owner, object, field, value }: Claim): string {
  // joined and not concatenated: a concatenation keeps all its parts alive, five times the memory
  return [line(key), line(owner), line(object), line(field), line(value)].join(SEPARATOR);
}

function line(text: string): string {
  return text !== '' && text.includes(SEPARATOR) ? text.replaceAll(SEPARATOR, '\\n') : text;
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
