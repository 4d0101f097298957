import { ProblemError } from '../../constructs/core/problem';
import { VAULT_CODES, type VaultCode } from './codes';

/** A refusal on the way to a configured Vault; the remedy is the code's own. */
export function vaultError(code: VaultCode, path: string, given: string, expected: string): ProblemError {
  return new ProblemError([{ code, path, given, expected, remedy: VAULT_CODES[code].remedy }]);
}
