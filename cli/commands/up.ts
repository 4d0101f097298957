import type { deployEnvironment, EnvironmentReport } from '../../cluster/apply/environment';
import type { ApplyEvent } from '../../cluster/apply/report';
import { ProblemError, show } from '../../constructs/core/problem';
import { requirePulumi } from '../../stacks/sinks/target';
import { isOnPath } from '../../stacks/up/on-path';
import { EXIT } from '../exit';
import type { CommandResult, Context } from '../result';
import { deployText } from '../text/deploy';
import { dateOf, usage } from './flags';
import { environmentTarget } from './target';
import type * as UpLocal from './up-local';
import type * as UpPulumi from './up-pulumi';

/** Who deploys: Pulumi, this project to the clusters of a kubeconfig, or this project to control planes that it starts. */
export type Engine = 'pulumi' | 'direct' | 'local';

/** Options of `drun up`. */
export interface UpFlags {
  readonly environment: string;
  readonly engine?: Engine;
  readonly kubeconfig?: string;
  readonly unprotect?: readonly string[];
  readonly dryRun?: boolean;
  readonly force?: boolean;
  readonly keepGoing?: boolean;
  readonly concurrency?: string;
  readonly tenants?: string;
  readonly today?: string;
}

/** Deploys an environment, by Pulumi or by the project's own path; loads only what the one that is chosen needs. */
export async function up(flags: UpFlags, context: Context): Promise<CommandResult> {
  const { environment } = environmentTarget(flags.environment, flags.tenants, context);
  const engine = engineOf(flags, context);
  refuseOptions(flags, engine, USELESS[engine]);
  // Nobody else delivers to a control plane of this machine, so there every environment may come up.
  if (engine !== 'local') requirePulumi(environment);
  if (engine === 'direct') return upDirect(flags, context);
  if (engine === 'local') {
    const local: typeof UpLocal = require('./up-local');
    return local.upLocal(flags, context);
  }
  const pulumi: typeof UpPulumi = require('./up-pulumi');
  return pulumi.upPulumi(flags, context);
}

/** Options that an engine would ignore. */
const USELESS: Readonly<Record<Engine, readonly (keyof UpFlags)[]>> = {
  pulumi: ['kubeconfig', 'unprotect'],
  direct: ['force', 'keepGoing'],
  local: ['kubeconfig', 'unprotect', 'force', 'keepGoing', 'dryRun', 'concurrency'],
};

/**
 * The engine that was named; a kubeconfig names the direct one. Without either Pulumi is how environments are delivered,
 * and `dev` comes up on this machine where there is no Pulumi.
 */
function engineOf({ engine, kubeconfig, environment, dryRun }: UpFlags, { host }: Context): Engine {
  if (engine !== undefined) return engine;
  if (kubeconfig !== undefined) return 'direct';
  const atHome = environment === 'dev' && dryRun !== true && !isOnPath('pulumi', host.env.PATH ?? '');
  return atHome ? 'local' : 'pulumi';
}

async function upDirect(flags: UpFlags, context: Context): Promise<CommandResult> {
  const { environment, tenants } = environmentTarget(flags.environment, flags.tenants, context);
  const concurrency = concurrencyOf(flags.concurrency, 8);
  const {
    deployEnvironment: run,
  }: { deployEnvironment: typeof deployEnvironment } = require('../../cluster/apply/environment');
  const report = await run({
    environment,
    tenants,
    today: dateOf(flags.today, context),
    unprotect: flags.unprotect ?? [],
    concurrency,
    dryRun: flags.dryRun === true,
    now: () => performance.now(),
    onEvent: (event) => context.progress(eventText(event)),
    ...(flags.kubeconfig === undefined ? {} : { kubeconfig: flags.kubeconfig }),
  });
  return deployResult(report, 'direct', flags.dryRun === true ? 'previewed' : 'up');
}

/** The result of a command that went through every region. */
export function deployResult(report: EnvironmentReport, engine: string, verdict: string): CommandResult {
  const { ok, ...figures } = report;
  return {
    exit: ok ? EXIT.ok : EXIT.findings,
    json: { engine, ...figures },
    text: (paint) => deployText(report, verdict, paint),
    mistakes: report.stacks.flatMap(({ problems }) => problems),
  };
}

/** What is going on, in one line. */
export function eventText({ region, stack, what, outcome }: ApplyEvent): string {
  return `${region} ${stack}: ${what} ${outcome === 'started' ? '' : outcome}`.trimEnd();
}

/** Reads `--concurrency`. Throws a `ProblemError` (CLI001). */
export function concurrencyOf(text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise;
  if (/^[1-9]\d?$/.test(text)) return Number(text);
  const remedy = `leave it out for ${otherwise}`;
  throw new ProblemError([usage('--concurrency', show(text), 'a whole number from 1 to 99', remedy)]);
}

/** An option that the engine would ignore is refused: it would do something else than its writer believes. */
function refuseOptions(flags: UpFlags, engine: Engine, names: readonly (keyof UpFlags)[]): void {
  const given = names.filter((name) => flags[name] !== undefined);
  if (given.length === 0) return;
  const remedy = 'leave it out, or choose the other engine';
  throw new ProblemError(
    given.map((name) => {
      const option = `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
      return usage(
        option,
        `an option that the engine ${engine} has no use for`,
        `options of the engine ${engine}`,
        remedy,
      );
    }),
  );
}
