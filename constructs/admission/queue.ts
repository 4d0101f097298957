import { controller, isUser } from './exemptions';
import { CRONJOB_SHAPE, POD_SHAPE, TEMPLATE_SHAPE } from './pod-rule';
import type { Check, Match, Policy } from './policy';
import type { AdmissionSettings } from './settings';

/** Label by which Kueue knows the queue of a job or a pod. */
export const QUEUE_LABEL = 'kueue.x-k8s.io/queue-name';

const PRIORITY_LABEL = 'kueue.x-k8s.io/priority-class';

const CONTROLS = { 'GPU-1': 'GPU work waits in the tenant’s own queue and cannot start by itself' } as const;

/** Jobs, the objects that Kueue starts. */
export const JOBS: Match = { group: 'batch', resources: ['jobs'], operations: ['CREATE', 'UPDATE'] };

/** CEL: a container of the pod spec asks for a device, or the pod claims one. */
export function wantsDevice(spec: string): string {
  const asks = (containers: string): string =>
    `${containers}.exists(c, c.?resources.?limits.orValue({}).exists(k, k.contains('/')))`;
  return [
    asks(`dyn(${spec}.containers)`),
    asks(`dyn(${spec}.?initContainers.orValue([]))`),
    `${spec}.?resourceClaims.orValue([]).size() > 0`,
  ].join(' || ');
}

/** CEL: the pod is one that a job's controller makes; the job itself waited in the queue. */
export const notFromJob = `!(${isUser(controller('job-controller'))})`;

/** Keeps GPU work in its queue: pods, jobs, and everything that makes them. */
export function queuePolicies(settings: AdmissionSettings): readonly Policy[] {
  const deep = 'object.spec.jobTemplate';
  const base = { controls: CONTROLS, reach: 'tenants', params: { missingOnUpdate: 'allow' } } as const;
  return [
    podQueue(settings),
    {
      ...base,
      id: 'template-queue',
      matches: TEMPLATE_SHAPE.matches,
      variables: labelSets(OWN_LABELS, 'object.spec.template.?metadata.?labels'),
      checks: ownQueue(),
    },
    {
      ...base,
      id: 'cronjob-queue',
      matches: CRONJOB_SHAPE.matches,
      variables: labelSets(OWN_LABELS, `${deep}.?metadata.?labels`, `${deep}.spec.template.?metadata.?labels`),
      checks: ownQueue(),
    },
    {
      ...base,
      id: 'job-queue',
      matches: [JOBS],
      variables: { queue: `${OWN_LABELS}[?'${QUEUE_LABEL}'].orValue('')` },
      checks: [jobWaits(), jobStays(settings)],
    },
  ];
}

function podQueue(settings: AdmissionSettings): Policy {
  return {
    id: 'pod-queue',
    controls: CONTROLS,
    reach: 'tenants',
    matches: [{ group: '', resources: ['pods'], operations: ['CREATE', 'UPDATE'] }],
    params: { missingOnUpdate: 'allow' },
    conditions: POD_SHAPE.conditions(settings),
    variables: labelSets(OWN_LABELS),
    checks: [...ownQueue(), podWaits()],
  };
}

const OWN_LABELS = 'object.metadata.?labels';

function labelSets(...paths: readonly string[]): Readonly<Record<string, string>> {
  return { labelSets: `[${paths.map((path) => `${path}.orValue({})`).join(', ')}]` };
}

function ownQueue(): readonly Check[] {
  return [
    {
      rows: ['Q17'],
      each: 'variables.labelSets',
      as: 'l',
      holds: `l[?'${QUEUE_LABEL}'].orValue(params.spec.queue) == params.spec.queue`,
      given: `queue {l[?'${QUEUE_LABEL}'].orValue('')}`,
      expected: 'queue {params.spec.queue}',
      remedy: `set the label ${QUEUE_LABEL} to it, or remove the label`,
    },
    {
      rows: ['Q17'],
      each: 'variables.labelSets',
      as: 'l',
      holds: `!('${PRIORITY_LABEL}' in l) || l['${PRIORITY_LABEL}'] in params.spec.priorityClasses`,
      given: `queue priority {l[?'${PRIORITY_LABEL}'].orValue('')}`,
      expected: "one of {params.spec.priorityClasses.join(' ')}",
      remedy: 'use one of them',
    },
  ];
}

function podWaits(): Check {
  return {
    rows: ['Q17'],
    holds: [
      `!(${wantsDevice('object.spec')})`,
      `variables.labelSets.exists(l, '${QUEUE_LABEL}' in l)`,
      `!(${notFromJob})`,
    ].join(' || '),
    given: 'a pod with a device outside the queue',
    expected: 'queue {params.spec.queue}',
    remedy: `set the label ${QUEUE_LABEL} to it`,
  };
}

function jobWaits(): Check {
  return {
    rows: ['Q17'],
    holds: `!(${wantsDevice('object.spec.template.spec')}) || variables.queue == params.spec.queue`,
    given: "a job with a device in queue {variables.queue == '' ? '(none)' : variables.queue}",
    expected: 'queue {params.spec.queue}',
    remedy: `set the label ${QUEUE_LABEL} to it`,
  };
}

function jobStays({ queueController }: AdmissionSettings): Check {
  return {
    rows: ['Q17'],
    holds: [
      'oldObject == null',
      "variables.queue == ''",
      '!oldObject.spec.?suspend.orValue(false)',
      'object.spec.?suspend.orValue(false)',
      isUser(queueController),
    ].join(' || '),
    given: 'a queued job that is started by hand',
    expected: 'a job that waits for its turn',
    remedy: 'leave spec.suspend to the queue',
  };
}
