import { stringAt } from '../../constructs/core/json';
import type { Cluster } from '../client/cluster';
import { fill, type Names } from './names';

/**
 * Adds what only a running cluster can say: an address of its service range that is probably free, and the account that the
 * mesh's controller makes for a waypoint. Where the mesh is not installed there is no such account to try.
 */
export async function withLiveNames(cluster: Cluster, names: Names): Promise<Names> {
  const [service, account] = await Promise.all([
    cluster.request({ method: 'GET', path: '/api/v1/namespaces/default/services/kubernetes' }),
    cluster.request({ method: 'GET', path: fill('/api/v1/namespaces/{ns}/serviceaccounts/waypoint', names) }),
  ]);
  const free = freeAddress(stringAt(service.body, 'spec', 'clusterIP') ?? '');
  return {
    ...names,
    ...(free === undefined ? {} : { 'free-address': free }),
    ...(account.status === 200 ? { 'waypoint-account': 'waypoint' } : {}),
  };
}

/**
 * Near the end of the block that starts with the API server's own address: chosen by hand is the lower part of a range, given
 * out at random the upper (https://kubernetes.io/docs/concepts/services-networking/cluster-ip-allocation/).
 */
function freeAddress(apiServer: string): string | undefined {
  const block = /^(\d+\.\d+\.\d+)\.\d+$/.exec(apiServer)?.[1];
  return block === undefined ? undefined : `${block}.213`;
}
