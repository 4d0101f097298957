import { setTimeout as sleep } from 'node:timers/promises';
import { call, type Endpoint } from '../../../cluster/local/https';
import { listAt, stringAt } from '../../../constructs/core/json';

/** Kinds of controllers that do not run here, with the condition that these set and Pulumi waits for. */
const KINDS = [
  { group: 'gateway.networking.k8s.io/v1', plural: 'gateways', condition: 'Programmed' },
  { group: 'kueue.x-k8s.io/v1beta2', plural: 'clusterqueues', condition: 'Active' },
  { group: 'kueue.x-k8s.io/v1beta2', plural: 'localqueues', condition: 'Active' },
] as const;

/**
 * Stands in for the controllers of charts: says of every gateway that it is programmed and of every queue that it is active,
 * a moment after it was made. So whoever deploys waits as on a real cluster, and in vain where the condition is another one.
 * Gives the way to end it.
 */
export function startControllers(servers: readonly Endpoint[]): () => Promise<void> {
  let isOn = true;
  const work = async (server: Endpoint) => {
    while (isOn) {
      // A server that is down, or does not serve the kind yet, is asked again.
      for (const kind of KINDS) await settle(server, kind).catch(() => undefined);
      await sleep(250);
    }
  };
  const running = Promise.all(servers.map(work));
  return async () => {
    isOn = false;
    await running;
  };
}

async function settle(server: Endpoint, { group, plural, condition }: (typeof KINDS)[number]): Promise<void> {
  const { status, body } = await call(server, { path: `/apis/${group}/${plural}` });
  if (status !== 200) return;
  const list: unknown = JSON.parse(body);
  for (const item of listAt(list, 'items')) {
    const conditions = listAt(item, 'status', 'conditions');
    if (conditions.some((one) => stringAt(one, 'type') === condition && stringAt(one, 'status') === 'True')) continue;
    const namespace = stringAt(item, 'metadata', 'namespace');
    const place = namespace === undefined ? '' : `namespaces/${namespace}/`;
    const said = { type: condition, status: 'True', reason: 'StandIn', message: 'said by a stand-in' };
    await call(server, {
      method: 'PATCH',
      path: `/apis/${group}/${place}${plural}/${stringAt(item, 'metadata', 'name')}/status`,
      contentType: 'application/merge-patch+json',
      body: { status: { conditions: [{ ...said, lastTransitionTime: new Date().toISOString() }] } },
    });
  }
}
