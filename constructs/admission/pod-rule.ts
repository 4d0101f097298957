import type { ControlClaims } from '../core/stamp';
import { controller, notTheWaypoint } from './exemptions';
import type { Check, Match, Policy } from './policy';
import type { AdmissionSettings } from './settings';

/**
 * A rule about pods, written once. It becomes a policy on pods and on everything that holds a pod template. `strict` is
 * true for pods: what a default fills in must be there by then, while a template may leave it out.
 *
 * Variables: `podSpec`, `labels`, `annotations`, `oldLabels` and `oldAnnotations` (empty on creation), `containers` (all
 * three kinds), `oldNode`.
 */
export interface PodRule {
  readonly id: string;
  readonly controls: ControlClaims;
  readonly params: boolean;
  /** @default - none besides those above */
  readonly variables?: Readonly<Record<string, string>>;
  readonly checks: (strict: boolean) => readonly Check[];
}

/** The policies of a rule: `pod-<id>`, `template-<id>` and `cronjob-<id>`. */
export function podPolicies(rule: PodRule, settings: AdmissionSettings): readonly Policy[] {
  return SHAPES.map((shape) => ({
    id: `${shape.prefix}-${rule.id}`,
    controls: rule.controls,
    reach: 'tenants',
    matches: shape.matches,
    // What an update could do without parameters is refused by `pod-changes`; a template's pods are policed themselves.
    params: rule.params ? { missingOnUpdate: 'allow' } : 'none',
    conditions: shape.conditions(settings),
    variables: { ...shape.variables, ...CONTAINERS, ...rule.variables },
    checks: rule.checks(shape.strict),
  }));
}

interface Shape {
  readonly prefix: string;
  readonly strict: boolean;
  readonly matches: readonly Match[];
  readonly conditions: (settings: AdmissionSettings) => Readonly<Record<string, string>>;
  readonly variables: Readonly<Record<string, string>>;
}

const WRITES = ['CREATE', 'UPDATE'] as const;

const CONTAINERS = {
  containers: [
    'dyn(variables.podSpec.containers)',
    'dyn(variables.podSpec.?initContainers.orValue([]))',
    'dyn(variables.podSpec.?ephemeralContainers.orValue([]))',
  ].join(' + '),
};

const TEMPLATE_VARIABLES = { oldLabels: '{}', oldAnnotations: '{}', oldNode: "''" };

const was = (field: string): string => `oldObject == null ? {} : oldObject.metadata.?${field}.orValue({})`;
const differs = (field: string): string =>
  `object.metadata.?${field}.orValue({}) != oldObject.metadata.?${field}.orValue({})`;

/** Pods, with the subresources that change their spec. An update that leaves alone what is policed is nobody's concern. */
export const POD_SHAPE: Shape = {
  prefix: 'pod',
  strict: true,
  matches: [
    { group: '', resources: ['pods'], operations: WRITES },
    { group: '', resources: ['pods/ephemeralcontainers', 'pods/resize'], operations: ['UPDATE'] },
  ],
  conditions: () => ({
    changed: `oldObject == null || object.spec != oldObject.spec || ${differs('labels')} || ${differs('annotations')}`,
    'not-the-waypoint': notTheWaypoint('object.metadata.?labels', [controller('replicaset-controller')]),
  }),
  variables: {
    podSpec: 'object.spec',
    labels: 'object.metadata.?labels.orValue({})',
    annotations: 'object.metadata.?annotations.orValue({})',
    oldLabels: was('labels'),
    oldAnnotations: was('annotations'),
    oldNode: "oldObject == null ? '' : oldObject.spec.?nodeName.orValue('')",
  },
};

/** Everything with a pod template in `spec.template`. */
export const TEMPLATE_SHAPE: Shape = {
  prefix: 'template',
  strict: false,
  matches: [
    { group: '', resources: ['replicationcontrollers'], operations: WRITES },
    { group: 'apps', resources: ['deployments', 'statefulsets', 'daemonsets', 'replicasets'], operations: WRITES },
    { group: 'batch', resources: ['jobs'], operations: WRITES },
  ],
  conditions: ({ meshController }) => ({
    changed: 'oldObject == null || object.spec.template != oldObject.spec.template',
    'not-the-waypoint': notTheWaypoint('object.spec.template.?metadata.?labels', [
      meshController,
      controller('deployment-controller'),
    ]),
  }),
  variables: {
    podSpec: 'object.spec.template.spec',
    labels: 'object.spec.template.?metadata.?labels.orValue({})',
    annotations: 'object.spec.template.?metadata.?annotations.orValue({})',
    ...TEMPLATE_VARIABLES,
  },
};

/** CronJobs, whose template is one level deeper. */
export const CRONJOB_SHAPE: Shape = {
  prefix: 'cronjob',
  strict: false,
  matches: [{ group: 'batch', resources: ['cronjobs'], operations: WRITES }],
  conditions: () => ({ changed: 'oldObject == null || object.spec.jobTemplate != oldObject.spec.jobTemplate' }),
  variables: {
    podSpec: 'object.spec.jobTemplate.spec.template.spec',
    labels: 'object.spec.jobTemplate.spec.template.?metadata.?labels.orValue({})',
    annotations: 'object.spec.jobTemplate.spec.template.?metadata.?annotations.orValue({})',
    ...TEMPLATE_VARIABLES,
  },
};

const SHAPES: readonly Shape[] = [POD_SHAPE, TEMPLATE_SHAPE, CRONJOB_SHAPE];
