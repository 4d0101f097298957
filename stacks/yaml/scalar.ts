/**
 * How a string is written so that every YAML reader gives it back unchanged: `yaml` in the 1.1 and the 1.2 schema,
 * go-yaml (the API server, kubectl), PyYAML and ruamel. Where two of them disagree the string is quoted.
 */

/**
 * Text that no reader takes for anything but itself: it starts with a letter (or a harmless sign), stays in printable
 * ASCII, and has no `: `, no ` #` and no blank or colon at its end. Numbers that carry a unit (`512Gi`, `10m`,
 * `10.0.0.0/8`) count as text once they hold a character that no notation of numbers or dates has.
 */
const PLAIN = /^(?:[A-Za-z_/$(^\\]|--[a-z]|[0-9][0-9.]*[G-NP-SU-WYg-np-suwy/])(?:[!-9;-~]|:(?! |$)| (?!#|$))*$/;

/** What YAML 1.1 readers take for a boolean or null in any capitals; and `e1`, a float to `yaml` 2.9.1 in the 1.1 schema. */
const WORD = /^(?:y|n|yes|no|on|off|true|false|null|e[-+]?[0-9]+)$/i;

const BLANK_START = /^[\n\t ]/;

/** A blank at the very end, or on the last line that has anything, is read differently from reader to reader. */
const BLANK_END = /[\t ]\n*$/;

/** Controls, formats (bidirectional marks, joiners, BOM), odd spaces and non-characters: written as escapes. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\ufffe\uffff]|(?! )\p{Zs}/gu;

/** The same, except what a literal block may hold. */
const UNSEEN_IN_BLOCK = /[^\P{Cc}\n\t]|[\p{Cf}\p{Zl}\p{Zp}\p{Co}\ufffe\uffff]|(?! )\p{Zs}/u;

/** Whether `text` may stand without quotes, as a key or as a value in block context. */
export function isPlain(text: string): boolean {
  return PLAIN.test(text) && !WORD.test(text);
}

/**
 * Whether `text` may be written as a literal block (`|`). Texts that start with a blank or a line break would need an
 * indentation indicator, which readers treat differently; they are quoted.
 */
export function isLiteral(text: string): boolean {
  return text.includes('\n') && !BLANK_START.test(text) && !BLANK_END.test(text) && !UNSEEN_IN_BLOCK.test(text);
}

/** `text` as a quoted scalar on one line, never holding a raw control or format character. */
export function quoted(text: string): string {
  if (text.includes('"') && !text.includes("'") && /^[ -~]*$/.test(text)) return `'${text}'`;
  return JSON.stringify(text).replace(UNSEEN, escapeOf);
}

/** `text` as a literal block whose lines start with `indent`; ends with a line break. */
export function literal(text: string, indent: string): string {
  const body = text.endsWith('\n') ? text.slice(0, -1) : text;
  const chomp = body === text ? '-' : body.endsWith('\n') ? '+' : '';
  return `|${chomp}\n${body.replace(/^(?=.)/gm, indent)}\n`;
}

/**
 * A number as all readers take it: 1.1 readers want a point before an exponent (`1.0e+21`).
 * The caller has refused NaN and the infinities.
 */
export function numberText(value: number): string {
  if (Object.is(value, -0)) return '-0';
  const text = String(value);
  const exponent = text.indexOf('e');
  if (exponent < 0 || text.includes('.')) return text;
  return `${text.slice(0, exponent)}.0${text.slice(exponent)}`;
}

function escapeOf(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return code > 0xffff
    ? `\\U${code.toString(16).padStart(8, '0').toUpperCase()}`
    : `\\u${code.toString(16).padStart(4, '0')}`;
}

/** Whether `text` is valid Unicode: no half of a surrogate pair stands alone. */
export function isWellFormed(text: string): boolean {
  return !HALF_PAIR.test(text);
}

const HALF_PAIR = /\p{Surrogate}/u;
