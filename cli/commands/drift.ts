import type { regionPlans } from '../../cluster/apply/plan';
import type { connect } from '../../cluster/client/cluster';
import type * as DriftModule from '../../cluster/drift/drift';
import { admit } from '../../stacks/sinks/admit';
import { EXIT } from '../exit';
import type { CommandResult, Context } from '../result';
import { driftText } from '../text/drift';
import { dateOf } from './flags';
import { environmentTarget } from './target';

/** Options of `drun drift`. */
export interface DriftFlags {
  readonly environment: string;
  readonly kubeconfig?: string;
  readonly tenants?: string;
  readonly today?: string;
}

/** Compares the clusters of an environment with its files; writes nothing. */
export async function driftCommand(flags: DriftFlags, context: Context): Promise<CommandResult> {
  const { environment, tenants } = environmentTarget(flags.environment, flags.tenants, context);
  const { drift, hasDrifted }: typeof DriftModule = require('../../cluster/drift/drift');
  const { regionPlans: plansOf }: { regionPlans: typeof regionPlans } = require('../../cluster/apply/plan');
  const client: { connect: typeof connect } = require('../../cluster/client/cluster');
  const { kubeconfig } = flags;
  const plans = plansOf(admit(environment, dateOf(flags.today, context), tenants), { unprotected: [] });
  const found = await drift(plans, {
    identity: environment.delivery.by === 'pulumi',
    connect: (plan) => client.connect({ context: plan.context, ...(kubeconfig === undefined ? {} : { kubeconfig }) }),
    onProgress: context.progress,
  });
  const drifted = hasDrifted(found);
  const { regions, objects, changes, notes } = found;
  const { posture } = changes;
  const words = { removed: 'missing', added: 'added', changed: 'changed' } as const;
  return {
    exit: drifted ? EXIT.findings : EXIT.ok,
    json: {
      environment: environment.name,
      regions,
      compared: objects,
      posture,
      objects: changes.objects.map((one) => ({ ...one, change: words[one.change] })),
      notes,
    },
    text: (paint) => driftText(environment.name, found, drifted, paint),
  };
}
