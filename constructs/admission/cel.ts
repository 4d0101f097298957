/** A CEL string literal of `text`, whatever stands in it. */
export function quote(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

/** A CEL list literal of strings. */
export function list(texts: readonly string[]): string {
  return `[${texts.map(quote).join(', ')}]`;
}

/** A CEL map literal from strings to strings. */
export function map(entries: Readonly<Record<string, string>>): string {
  return `{${Object.entries(entries)
    .map(([key, value]) => `${quote(key)}: ${quote(value)}`)
    .join(', ')}}`;
}

/**
 * A CEL expression that yields a sentence: the text with each `{expression}` replaced by its value, which must be a
 * string.
 *
 * @example
 * sentence('image {c.image}'); // 'image ' + c.image
 */
export function sentence(text: string): string {
  const parts = text.split(/\{([^}]*)\}/);
  const terms = parts.flatMap((part, index) => {
    if (index % 2 === 1) return [/^[\w.]+$/.test(part) ? part : `(${part})`];
    return part === '' ? [] : [quote(part)];
  });
  return terms.length === 0 ? "''" : terms.join(' + ');
}

/** The text without its expressions, for a message that must stand without evaluation: `{params.spec.pool}` is `pool`. */
export function plain(text: string): string {
  return text.replace(
    /\{([^}]*)\}/g,
    (_, expression: string) => `<${(/(\w+)[^\w]*$/.exec(expression) ?? [])[1] ?? '…'}>`,
  );
}
