/** Whether a rule matches some traffic: never, perhaps (it depends on what nobody here knows), or for certain. */
export const NEVER = 0;
export const MAYBE = 1;
export const ALWAYS = 2;
export type Match = typeof NEVER | typeof MAYBE | typeof ALWAYS;

/** As strong as its weakest part; of no parts, certain. */
export function allOf(parts: readonly Match[]): Match {
  if (parts.includes(NEVER)) return NEVER;
  return parts.includes(MAYBE) ? MAYBE : ALWAYS;
}

/** As strong as its strongest part; of no parts, never. */
export function anyOf(parts: readonly Match[]): Match {
  if (parts.includes(ALWAYS)) return ALWAYS;
  return parts.includes(MAYBE) ? MAYBE : NEVER;
}

export function not(match: Match): Match {
  return match === MAYBE ? MAYBE : match === ALWAYS ? NEVER : ALWAYS;
}
