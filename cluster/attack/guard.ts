import { ProblemError } from '../../constructs/core/problem';
import type { Cluster, ClusterRequest } from '../client/cluster';
import { ATTACK_CODES } from './codes';

/** Reviews are answered and never stored; sessions without an upgrade end before they reach a pod. */
const HARMLESS = /\/(selfsubjectaccessreviews|selfsubjectreviews|exec|attach|portforward)$/;

/**
 * A cluster that nothing can be written to: whatever is neither a reading nor a dry run is not sent (AT005). The user's tool
 * works on nothing else, so that a case with a mistake in it can do no harm.
 */
export function readOnly(cluster: Cluster): Cluster {
  return {
    name: cluster.name,
    close: () => cluster.close(),
    request: async (request) => {
      if (!isHarmless(request)) throw refused(request);
      return cluster.request(request);
    },
  };
}

/** Whether a request leaves the cluster as it is. */
export function isHarmless({ method, path, query = {} }: ClusterRequest): boolean {
  return method === 'GET' || query.dryRun === 'All' || (method === 'POST' && HARMLESS.test(path));
}

function refused({ method, path }: ClusterRequest): ProblemError {
  const given = 'a request that would write';
  const { remedy } = ATTACK_CODES.AT005;
  return new ProblemError([{ code: 'AT005', path: `${method} ${path}`, given, expected: 'a dry run', remedy }]);
}
