import { CONTROLS_ANNOTATION, LABEL, MANAGER } from '../core/labels';
import { controller, isUser } from './exemptions';
import { everything, type Policy } from './policy';
import type { AdmissionSettings } from './settings';

/**
 * Controllers that serve the platform's own objects as they serve any other: the workload, endpoints and certificates of a
 * waypoint, the clean-up of a namespace. They take no orders about labels from tenants: every template that a tenant can
 * write is refused with a label of the platform in it (`pod-mesh`).
 */
const SERVANTS = [
  'namespace-controller',
  'generic-garbage-collector',
  'deployment-controller',
  'replicaset-controller',
  'endpoint-controller',
  'endpointslice-controller',
  'endpointslicemirroring-controller',
  'resourcequota-controller',
  'service-account-controller',
  'horizontal-pod-autoscaler',
  'disruption-controller',
  'pod-garbage-collector',
  'node-controller',
  'taint-eviction-controller',
].map(controller);

const old = 'oldObject.metadata.?labels';
const now = 'object.metadata.?labels';
const isOurs = (labels: string): string => `${labels}[?'${LABEL.managedBy}'].orValue('') == '${MANAGER}'`;

/** What the platform made stays as it is, and nobody else's object passes for the platform's. */
export function ownershipPolicies(settings: AdmissionSettings): readonly Policy[] {
  return [kept(settings), genuine(settings)];
}

const CONTROLS = {
  'IAM-2': 'tenants cannot change, take over, imitate or delete what the platform made for them',
} as const;

function notAController({ meshController, queueController, controllers }: AdmissionSettings): string {
  const served = isUser(...SERVANTS, meshController, queueController, ...controllers);
  const node = "request.userInfo.username.startsWith('system:node:')";
  return `!(${served} || ${node} || request.userInfo.username == 'system:kube-scheduler')`;
}

function kept(settings: AdmissionSettings): Policy {
  return {
    id: 'platform-objects',
    controls: CONTROLS,
    reach: 'tenants',
    params: 'none',
    matches: [everything(['UPDATE', 'DELETE'])],
    conditions: { 'not-a-controller': notAController(settings) },
    checks: [
      {
        rows: ['R22', 'R23', 'N10'],
        holds: `!(${isOurs(old)})`,
        given:
          "{request.operation == 'DELETE' ? 'deletion' : 'a change'} of {oldObject.metadata.name}, which belongs to the platform",
        expected: 'it to stay as the platform made it',
        remedy: 'change the tenant’s file and let the platform apply it',
      },
    ],
  };
}

function genuine(settings: AdmissionSettings): Policy {
  return {
    id: 'platform-labels',
    controls: CONTROLS,
    reach: 'tenants',
    params: 'none',
    matches: [everything(['CREATE', 'UPDATE'])],
    conditions: {
      'not-a-controller': notAController(settings),
      'not-ours': `oldObject == null || !(${isOurs(old)})`,
    },
    checks: [
      {
        rows: ['R23', 'R19'],
        holds: `!(${isOurs(now)}) && ${now}.orValue({}).all(k, !k.startsWith('drun.io/'))`,
        given: "a label of the platform on {request.resource.resource} {request.?name.orValue('(unnamed)')}",
        expected: `no drun.io/ label and another ${LABEL.managedBy}`,
        remedy: 'remove the label',
      },
      {
        rows: ['R23'],
        holds: `!('${CONTROLS_ANNOTATION}' in object.metadata.?annotations.orValue({}))`,
        given: `annotation ${CONTROLS_ANNOTATION}`,
        expected: 'claims of controls on the platform’s own objects only',
        remedy: 'remove it',
      },
    ],
  };
}
