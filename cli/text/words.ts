/** `1 tenant`, `3 tenants`, `2 policies`. */
export function count(number: number, noun: string): string {
  if (number === 1) return `1 ${noun}`;
  return `${number} ${noun.endsWith('y') && !/[aeiou]y$/.test(noun) ? `${noun.slice(0, -1)}ies` : `${noun}s`}`;
}

/** `a`, `a and b`, `a, b and c`. */
export function list(words: readonly string[]): string {
  if (words.length <= 1) return words[0] ?? '';
  return `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}

/** Rows as columns of equal width, two blanks apart; nothing is cut and no line ends in blanks. */
export function columns(rows: readonly (readonly string[])[], indent = ''): string {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [i, cell] of row.entries()) widths[i] = Math.max(widths[i] ?? 0, cell.length);
  }
  return rows
    .map((row) =>
      `${indent}${row.map((cell, i) => (i === row.length - 1 ? cell : cell.padEnd(widths[i] ?? 0))).join('  ')}`.trimEnd(),
    )
    .join('\n');
}

/** Indents every line that is not empty. */
export function indented(text: string, by: string): string {
  return text.replace(/^(?=.)/gm, by);
}

/** The lines that are there, with a line feed after each. */
export function lines(...parts: readonly (string | undefined | false)[]): string {
  return parts
    .filter((part) => typeof part === 'string')
    .map((part) => `${part}\n`)
    .join('');
}

/** A path as a person in `cwd` would write it: relative where it does not leave the folder. */
export function shortest(path: string, cwd: string): string {
  return path.startsWith(`${cwd}/`) ? path.slice(cwd.length + 1) : path;
}

/** Text of a document as it may be shown: it cannot start a line of its own, steer the terminal or turn its neighbours around. */
export function oneLine(text: string): string {
  return text.replace(UNSEEN, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return `<U+${code.toString(16).toUpperCase().padStart(4, '0')}>`;
  });
}

const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;
