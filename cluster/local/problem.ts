import { ProblemError } from '../../constructs/core/problem';
import { LOCAL_CODES, type LocalCode } from './codes';

/** A refusal of the local control plane; the remedy is the code's own. */
export function localError(code: LocalCode, path: string, given: string, expected: string): ProblemError {
  return new ProblemError([{ code, path, given, expected, remedy: LOCAL_CODES[code].remedy }]);
}
