import { ProblemError } from '../../constructs/core/problem';
import { liveProblem } from '../../stacks/live/problem';
import { admit } from '../../stacks/sinks/admit';
import type { Environment } from '../../stacks/spec/environment';
import { connect } from '../client/cluster';
import { type DeployOptions, deploy } from './deploy';
import { destroy } from './destroy';
import { regionPlans } from './plan';
import type { StackOutcome } from './report';

/** What to deploy, or to remove, and where. */
export interface EnvironmentOptions extends Omit<DeployOptions, 'connect'> {
  readonly environment: Environment;
  /** The date that waivers are held against: `YYYY-MM-DD`, UTC. */
  readonly today: string;
  /** Folder of the tenants' files. @default - the environment's own */
  readonly tenants?: string;
  /** Path of the kubeconfig that has a context for each region. @default - where kubectl looks */
  readonly kubeconfig?: string;
}

/** What came of it. */
export interface EnvironmentReport {
  readonly environment: string;
  readonly dryRun: boolean;
  /** False where any stack failed or was held back. */
  readonly ok: boolean;
  readonly milliseconds: number;
  readonly stacks: readonly StackOutcome[];
}

/**
 * Deploys an environment by the project's own path: the gate, then every region. Throws a `ProblemError`, with nothing
 * touched, where the environment does not pass the gate or a cluster cannot be reached; what happens later is in the report.
 */
export async function deployEnvironment(options: EnvironmentOptions): Promise<EnvironmentReport> {
  const { environment, today, tenants, kubeconfig, unprotect = [] } = options;
  const plans = regionPlans(admit(environment, today, tenants), { unprotected: unprotect });
  return reported(options, () => deploy(plans, { ...options, connect: connector(kubeconfig) }));
}

/**
 * Removes an environment, everything in its namespaces included. `confirmed` is what a person typed: it must be the name of
 * the environment, or nothing is removed (LIV016).
 */
export async function destroyEnvironment(
  options: EnvironmentOptions & { readonly confirmed: string | undefined },
): Promise<EnvironmentReport> {
  const { environment, today, tenants, kubeconfig, confirmed, dryRun = false } = options;
  const { name } = environment;
  if (!dryRun && confirmed !== name) {
    const given = confirmed === undefined ? 'no confirmation' : `the confirmation of ${confirmed}`;
    throw new ProblemError([liveProblem('LIV016', name, given, `--confirm ${name}`)]);
  }
  const plans = regionPlans(admit(environment, today, tenants), { unprotected: [] });
  return reported(options, () => destroy(name, plans, { ...options, connect: connector(kubeconfig) }));
}

function connector(kubeconfig: string | undefined): DeployOptions['connect'] {
  return ({ context }) => connect({ context, ...(kubeconfig === undefined ? {} : { kubeconfig }) });
}

async function reported(
  { environment, now, dryRun = false }: EnvironmentOptions,
  run: () => Promise<readonly StackOutcome[]>,
): Promise<EnvironmentReport> {
  const start = now();
  const stacks = await run();
  const ok = stacks.every(({ outcome }) => outcome === 'deployed' || outcome === 'removed');
  return { environment: environment.name, dryRun, ok, milliseconds: now() - start, stacks };
}
