/** Texts of `Warning` headers (RFC 7234, section 5.5): code, agent, and the text in quotes. What is not of that form is kept as it is. */
export function warningsIn(headers: readonly string[]): readonly string[] {
  return headers.flatMap((header) => {
    const texts = [...header.matchAll(/\d{3} \S+ "((?:[^"\\]|\\.)*)"/g)].map(([, text = '']) =>
      text.replace(/\\(.)/g, '$1'),
    );
    return texts.length === 0 ? [header] : texts;
  });
}
