import { type Problem, ProblemError, show } from '../../constructs/core/problem';
import { SINK_CODES, type SinkCode } from './codes';

/** A sink's refusal; the remedy is the code's own where none is named. */
export function sinkProblem(code: SinkCode, path: string, given: string, expected: string, remedy?: string): Problem {
  return { code, path, given, expected, remedy: remedy ?? SINK_CODES[code].remedy };
}

/** As {@link sinkProblem}, thrown: for sinks that cannot go on. `given` is shown as the value it is. */
export function refusal(code: SinkCode, path: string, given: unknown, expected: string, remedy?: string): ProblemError {
  return new ProblemError([sinkProblem(code, path, show(given), expected, remedy)]);
}
