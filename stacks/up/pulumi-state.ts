import type { JsonObject } from '../../constructs/core/json';
import { ProblemError } from '../../constructs/core/problem';
import { refusal, sinkProblem } from '../sinks/problem';
import { PACKAGE_ROOT } from '../synth/fingerprint';
import { isOnPath } from './on-path';

/** The state of a stack as a document that can be taken out and put back. */
export interface StackDocument {
  /** The field `deployment` of `pulumi stack export`. */
  readonly deployment: JsonObject;
  /** Puts a deployment in the place of the one that was exported, under the same version of the format. */
  replace(deployment: JsonObject): Promise<void>;
}

/** Exports the state of a stack. Throws a `ProblemError` without a `pulumi` on the PATH (PL122), or without an answer (PL126). */
export async function exportedStack(stack: string, workDir: string = PACKAGE_ROOT): Promise<StackDocument> {
  const path = process.env.PATH ?? '';
  if (!isOnPath('pulumi', path)) throw refusal('PL122', 'PATH', path, 'a folder with the pulumi program');
  const automation: typeof import('@pulumi/pulumi/automation') = require('@pulumi/pulumi/automation');
  const workspace = await reading(stack, automation.LocalWorkspace.create({ workDir }));
  const { version, deployment } = await reading(stack, workspace.exportStack(stack));
  return {
    deployment,
    replace: (next) => reading(stack, workspace.importStack(stack, { version, deployment: next })),
  };
}

async function reading<T>(stack: string, call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    const said = (error instanceof Error ? error.message : String(error))
      .split('\n')
      .find((line) => /error/i.test(line));
    throw new ProblemError([sinkProblem('PL126', stack, said?.trim() ?? String(error), 'an answer of the backend')]);
  }
}
