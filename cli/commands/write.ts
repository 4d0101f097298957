import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { ProblemError } from '../../constructs/core/problem';
import { COMMAND_CODES } from '../../stacks/spec/command-codes';
import { errorCode } from '../host';

/** Runs what writes `file`, with its folder made. Throws a `ProblemError` where the file system refuses. */
export function writeOrThrow(file: string, write: () => void): void {
  try {
    mkdirSync(dirname(file), { recursive: true });
    write();
  } catch (error) {
    if (error instanceof ProblemError) throw error;
    const { remedy } = COMMAND_CODES.CLI008;
    throw new ProblemError([
      {
        code: 'CLI008',
        path: file,
        given: errorCode(error) ?? String(error),
        expected: 'a file that can be written',
        remedy,
      },
    ]);
  }
}
