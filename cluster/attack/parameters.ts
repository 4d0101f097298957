import { setTimeout as sleep } from 'node:timers/promises';
import { stringAt } from '../../constructs/core/json';
import type { Cluster } from '../client/cluster';
import { actorNamed, impersonate } from './actors';
import { fill, type Names } from './names';
import { seedNamed } from './seeds';
import { collectionPath } from './send';

/** The API server looks for new kinds every 30 s, and compiles its policies anew a second later. */
const PATIENCE = 45_000;
const PAUSE = 250;

/**
 * Waits until the API server knows the kind of the policies' parameters. Until then it refuses whatever such a policy speaks
 * of, so that every attack would be stopped and every twin as well. A pod of a tenant tells, as a dry run. Where the kind
 * stays unknown the trials say so.
 * Source: `discoveryRESTMapper` in https://github.com/kubernetes/apiserver/blob/v0.36.1/pkg/server/options/admission.go.
 */
export async function whenParametersAreKnown(cluster: Cluster, names: Names): Promise<void> {
  const pod = seedNamed('pod');
  const question = {
    method: 'POST',
    path: fill(collectionPath(pod), names),
    query: { dryRun: 'All' },
    body: fill({ ...pod, metadata: { ...pod.metadata, name: 'drun-attack' } }, names),
    as: impersonate(actorNamed('tenant'), names),
  } as const;
  const end = performance.now() + PATIENCE;
  while (lacksParameters((await cluster.request(question)).body) && performance.now() < end) await sleep(PAUSE);
}

function lacksParameters(answer: unknown): boolean {
  return (stringAt(answer, 'message') ?? '').includes('failed to find resource referenced by paramKind');
}
