import { isRecord } from './json';
import { hideSecrets } from './secret-text';

/** Where a mistake stands in a file a person wrote; lines and columns count from 1. */
export interface Place {
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
}

/** One mistake, said so that the reader can mend it without asking. All texts are lower case, without a full stop. */
export interface Problem {
  /** Stable id; `drun explain <code>` says more. */
  readonly code: string;
  /** Where in the thing: a field path (`quota.cpu`), a construct path or an object (`NetworkPolicy a/b`). */
  readonly path: string;
  readonly given: string;
  readonly expected: string;
  readonly remedy: string;
  readonly place?: Place;
}

/** `CODE file:line:col path: given X, expected Y; remedy`. */
export function formatProblem(problem: Problem): string {
  const { code, path, given, expected, remedy } = withoutSecrets(problem);
  const at = problem.place === undefined ? '' : `${formatPlace(problem.place)} `;
  return `${code} ${at}${path}: given ${given}, expected ${expected}; ${remedy}`;
}

/** Whether a value is one; for whoever writes whole documents out. */
export function isProblem(value: unknown): value is Problem {
  if (!isRecord(value)) return false;
  return [value.code, value.path, value.given, value.expected, value.remedy].every((text) => typeof text === 'string');
}

/** The problem as it may be shown: what looks like a secret is hidden in all of its texts. */
export function withoutSecrets(problem: Problem): Problem {
  const { path, given, expected, remedy } = problem;
  return {
    ...problem,
    path: hideSecrets(path),
    given: hideSecrets(given),
    expected: hideSecrets(expected),
    remedy: hideSecrets(remedy),
  };
}

/** `file:line:column`, as far as it is known. */
export function formatPlace(place: Place): string {
  const line = place.line === undefined ? '' : `:${place.line}`;
  return `${place.file}${line}${place.line === undefined || place.column === undefined ? '' : `:${place.column}`}`;
}

/** Carries every mistake found, never just the first; caught at the CLI's edge only. */
export class ProblemError extends Error {
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super(problems.map(formatProblem).join('\n'));
    this.name = 'ProblemError';
    this.problems = problems;
  }
}

/** Shows a value in a message: quoted, on one line, shortened, and never with control characters. */
export function show(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = typeof value === 'bigint' ? String(value) : (JSON.stringify(value) ?? typeof value);
  return visible(text.length <= 80 ? text : `${text.slice(0, 77)}...`);
}

/** Names characters that a terminal would not show, or would use to show something else. */
function visible(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return `<U+${code.toString(16).toUpperCase().padStart(4, '0')}>`;
  });
}
