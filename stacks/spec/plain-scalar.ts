import type { InputCode } from './input-codes';

/** What an unquoted scalar means, or why it may not stand unquoted. */
export type PlainReading =
  | { readonly value: string | number | boolean | null }
  | { readonly code: InputCode; readonly expected: string; readonly remedy: string };

/** Words of YAML 1.1 booleans and nulls, in any capitals. */
const WORD = /^(?:y|n|yes|no|on|off|true|false|null)$/i;
const NO = /^(?:n|no|off|false)$/i;

/**
 * Whatever YAML 1.1, YAML 1.2 or go-yaml takes for a number: bases, underscores, exponents, bare points, infinities,
 * sexagesimals (`12:30:45`). Sources: yaml.org/type/{int,float}.html, YAML 1.2.2 section 10.3.2, go-yaml resolve.go.
 */
const NUMBERS: readonly RegExp[] = [
  /^[-+]?0b[01_]+$/i,
  /^[-+]?0o[0-7_]+$/i,
  /^[-+]?0x[0-9a-f_]+$/i,
  /^[-+]?[0-9][0-9_]*(?:\.[0-9_]*)?(?:e[-+]?[0-9_]+)?$/i,
  /^[-+]?\.[0-9_]+(?:e[-+]?[0-9_]+)?$/i,
  /^[-+]?\.(?:inf|nan)$/i,
  /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$/,
];

/** A number that all readers and people read alike; with {@link Number} it must also come back as the same text. */
const DECIMAL = /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?$/;

/** A day is text to us and to people; with a time of day, YAML 1.1 readers make other texts of it. */
const TIMESTAMP = /^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt]|[ \t]+)[0-9]/;

/** Reads an unquoted scalar; the empty text is null, as in `key:`. */
export function readPlain(text: string): PlainReading {
  if (text === '') return { value: null };
  if (/^[A-Za-z]/.test(text)) return text.length <= 5 && WORD.test(text) ? readWord(text) : { value: text };
  if (text === '~') return refuseWord(text, 'null');
  if (text === '=' || text === '<<') return refuseWord(text, 'text');
  if (!/^[-+.0-9]/.test(text)) return { value: text };
  if (DECIMAL.test(text) && String(Number(text)) === text) return { value: Number(text) };
  if (TIMESTAMP.test(text)) return refuse('IN117', 'text in quotes', `quote it: '${clip(text)}'`);
  return NUMBERS.some((number) => number.test(text)) ? refuseNumber(text) : { value: text };
}

function readWord(text: string): PlainReading {
  if (text === 'true') return { value: true };
  if (text === 'false') return { value: false };
  if (text === 'null') return { value: null };
  if (/^null$/i.test(text)) return refuseWord(text, 'null');
  return refuseWord(text, NO.test(text) ? 'false' : 'true');
}

function refuseWord(text: string, meant: string): PlainReading {
  if (meant === 'text') return refuse('IN116', 'text in quotes', `quote it: '${clip(text)}'`);
  return refuse('IN116', `${meant}, or text in quotes`, `write ${meant}, or quote it: '${clip(text)}'`);
}

function refuseNumber(text: string): PlainReading {
  const meant = decimalOf(text);
  const write = meant === undefined ? '' : `write ${meant}, or `;
  return refuse(
    'IN117',
    'a plain decimal number, or text in quotes',
    `${write}quote it if it is text: '${clip(text)}'`,
  );
}

/** The decimal that was probably meant; none where the notation itself is in doubt (`017`, `12:30`). */
function decimalOf(text: string): string | undefined {
  const digits = text.replaceAll('_', '').replace(/^\+/, '');
  if (/^-?0[0-9]/.test(digits) || digits.includes(':')) return undefined;
  const value = Number(digits);
  const decimal = String(value);
  return Number.isFinite(value) && DECIMAL.test(decimal) && Number.isSafeInteger(Math.trunc(value))
    ? decimal
    : undefined;
}

function refuse(code: InputCode, expected: string, remedy: string): PlainReading {
  return { code, expected, remedy };
}

/** A text as it may stand in a message: at most 60 characters. */
export function clip(text: string): string {
  return text.length <= 60 ? text : `${text.slice(0, 57)}...`;
}
