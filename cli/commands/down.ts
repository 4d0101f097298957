import type { destroyEnvironment } from '../../cluster/apply/environment';
import type { CommandResult, Context } from '../result';
import { dateOf } from './flags';
import { environmentTarget } from './target';
import { concurrencyOf, deployResult, eventText } from './up';

/** Options of `drun down`. */
export interface DownFlags {
  readonly environment: string;
  readonly confirm?: string;
  readonly kubeconfig?: string;
  readonly dryRun?: boolean;
  readonly concurrency?: string;
  readonly tenants?: string;
  readonly today?: string;
}

/** Removes what `drun up --engine direct` made, and nothing else. */
export async function down(flags: DownFlags, context: Context): Promise<CommandResult> {
  const { environment, tenants } = environmentTarget(flags.environment, flags.tenants, context);
  const concurrency = concurrencyOf(flags.concurrency, 8);
  const {
    destroyEnvironment: run,
  }: { destroyEnvironment: typeof destroyEnvironment } = require('../../cluster/apply/environment');
  const report = await run({
    environment,
    tenants,
    today: dateOf(flags.today, context),
    confirmed: flags.confirm,
    concurrency,
    dryRun: flags.dryRun === true,
    now: () => performance.now(),
    onEvent: (event) => context.progress(eventText(event)),
    ...(flags.kubeconfig === undefined ? {} : { kubeconfig: flags.kubeconfig }),
  });
  return deployResult(report, 'direct', flags.dryRun === true ? 'previewed' : 'down');
}
