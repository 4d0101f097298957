import type { Claim } from '../../constructs/core/rule';

const SEPARATOR = '\n';

/** One claim as one string: the five fields, a line each. */
export function packClaim(claim: Claim): string {
  const { key, owner, object, field, value } = claim;
  return `${line(key)}\n${line(owner)}\n${line(object)}\n${line(field)}\n${line(value)}`;
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
  const [key = '', owner = '', object = '', field = '', value = ''] = text.split(SEPARATOR);
  return { key, owner, object, field, value };
}

/** A field can hold no line break: hostile names must not forge a claim. */
function line(field: string): string {
  return field.includes(SEPARATOR) ? field.replaceAll(SEPARATOR, '\\n') : field;
}
