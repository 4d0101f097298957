import { nearest } from '../../constructs/core/nearest';
import { ENVIRONMENTS } from '../environments';
import { shardStack } from '../shard';
import type { Environment } from '../spec/environment';
import { refusal } from './problem';

/** What one Pulumi stack carries: an environment's platform layers, or the tenants of one shard in all their regions. */
export type Target = { readonly environment: Environment; readonly stack: string } & (
  | { readonly carries: 'platform' }
  | { readonly carries: 'tenants'; readonly shard: number }
);

/**
 * The stacks of an environment in the order in which they land: the platform, then the tenants. A tenant stack takes
 * nothing from the platform stack's outputs; it needs the platform to be there, as `kubectl apply` would.
 */
export function targetsOf(environment: Environment): readonly Target[] {
  const shards = Array.from({ length: environment.shards }, (_, shard): Target => {
    return { environment, stack: shardStack(environment.name, shard), carries: 'tenants', shard };
  });
  return [{ environment, stack: environment.name, carries: 'platform' }, ...shards];
}

/**
 * What the stack of that name carries. Throws a `ProblemError` where there is no such stack (PL120), or where Pulumi is
 * not the one who delivers the environment (PL121).
 */
export function targetNamed(stack: string, environments: readonly Environment[] = ENVIRONMENTS): Target {
  const targets = environments.flatMap(targetsOf);
  const found = targets.find((target) => target.stack === stack);
  if (found === undefined) throw unknownStack(stack, targets);
  requirePulumi(found.environment);
  return found;
}

/** Throws a `ProblemError` (PL121) where Pulumi is not the one who delivers the environment. */
export function requirePulumi({ name, delivery }: Environment): void {
  if (delivery.by === 'pulumi') return;
  const { by, repository, branch, path } = delivery;
  const remedy = `run \`drun synth ${name} --out DIR\` and commit DIR to ${path} on ${branch} of ${repository}`;
  throw refusal('PL121', name, `delivery by ${by}`, 'an environment that is delivered by pulumi', remedy);
}

function unknownStack(stack: string, targets: readonly Target[]) {
  const names = targets.filter(({ environment }) => environment.delivery.by === 'pulumi').map((target) => target.stack);
  const close = nearest(stack, names);
  const remedy = close === undefined ? undefined : `did you mean ${close}?`;
  return refusal('PL120', 'stack', stack, `one of ${names.join(', ')}`, remedy);
}
