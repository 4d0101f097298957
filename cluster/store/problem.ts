import { ProblemError } from '../../constructs/core/problem';
import { STORE_CODES, type StoreCode } from './codes';

/** A refusal on the way to a store that is sealed with one version of its key; the remedy is the code's own. */
export function storeError(code: StoreCode, path: string, given: string, expected: string): ProblemError {
  return new ProblemError([{ code, path, given, expected, remedy: STORE_CODES[code].remedy }]);
}
