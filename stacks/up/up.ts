import { ProblemError } from '../../constructs/core/problem';
import { readSettings } from '../config/settings';
import { environmentNamed } from '../environments';
import { admit } from '../sinks/admit';
import { stackContent } from '../sinks/pulumi/content';
import { requirePulumi, targetsOf } from '../sinks/target';
import type { Environment } from '../spec/environment';
import { type DriveOptions, drive, type StackReport } from './drive';
import { pooled } from './pool';
import type { StackState } from './runner';
import { shardProblems, workOf } from './work';

/** What to bring up. */
export interface UpOptions extends DriveOptions {
  /** Name of the environment, or the environment. */
  readonly environment: string | Environment;
  /** The date that waivers are held against: `YYYY-MM-DD`, UTC. */
  readonly today: string;
  /** Folder of the tenants' files. @default - the environment's own */
  readonly tenants?: string;
  /** Whether stacks that hold their content already are run too: the way to mend what was changed by hand. @default false */
  readonly force?: boolean;
}

/** What came of it. */
export interface UpReport {
  readonly environment: string;
  readonly dryRun: boolean;
  /** False where any stack failed or was held back. */
  readonly ok: boolean;
  readonly milliseconds: number;
  readonly stacks: readonly StackReport[];
}

/**
 * Brings an environment's stacks to what its files say, and skips those that hold it already: a stack is skipped only where
 * its last operation was an update that succeeded and recorded the hash of exactly this content under this configuration.
 * Throws a `ProblemError`, with nothing touched, where the environment does not pass the gate, is not Pulumi's to deliver,
 * where the state of its stacks cannot be read, or where a tenant would be in two stacks.
 */
export async function up(options: UpOptions): Promise<UpReport> {
  const { runner, now, today, tenants, concurrency = 2, dryRun = false, force = false } = options;
  const start = now();
  const environment =
    typeof options.environment === 'string' ? environmentNamed(options.environment) : options.environment;
  requirePulumi(environment);
  const admitted = admit(environment, today, tenants);
  const known = await runner.stacks();
  const names = new Set(known.map(({ name }) => name));
  const targets = targetsOf(environment);
  const there = targets.filter(({ stack }) => names.has(stack));
  const read = await pooled(there, concurrency, async ({ stack }) => [stack, await runner.state(stack)] as const);
  const states: ReadonlyMap<string, StackState> = new Map(read);
  const work = targets.map((target) => {
    const state = states.get(target.stack);
    const settings = readSettings((key) => state?.config[key]);
    return workOf(target, stackContent(admitted, target, settings), state, force);
  });
  const problems = shardProblems(environment.name, work, known, states);
  if (problems.length > 0) throw new ProblemError(problems);
  const stacks = await drive(work, options);
  const ok = stacks.every(({ outcome }) => outcome !== 'failed' && outcome !== 'not-run');
  return { environment: environment.name, dryRun, ok, milliseconds: now() - start, stacks };
}
