import { type Problem, ProblemError } from '../../constructs/core/problem';
import { LIVE_CODES, type LiveCode } from './codes';

/** A mistake met at a live cluster; the remedy is the code's own where none is named. */
export function liveProblem(code: LiveCode, path: string, given: string, expected: string, remedy?: string): Problem {
  return { code, path, given, expected, remedy: remedy ?? LIVE_CODES[code].remedy };
}

/** As {@link liveProblem}, thrown. */
export function liveRefusal(
  code: LiveCode,
  path: string,
  given: string,
  expected: string,
  remedy?: string,
): ProblemError {
  return new ProblemError([liveProblem(code, path, given, expected, remedy)]);
}
