import type { LocalWorkspace, OutputMap, Stack } from '@pulumi/pulumi/automation';
import { isList } from '../../constructs/core/json';
import { type Problem, ProblemError } from '../../constructs/core/problem';
import { refusal, sinkProblem } from '../sinks/problem';
import { PACKAGE_ROOT } from '../synth/fingerprint';
import { isOnPath } from './on-path';
import type { StackRunner, StackState } from './runner';

/** How the engine is called. */
export interface PulumiRunnerOptions {
  /** Folder of `Pulumi.yaml`. @default - this package */
  readonly workDir?: string;
  /** Told what the engine says, piece by piece. */
  readonly onOutput?: (stack: string, text: string) => void;
}

/**
 * The Pulumi engine behind `drun up`, through the Automation API: the same program, configuration and backend as `pulumi up`.
 * Throws a `ProblemError` (PL122) where there is no `pulumi` on the PATH; the SDK is loaded only after that was looked at.
 */
export async function pulumiRunner({
  workDir = PACKAGE_ROOT,
  onOutput,
}: PulumiRunnerOptions = {}): Promise<StackRunner> {
  const path = process.env.PATH ?? '';
  if (!isOnPath('pulumi', path)) throw refusal('PL122', 'PATH', path, 'a folder with the pulumi program');
  const automation: typeof import('@pulumi/pulumi/automation') = require('@pulumi/pulumi/automation');
  // An Output that gets into a text by mistake then throws where it happens; the gate refuses its text in any case.
  const envVars = { PULUMI_ERROR_OUTPUT_STRING: 'true' };
  const workspace = await reading('pulumi', automation.LocalWorkspace.create({ workDir, envVars }));
  const select = (name: string) => automation.Stack.select(name, workspace);
  const output = (name: string) => (onOutput === undefined ? {} : { onOutput: (text: string) => onOutput(name, text) });
  return {
    stacks: () => reading('pulumi stack ls', knownStacks(workspace)),
    state: (name) => reading(name, select(name).then(stateOf)),
    update: async (name) => {
      const stack = await running(name, automation.Stack.createOrSelect(name, workspace));
      // Only a preview refuses a deletion that is held back before anything else is deleted, and the Automation API goes without.
      const held = (await knownStacks(workspace)).find((one) => one.name === name);
      if (held?.resources !== 0) await running(name, stack.preview({ ...output(name), color: 'never' }));
      const { summary } = await running(name, stack.up({ ...output(name), color: 'never' }));
      return { ...summary.resourceChanges };
    },
    preview: async (name) => {
      const stack = await running(name, select(name));
      const { changeSummary } = await running(name, stack.preview({ ...output(name), color: 'never' }));
      return { ...changeSummary };
    },
  };
}

async function knownStacks(workspace: LocalWorkspace) {
  const stacks = await workspace.listStacks();
  return stacks.map(({ name, resourceCount }) => ({
    // Backends with organizations put theirs before the name.
    name: name.slice(name.lastIndexOf('/') + 1),
    ...(resourceCount === undefined ? {} : { resources: resourceCount }),
  }));
}

async function stateOf(stack: Stack): Promise<StackState> {
  const [last] = await stack.history(1, 1, false);
  const outputs = await stack.outputs();
  const config = Object.entries(await stack.getAllConfig()).flatMap(([key, { value, secret }]) =>
    secret === true ? [] : [[key, value]],
  );
  const hash: unknown = outputs.contentHash?.value;
  const trusted = last?.kind === 'update' && last.result === 'succeeded' && typeof hash === 'string';
  return { tenants: tenantsIn(outputs), config: Object.fromEntries(config), ...(trusted ? { hash } : {}) };
}

function tenantsIn(outputs: OutputMap): readonly string[] {
  const tenants: unknown = outputs.tenants?.value;
  return isList(tenants) ? tenants.filter((name) => typeof name === 'string') : [];
}

async function reading<T>(what: string, call: Promise<T>): Promise<T> {
  return orProblem(call, (said) => sinkProblem('PL126', what, said, 'an answer of the backend'));
}

async function running<T>(stack: string, call: Promise<T>): Promise<T> {
  const remedy = `see all of it with \`pulumi up --stack ${stack}\`, mend it and run \`drun up\` again`;
  return orProblem(call, (said) => sinkProblem('PL125', stack, said, 'an update that succeeds', remedy));
}

async function orProblem<T>(call: Promise<T>, problem: (said: string) => Problem): Promise<T> {
  try {
    return await call;
  } catch (error) {
    throw new ProblemError([problem(whatItSaid(error))]);
  }
}

/** The line of an engine's long message that says what happened; Pulumi has already taken secrets out of it. */
function whatItSaid(error: unknown): string {
  const lines = (error instanceof Error ? error.message : String(error)).split('\n').map((line) => line.trim());
  const telling = lines.find((line) => /\berror\b/i.test(line) && !/^(code|stdout|stderr):?\s*\S*$/i.test(line));
  return (telling ?? lines.find((line) => line !== '') ?? 'nothing').slice(0, 300);
}
