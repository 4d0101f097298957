import type { StackReport } from '../../stacks/up/drive';
import type * as PulumiRunner from '../../stacks/up/pulumi-runner';
import type * as Up from '../../stacks/up/up';
import { EXIT } from '../exit';
import type { CommandResult, Context } from '../result';
import type { Paint } from '../text/paint';
import { columns, count, lines } from '../text/words';
import { dateOf } from './flags';
import { environmentTarget } from './target';
import { concurrencyOf, type UpFlags } from './up';

/** Deploys an environment with Pulumi: the only command that loads it, and only where there is something to run. */
export async function upPulumi(flags: UpFlags, context: Context): Promise<CommandResult> {
  const { environment, tenants } = environmentTarget(flags.environment, flags.tenants, context);
  const today = dateOf(flags.today, context);
  const concurrency = concurrencyOf(flags.concurrency, 2);
  const { pulumiRunner }: typeof PulumiRunner = require('../../stacks/up/pulumi-runner');
  const driver: typeof Up = require('../../stacks/up/up');
  const report = await driver.up({
    environment,
    today,
    tenants,
    concurrency,
    dryRun: flags.dryRun === true,
    force: flags.force === true,
    onFailure: flags.keepGoing === true ? 'continue' : 'stop',
    now: () => performance.now(),
    runner: await pulumiRunner({ onOutput: (stack, text) => context.progress(`${stack}: ${lastLine(text)}`) }),
    onEvent: (event) =>
      context.progress(
        'started' in event ? `${event.started.stack}: starting` : `${event.ended.stack}: ${event.ended.outcome}`,
      ),
  });
  const { ok, ...figures } = report;
  return {
    exit: ok ? EXIT.ok : EXIT.findings,
    json: { engine: 'pulumi', ...figures },
    text: (paint) => upText(report, paint),
    mistakes: report.stacks.flatMap(({ problems }) => problems ?? []),
  };
}

function lastLine(text: string): string {
  return text.trimEnd().split('\n').at(-1)?.trim() ?? '';
}

function upText({ environment, dryRun, ok, stacks }: Up.UpReport, paint: Paint): string {
  const rows = stacks.map((one) => [one.stack, one.outcome, count(one.objects, 'object'), changesText(one)]);
  const leftOut = stacks.flatMap((one) => one.leftOut);
  const verdict = ok ? paint.good(dryRun ? 'previewed' : 'up') : paint.bad('failed');
  return lines(
    columns([['STACK', 'OUTCOME', 'OBJECTS', 'CHANGES'], ...rows]),
    leftOut.length > 0 && paint.warn(`${count(leftOut.length, 'Vault object')} left out: vault:address is not set`),
    `${paint.bold(environment)}: ${count(stacks.length, 'stack')}: ${verdict}`,
  );
}

function changesText({ changes }: StackReport): string {
  const parts = Object.entries(changes ?? {}).map(([operation, number]) => `${number} ${operation}`);
  return parts.length === 0 ? '-' : parts.join(', ');
}
