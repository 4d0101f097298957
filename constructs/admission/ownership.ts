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
export function ownershipPolicies({
  meshController,
  queueController,
  controllers,
}: AdmissionSettings): readonly Policy[] {
  const servants = `!(${isUser(...SERVANTS, meshController, queueController, ...controllers)} || request.userInfo.username.startsWith('system:node:') || request.userInfo.username == 'system:kube-scheduler')`;
  const base = {
    controls: { 'IAM-2': 'tenants cannot change, take over, imitate or delete what the platform made for them' },
    reach: 'tenants',
    params: 'none',
    conditions: { 'not-a-controller': servants },
  } as const;
  return [
    {
      ...base,
      id: 'platform-objects',
      matches: [everything(['UPDATE', 'DELETE'])],
      checks: [
        {
          rows: ['R22', 'R23', 'N10'],
          holds: `!(${isOurs(old)})`,
          given:
            "{request.operation == 'DELETE' ? 'deletion' : 'a change'} of {request.name}, which belongs to the platform",
          expected: 'it to stay as the platform made it',
          remedy: 'change the tenant’s file and let the platform apply it',
        },
      ],
    },
    {
      ...base,
      id: 'platform-labels',
      conditions: { ...base.conditions, 'not-ours': `oldObject == null || !(${isOurs(old)})` },
      matches: [everything(['CREATE', 'UPDATE'])],
      checks: [
        {
          rows: ['R23', 'R19'],
          holds: `!(${isOurs(now)}) && ${now}.orValue({}).all(k, !k.startsWith('drun.io/'))`,
          given: 'a label of the platform on {request.resource.resource} {request.name}',
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
    },
  ];
}
