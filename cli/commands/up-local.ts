import type * as LocalEnvironment from '../../cluster/local/local-environment';
import { admit } from '../../stacks/sinks/admit';
import type { CommandResult, Context } from '../result';
import { deployText } from '../text/deploy';
import { PLAIN } from '../text/paint';
import { lines } from '../text/words';
import { dateOf } from './flags';
import { environmentTarget } from './target';
import { deployResult, eventText, type UpFlags } from './up';

/**
 * Deploys an environment to control planes on this machine, says how to reach them, and keeps them until it is interrupted.
 * Where no person waits (`--json`) it ends at once.
 */
export async function upLocal(flags: UpFlags & { readonly json?: boolean }, context: Context): Promise<CommandResult> {
  const { environment, tenants } = environmentTarget(flags.environment, flags.tenants, context);
  const { startLocally }: typeof LocalEnvironment = require('../../cluster/local/local-environment');
  const admitted = admit(environment, dateOf(flags.today, context), tenants);
  context.progress('starting a control plane on this machine');
  const stopped = interruption();
  const local = await startLocally(admitted, {
    now: () => performance.now(),
    onEvent: (event) => context.progress(eventText(event)),
  });
  try {
    const { report, planes } = local;
    const kubeconfigs = planes.map(({ name, kubeconfig }) => ({ region: name, kubeconfig }));
    const result = deployResult(report, 'local', 'up');
    if (flags.json === true || !report.ok) return { ...result, json: { ...result.json, kubeconfigs } };
    context.progress('up');
    context.host.stdout.write(`${deployText(report, 'up', PLAIN)}\n${hints(environment.name, kubeconfigs)}`);
    await stopped;
    return { ...result, text: () => 'stopped\n' };
  } finally {
    await local.stop();
  }
}

/** Ends with Ctrl-C, or when somebody asks the process to end. */
function interruption(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
}

function hints(
  environment: string,
  planes: readonly { readonly region: string; readonly kubeconfig: string }[],
): string {
  return lines(
    ...planes.map(({ region, kubeconfig }) => `${region}: export KUBECONFIG=${kubeconfig}`),
    '',
    'what to try:',
    '  kubectl get namespaces --show-labels',
    `  drun drift ${environment} --kubeconfig $KUBECONFIG`,
    '  drun attack --kubeconfig $KUBECONFIG   # as a hostile tenant: what is refused, and by what',
    '',
    'Ctrl-C ends it',
  );
}
