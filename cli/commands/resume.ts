import type { LiveCluster } from '../../cluster/apply/live-cluster';
import type { ConnectOptions, connect } from '../../cluster/client/cluster';
import type { JsonObject } from '../../constructs/core/json';
import { loadPlan } from '../../stacks/load';
import { type PendingObject, pendingObjects, pendingOperations } from '../../stacks/resume/pending';
import { type ResumeResult, resume } from '../../stacks/resume/resume';
import { unrecordedCreations } from '../../stacks/resume/unrecorded';
import { stackContent } from '../../stacks/sinks/pulumi/content';
import { targetNamed } from '../../stacks/sinks/target';
import { buildTree } from '../../stacks/tree';
import { pooled } from '../../stacks/up/pool';
import type * as PulumiState from '../../stacks/up/pulumi-state';
import { EXIT } from '../exit';
import type { CommandResult, Context } from '../result';
import type { Paint } from '../text/paint';
import { count, lines, oneLine } from '../text/words';

/** Options of `drun resume`. */
export interface ResumeFlags {
  readonly stack: string;
  readonly kubeconfig?: string;
  readonly dryRun?: boolean;
}

/** Settles what an interrupted `pulumi up` left pending in the state of a stack, as far as it can be proved. */
export async function resumeCommand(
  { stack, kubeconfig, dryRun = false }: ResumeFlags,
  context: Context,
): Promise<CommandResult> {
  const target = targetNamed(stack);
  const { environment } = target;
  const plan = loadPlan(environment);
  // Nothing is deployed, so no gate; and which objects there are does not depend on the stack's configuration.
  const content = stackContent({ plan, tree: buildTree(plan) }, target, { unprotected: [] });
  const { exportedStack }: typeof PulumiState = require('../../stacks/up/pulumi-state');
  context.progress(`${stack}: reading the state`);
  const document = await exportedStack(stack);
  const contexts = new Map(environment.regions.map(({ name, context: other }) => [name, other ?? name]));
  const unrecorded = unrecordedCreations(content, document.deployment);
  const sought = pendingObjects([...pendingOperations(document.deployment), ...unrecorded]);
  const live = await liveObjects(sought, (region) => ({
    context: contexts.get(region) ?? region,
    ...(kubeconfig === undefined ? {} : { kubeconfig }),
  }));
  const { deployment, resumed } = resume({ stack, deployment: document.deployment, live, unrecorded });
  if (!dryRun && resumed.length > 0) await document.replace(deployment);
  return {
    exit: EXIT.ok,
    json: { stack, dryRun, resumed },
    text: (paint) => resumeText(stack, resumed, dryRun, paint),
  };
}

/** Objects asked for at a time. */
const GETS = 8;

/** The objects that are there, by URN, each from the cluster of its region. */
async function liveObjects(
  pending: readonly PendingObject[],
  optionsFor: (region: string) => ConnectOptions,
): Promise<ReadonlyMap<string, JsonObject>> {
  const found = new Map<string, JsonObject>();
  if (pending.length === 0) return found;
  const client: { connect: typeof connect } = require('../../cluster/client/cluster');
  const clusters: { LiveCluster: typeof LiveCluster } = require('../../cluster/apply/live-cluster');
  for (const region of new Set(pending.map((one) => one.region))) {
    const cluster = await client.connect(optionsFor(region));
    try {
      const live = await clusters.LiveCluster.open(cluster);
      const here = pending.filter((one) => one.region === region && live.resources.of(one.apiVersion, one.kind));
      await pooled(here, GETS, async ({ urn, apiVersion, kind, name, namespace }) => {
        const metadata = namespace === undefined ? { name } : { name, namespace };
        const object = await live.get({ apiVersion, kind, metadata });
        if (object !== undefined) found.set(urn, object.object);
      });
    } finally {
      cluster.close();
    }
  }
  return found;
}

const WORDS = {
  adopted: 'was made; the state holds it now',
  'never-made': 'was never made; the next update makes it',
  'to-repeat': 'is done again by the next update',
} as const;

function resumeText(stack: string, resumed: ResumeResult['resumed'], dryRun: boolean, paint: Paint): string {
  const verdict =
    resumed.length === 0 ? 'nothing is pending' : dryRun ? 'could be resumed' : `resumed; run \`drun up\` again`;
  return lines(
    ...resumed.map(({ urn, outcome }) => `${oneLine(urn.slice(urn.lastIndexOf('::') + 2))} ${WORDS[outcome]}`),
    `${paint.bold(stack)}: ${resumed.length === 0 ? '' : `${count(resumed.length, 'operation')}: `}${paint.good(verdict)}`,
  );
}
