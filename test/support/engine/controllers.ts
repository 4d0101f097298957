import { setTimeout as sleep } from 'node:timers/promises';
import { call, type Endpoint } from '../../../cluster/local/https';
import { listAt, stringAt } from '../../../constructs/core/json';

/** Kinds of controllers that do not run here, with the condition that these set and Pulumi waits for. */
const KINDS = [
  { group: 'gateway.networking.k8s.io/v1', plural: 'gateways', condition: 'Programmed' },
  { group: 'kueue.x-k8s.io/v1beta2', plural: 'clusterqueues', condition: 'Active' },
  { group: 'kueue.x-k8s.io/v1beta2', plural: 'localqueues', condition: 'Active' },
  { group: 'cert-manager.io/v1', plural: 'clusterissuers', condition: 'Ready' },
  { group: 'cert-manager.io/v1', plural: 'certificates', condition: 'Ready' },
] as const;

/**
 * Stands in for the controllers of charts, and for nodes: says of every gateway that it is programmed, of every queue that it
 * is active, of every issuer, certificate and pod that it is ready, a moment after it was made. Nothing is signed or run. So whoever deploys waits as on a real cluster, and in vain where the condition is another one.
 * Gives the way to end it.
 */
export function startControllers(servers: readonly Endpoint[]): () => Promise<void> {
  let isOn = true;
  const work = async (server: Endpoint) => {
    while (isOn) {
      // A server that is down, or does not serve the kind yet, is asked again.
      for (const kind of KINDS) await settle(server, kind).catch(() => undefined);
      await settlePods(server).catch(() => undefined);
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

/** What a kubelet says of pods that run. */
async function settlePods(server: Endpoint): Promise<void> {
  const { status, body } = await call(server, { path: '/api/v1/pods' });
  if (status !== 200) return;
  const list: unknown = JSON.parse(body);
  for (const [index, item] of listAt(list, 'items').entries()) {
    if (stringAt(item, 'status', 'phase') === 'Running') continue;
    const types = ['PodScheduled', 'Initialized', 'ContainersReady', 'Ready'];
    const podIP = `10.254.${Math.floor(index / 250)}.${(index % 250) + 1}`;
    await call(server, {
      method: 'PATCH',
      path: `/api/v1/namespaces/${stringAt(item, 'metadata', 'namespace')}/pods/${stringAt(item, 'metadata', 'name')}/status`,
      contentType: 'application/merge-patch+json',
      body: {
        status: {
          phase: 'Running',
          podIP,
          podIPs: [{ ip: podIP }],
          conditions: types.map((type) => ({ type, status: 'True', lastTransitionTime: new Date().toISOString() })),
        },
      },
    });
  }
}
