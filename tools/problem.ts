import { type Problem, ProblemError } from '../constructs/core/problem';
import { TOOL_CODES, type ToolCode } from './codes';

/** A refusal of the builder; the remedy is the code's own. */
export function toolProblem(code: ToolCode, path: string, given: string, expected: string): Problem {
  return { code, path, given, expected, remedy: TOOL_CODES[code].remedy };
}

/** As {@link toolProblem}, to be thrown. */
export function toolError(code: ToolCode, path: string, given: string, expected: string): ProblemError {
  return new ProblemError([toolProblem(code, path, given, expected)]);
}
