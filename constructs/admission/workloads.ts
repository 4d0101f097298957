import type { Policy } from './policy';
import { QUEUE_LABEL } from './queue';

const WRITES = ['CREATE', 'UPDATE'] as const;

const CHANGED = { changed: 'oldObject == null || object.spec != oldObject.spec' } as const;

/** Kinds of workload: none on every node, none that cannot be drained, no queue but the platform's. */
export const workloadPolicies: readonly Policy[] = [
  {
    id: 'daemonsets',
    controls: { 'GPU-1': 'no tenant runs on every node' },
    reach: 'tenants',
    matches: [{ group: 'apps', resources: ['daemonsets'], operations: WRITES }],
    params: 'none',
    conditions: CHANGED,
    checks: [
      {
        rows: ['S32'],
        holds: 'false',
        given: 'a DaemonSet',
        expected: 'a Deployment, a StatefulSet or a Job',
        remedy: 'use one of them',
      },
    ],
  },
  {
    id: 'disruption-budgets',
    controls: { 'GPU-1': 'a node can be drained, whatever runs on it' },
    reach: 'tenants',
    matches: [{ group: 'policy', resources: ['poddisruptionbudgets'], operations: WRITES }],
    params: 'none',
    conditions: CHANGED,
    checks: [
      {
        // A share of one replica rounds up to the replica itself, so that no minimum is safe.
        rows: ['S25'],
        holds: [
          '!has(object.spec.minAvailable) && has(object.spec.maxUnavailable)',
          "!(string(object.spec.maxUnavailable) in ['0', '0%'])",
        ].join(' && '),
        given: 'a budget that may never allow an eviction',
        expected: 'maxUnavailable of 1 or more',
        remedy: 'write maxUnavailable instead of minAvailable',
      },
    ],
  },
  {
    id: 'local-queues',
    controls: { 'GPU-1': 'a namespace draws from its tenant’s quota only' },
    reach: 'tenants',
    matches: [{ group: 'kueue.x-k8s.io', versions: ['*'], resources: ['localqueues'], operations: WRITES }],
    params: 'none',
    conditions: CHANGED,
    checks: [
      {
        rows: ['Q17'],
        holds: 'false',
        given: 'a LocalQueue',
        expected: 'the queue that the platform made',
        remedy: `name it in the label ${QUEUE_LABEL}`,
      },
    ],
  },
];
