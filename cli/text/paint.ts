import * as colours from 'picocolors';

/** Colours by meaning; without colour each is the text itself. */
export interface Paint {
  /** Whether there is colour at all. */
  readonly colour: boolean;
  readonly bold: (text: string) => string;
  readonly faint: (text: string) => string;
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly warn: (text: string) => string;
  readonly note: (text: string) => string;
}

/** The colours of a stream that takes them, or plain text. */
export function paintFor(colour: boolean): Paint {
  const { bold, dim, green, red, yellow, cyan } = colours.createColors(colour);
  return { colour, bold, faint: dim, good: green, bad: red, warn: yellow, note: cyan };
}

/** Text without any colour. */
export const PLAIN: Paint = paintFor(false);
