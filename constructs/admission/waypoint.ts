import { isUser, WAYPOINT } from './exemptions';
import type { Policy } from './policy';
import type { AdmissionSettings } from './settings';

/** The waypoint of a namespace decides who may call it. It is made by the mesh, and no tenant may get in its place or inside. */
export function waypointPolicies(settings: AdmissionSettings): readonly Policy[] {
  return [names(settings), shell()];
}

const NEW = ['CREATE'] as const;

function names({ meshController }: AdmissionSettings): Policy {
  return {
    id: 'waypoint-names',
    controls: { 'NET-1': 'the waypoint of a namespace is made by the mesh alone' },
    reach: 'tenants',
    matches: [
      { group: '', resources: ['services', 'serviceaccounts'], operations: NEW },
      { group: 'apps', resources: ['deployments'], operations: NEW },
      // A Scale carries no labels, so that its name is all there is to know it by.
      { group: 'apps', resources: ['deployments/scale'], operations: ['UPDATE'] },
      { group: 'policy', resources: ['poddisruptionbudgets'], operations: NEW },
      { group: 'autoscaling', versions: ['v2'], resources: ['horizontalpodautoscalers'], operations: NEW },
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
  };
}

function shell(): Policy {
  return {
    id: 'waypoint-shell',
    controls: { 'NET-1': 'nobody opens a shell in a waypoint' },
    reach: 'tenants',
    matches: [{ group: '', resources: ['pods/exec', 'pods/attach', 'pods/portforward'], operations: ['CONNECT'] }],
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
  };
}
