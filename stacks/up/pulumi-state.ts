import { execFile } from 'node:child_process';
import { isRecord, type JsonObject, valueAt } from '../../constructs/core/json';
import { refusal } from '../sinks/problem';
import { PACKAGE_ROOT } from '../synth/fingerprint';
import { isOnPath } from './on-path';

/** The state of a stack as a document that can be taken out and put back. */
export interface StackDocument {
  /** The field `deployment` of `pulumi stack export`. */
  readonly deployment: JsonObject;
  /** Puts a deployment in the place of the one that was exported, under the same version of the format. */
  replace(deployment: JsonObject): Promise<void>;
}

/** A state of a thousand resources has a few megabytes. */
const LARGEST = 1 << 30;

/**
 * Exports the state of a stack. The program itself is called and not the Automation API, which would decrypt the secrets of
 * the state and write them to a file on the way back. Throws a `ProblemError` without a `pulumi` on the PATH (PL122), or
 * without an answer (PL126).
 */
export async function exportedStack(stack: string, workDir: string = PACKAGE_ROOT): Promise<StackDocument> {
  const path = process.env.PATH ?? '';
  if (!isOnPath('pulumi', path)) throw refusal('PL122', 'PATH', path, 'a folder with the pulumi program');
  const document = parsed(stack, await pulumi(stack, ['stack', 'export', '--stack', stack], workDir));
  const deployment = valueAt(document, 'deployment');
  if (!isJson(deployment)) throw refusal('PL126', stack, 'a document without a deployment', 'an export of the state');
  return {
    deployment,
    replace: async (next) => {
      await pulumi(
        stack,
        ['stack', 'import', '--stack', stack],
        workDir,
        JSON.stringify({ ...document, deployment: next }),
      );
    },
  };
}

function pulumi(stack: string, args: readonly string[], cwd: string, input?: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = execFile('pulumi', [...args, '--non-interactive'], { cwd, maxBuffer: LARGEST }, (error, out, err) => {
      if (error === null) resolve(out);
      else reject(refusal('PL126', stack, telling(err) ?? error.message, 'an answer of the backend'));
    });
    // A program that ends before it has read everything says itself what was wrong.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(input);
  });
}

function parsed(stack: string, text: string): JsonObject {
  try {
    const value: unknown = JSON.parse(text);
    if (isJson(value)) return value;
  } catch {}
  throw refusal('PL126', stack, 'an answer that is no JSON object', 'an export of the state');
}

/** The line of the program's complaint that says what happened. */
function telling(text: string): string | undefined {
  const lines = text.split('\n').map((line) => line.trim());
  return lines.find((line) => line.startsWith('error:')) ?? lines.find((line) => line !== '');
}

function isJson(value: unknown): value is JsonObject {
  return isRecord(value);
}
