import { LABEL } from '../core/labels';
import { POD_SHAPE } from './pod-rule';
import type { DefaultPolicy, Match, PatchEach } from './policy';
import { JOBS, notFromJob, QUEUE_LABEL, wantsDevice } from './queue';
import { PINNED_ANNOTATION } from './services';
import type { AdmissionSettings } from './settings';

const NEW_PODS: Match = { group: '', resources: ['pods'], operations: ['CREATE'] };

/** JSON pointer of a key that holds slashes (RFC 6901). */
const pointer = (base: string, key: string): string => `${base}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;

/** Defaults that are kinder than a refusal. What they fill in, the policies of the same name then demand. */
export function defaultPolicies(settings: AdmissionSettings): readonly DefaultPolicy[] {
  const waypoint = POD_SHAPE.conditions(settings)['not-the-waypoint'] ?? 'true';
  const pods = (condition: string): Pick<DefaultPolicy, 'reach' | 'matches' | 'params' | 'conditions'> => ({
    reach: 'tenants',
    matches: [NEW_PODS],
    params: { missingOnUpdate: 'deny' },
    conditions: { 'not-the-waypoint': waypoint, missing: condition },
  });
  return [
    pool(pods),
    runtime(pods),
    priority(pods),
    pull(pods('true').conditions),
    token(pods),
    podQueue(pods),
    jobQueue(),
    pinned(),
  ];
}

type Pods = (condition: string) => Pick<DefaultPolicy, 'reach' | 'matches' | 'params' | 'conditions'>;

function pool(pods: Pods): DefaultPolicy {
  const tolerations = 'dyn(object.spec.?tolerations.orValue([]))';
  return {
    id: 'default-pool',
    rows: ['S04'],
    controls: { 'GPU-1': 'a pod goes to the pool that its tenant leased' },
    ...pods(`!('${LABEL.pool}' in object.spec.?nodeSelector.orValue({}))`),
    patches: [
      { op: 'add', path: '/spec/nodeSelector', value: '{}', when: '!has(object.spec.nodeSelector)' },
      { op: 'add', path: pointer('/spec/nodeSelector', LABEL.pool), value: 'params.spec.pool' },
      {
        op: 'add',
        path: '/spec/tolerations',
        value: `${tolerations} + dyn([{'key': '${LABEL.pool}', 'operator': 'Equal', 'value': string(params.spec.pool), 'effect': 'NoSchedule'}])`,
        when: `!${tolerations}.exists(t, t.?key.orValue('') == '${LABEL.pool}')`,
      },
    ],
  };
}

function runtime(pods: Pods): DefaultPolicy {
  return {
    id: 'default-runtime',
    rows: ['S07'],
    controls: { 'CTR-4': 'a pod that names no sandbox gets its tenant’s' },
    ...pods("object.spec.?runtimeClassName.orValue('') == ''"),
    patches: [
      {
        op: 'add',
        path: '/spec/runtimeClassName',
        value: 'params.spec.defaultRuntimeClass',
        when: "params.spec.defaultRuntimeClass != ''",
      },
    ],
  };
}

/** The API server has already worked out a number for "no class"; it is taken away, so that it works out the class's. */
function priority(pods: Pods): DefaultPolicy {
  return {
    id: 'default-priority',
    rows: ['S06'],
    controls: { 'SCN-1': 'a pod that names no priority gets its tenant’s lowest' },
    ...pods("object.spec.?priorityClassName.orValue('') == ''"),
    patches: [
      {
        op: 'add',
        path: '/spec/priorityClassName',
        value: 'params.spec.priorityClasses[0]',
        when: 'params.spec.priorityClasses.size() > 0',
      },
      { op: 'remove', path: '/spec/priority', when: 'has(object.spec.priority)' },
      { op: 'remove', path: '/spec/preemptionPolicy', when: 'has(object.spec.preemptionPolicy)' },
    ],
  };
}

function pull(conditions: DefaultPolicy['conditions']): DefaultPolicy {
  const always = (list: string): PatchEach => ({
    op: 'each',
    path: `/spec/${list}`,
    list: `object.spec.?${list}.orValue([])`,
    when: "item.?imagePullPolicy.orValue('') == 'IfNotPresent'",
    field: '/imagePullPolicy',
    value: "'Always'",
  });
  return {
    id: 'default-pull',
    rows: ['S10'],
    controls: { 'CTR-2': 'the registry decides at each start who may run an image' },
    reach: 'tenants',
    matches: [NEW_PODS, { group: '', resources: ['pods/ephemeralcontainers'], operations: ['UPDATE'] }],
    params: 'none',
    ...(conditions === undefined ? {} : { conditions }),
    patches: [
      always('containers'),
      always('initContainers'),
      {
        ...always('ephemeralContainers'),
        // Only the new ones: those that run can no longer be changed.
        when: "item.?imagePullPolicy.orValue('') == 'IfNotPresent' && (oldObject == null || !oldObject.spec.?ephemeralContainers.orValue([]).exists(o, o.name == item.name))",
      },
      {
        op: 'each',
        path: '/spec/volumes',
        list: 'object.spec.?volumes.orValue([])',
        when: "has(item.image) && item.image.?pullPolicy.orValue('') == 'IfNotPresent'",
        field: '/image/pullPolicy',
        value: "'Always'",
      },
    ],
  };
}

function token(pods: Pods): DefaultPolicy {
  return {
    id: 'default-token',
    rows: ['S15'],
    controls: { 'IAM-2': 'a pod gets no token unless it asks for one' },
    ...pods('!has(object.spec.automountServiceAccountToken)'),
    params: 'none',
    patches: [{ op: 'add', path: '/spec/automountServiceAccountToken', value: 'false' }],
  };
}

const LABELS = {
  op: 'add',
  path: '/metadata/labels',
  value: '{}',
  when: '!has(object.metadata.labels)',
} as const;

const QUEUE = {
  op: 'add',
  path: pointer('/metadata/labels', QUEUE_LABEL),
  value: 'params.spec.queue',
} as const;

const noQueue = `!('${QUEUE_LABEL}' in object.metadata.?labels.orValue({}))`;
const CONTROLS = { 'GPU-1': 'GPU work goes through the tenant’s queue' } as const;

function podQueue(pods: Pods): DefaultPolicy {
  return {
    id: 'default-queue',
    rows: ['Q17'],
    controls: CONTROLS,
    ...pods(`${noQueue} && ${notFromJob} && (${wantsDevice('object.spec')})`),
    patches: [LABELS, QUEUE],
  };
}

function jobQueue(): DefaultPolicy {
  return {
    id: 'default-job-queue',
    rows: ['Q17'],
    controls: CONTROLS,
    reach: 'tenants',
    matches: [{ ...JOBS, operations: ['CREATE'] }],
    params: { missingOnUpdate: 'deny' },
    conditions: { missing: `${noQueue} && (${wantsDevice('object.spec.template.spec')})` },
    patches: [LABELS, QUEUE],
  };
}

/** See `PINNED_ANNOTATION`: only before allocation can a chosen address be told from a given one. */
function pinned(): DefaultPolicy {
  return {
    id: 'mark-pinned-address',
    rows: ['N07'],
    controls: { 'NET-4': 'no tenant chooses the address of a Service' },
    reach: 'tenants',
    matches: [{ group: '', resources: ['services'], operations: ['CREATE'] }],
    params: 'none',
    conditions: { pinned: "!(object.spec.?clusterIP.orValue('') in ['', 'None'])" },
    patches: [
      { op: 'add', path: '/metadata/annotations', value: '{}', when: '!has(object.metadata.annotations)' },
      { op: 'add', path: pointer('/metadata/annotations', PINNED_ANNOTATION), value: 'object.spec.clusterIP' },
    ],
  };
}
