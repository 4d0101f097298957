import { isUser, WAYPOINT } from './exemptions';
import type { Policy } from './policy';
import { QUEUE_LABEL } from './queue';
import type { AdmissionSettings } from './settings';

const WRITES = ['CREATE', 'UPDATE'] as const;

/** Kinds of workload: none on every node, none that cannot be drained, none under a name of the mesh. */
export function workloadPolicies({ meshController }: AdmissionSettings): readonly Policy[] {
  return [
    {
      id: 'daemonsets',
      controls: { 'GPU-1': 'no tenant runs on every node' },
      reach: 'tenants',
      matches: [{ group: 'apps', resources: ['daemonsets'], operations: WRITES }],
      params: 'none',
      conditions: { changed: 'oldObject == null || object.spec != oldObject.spec' },
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
      conditions: { changed: 'oldObject == null || object.spec != oldObject.spec' },
      checks: [
        {
          rows: ['S25'],
          holds:
            "!has(object.spec.minAvailable) && has(object.spec.maxUnavailable) && !(string(object.spec.maxUnavailable) in ['0', '0%'])",
          given: 'a budget that may never allow an eviction',
          expected: 'maxUnavailable of 1 or more',
          remedy: 'write maxUnavailable instead of minAvailable',
        },
      ],
    },
    {
      id: 'waypoint-names',
      controls: { 'NET-1': 'the waypoint of a namespace is made by the mesh alone' },
      reach: 'tenants',
      matches: [
        { group: '', resources: ['services', 'serviceaccounts'], operations: ['CREATE'] },
        { group: 'apps', resources: ['deployments'], operations: ['CREATE'] },
        { group: 'apps', resources: ['deployments/scale'], operations: ['UPDATE'] },
        { group: 'policy', resources: ['poddisruptionbudgets'], operations: ['CREATE'] },
        {
          group: 'autoscaling',
          versions: ['v2'],
          resources: ['horizontalpodautoscalers'],
          operations: ['CREATE'],
        },
      ],
      params: 'none',
      conditions: { 'not-the-mesh': `!(${isUser(meshController)})` },
      checks: [
        {
          rows: ['S29', 'S35'],
          holds: `object.metadata.?name.orValue('') != '${WAYPOINT}'`,
          given: `the name ${WAYPOINT}`,
          expected: 'a name that is not the mesh’s',
          remedy: 'choose another name',
        },
      ],
    },
    {
      id: 'waypoint-shell',
      controls: { 'NET-1': 'nobody opens a shell in a waypoint' },
      reach: 'tenants',
      matches: [
        {
          group: '',
          resources: ['pods/exec', 'pods/attach', 'pods/portforward'],
          operations: ['CONNECT'],
        },
      ],
      params: 'none',
      checks: [
        {
          rows: ['S29', 'S35'],
          holds: `!request.name.startsWith('${WAYPOINT}-')`,
          given: 'a session in pod {request.name}',
          expected: 'a pod of the tenant’s own',
          remedy: 'names that begin with waypoint- belong to the mesh',
        },
      ],
    },
    {
      id: 'local-queues',
      controls: { 'GPU-1': 'a namespace draws from its tenant’s quota only' },
      reach: 'tenants',
      matches: [
        {
          group: 'kueue.x-k8s.io',
          versions: ['*'],
          resources: ['localqueues'],
          operations: WRITES,
        },
      ],
      params: 'none',
      conditions: { changed: 'oldObject == null || object.spec != oldObject.spec' },
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
}
