import { randomBytes } from 'node:crypto';

/** How a person might write a secret down. */
export const FORMS = {
  plain: (secret: string) => secret,
  base64: (secret: string) => Buffer.from(secret).toString('base64'),
  base64url: (secret: string) => Buffer.from(secret).toString('base64url'),
  url: (secret: string) => [...Buffer.from(secret)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join(''),
  hex: (secret: string) => Buffer.from(secret).toString('hex'),
} as const;

export type Form = keyof typeof FORMS;

/** A secret that exists for one test: it is made when the test runs, and looks like the token of a Vault. */
export interface Canary {
  /** Where it was put, and in which form. */
  readonly at: string;
  readonly secret: string;
  /** What was put there. */
  readonly text: string;
}

/** A new secret, to be put somewhere. */
export function canary(place: string, form: Form = 'plain'): Canary {
  const secret = `hvs.${randomBytes(18).toString('hex')}`;
  return { at: `${place} (${form})`, secret, text: FORMS[form](secret) };
}

/** The part of a secret that tells it from all others; 16 bytes of it in any form are too much. */
const TELLING = 16;

/**
 * Places of a text or file where a secret shows, in any form: as it is, in either base64 at any of the three alignments, in
 * hex of either case, percent-encoded, or backwards.
 */
export function hits(haystack: Buffer | string, { at, secret }: Canary): readonly string[] {
  const bytes = typeof haystack === 'string' ? Buffer.from(haystack) : haystack;
  return needles(secret)
    .filter(([, needle]) => bytes.includes(needle))
    .map(([form]) => `${at}: found as ${form}`);
}

function needles(secret: string): readonly (readonly [string, string])[] {
  const tail = secret.slice(-TELLING);
  const hex = FORMS.hex(tail);
  return [
    ['plain', tail],
    ['reversed', [...tail].reverse().join('')],
    ['hex', hex],
    ['HEX', hex.toUpperCase()],
    ['url', FORMS.url(tail)],
    ['URL', FORMS.url(tail).toUpperCase()],
    ...[0, 1, 2].map((shift): [string, string] => [`base64 at ${shift}`, aligned(secret, shift)]),
  ];
}

/** The part of a text's base64 that does not depend on what stands before or after it. */
function aligned(secret: string, shift: number): string {
  const whole = Buffer.from(`${'x'.repeat(shift)}${secret}`).toString('base64');
  return whole.replace(/=+$/, '').slice(8, -4);
}
