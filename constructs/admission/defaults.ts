import { LABEL } from '../core/labels';
import { POD_SHAPE } from './pod-rule';
import type { DefaultPolicy, Match, Patch, PatchEach } from './policy';
import { JOBS, notFromJob, QUEUE_LABEL, wantsDevice } from './queue';
import { PINNED_ANNOTATION } from './services';
import type { AdmissionSettings } from './settings';

/** Defaults that are kinder than a refusal. What they fill in, the policies then demand. */
export function defaultPolicies(settings: AdmissionSettings): readonly DefaultPolicy[] {
  return [podDefaults(settings), ephemeralPull(), jobQueue(), pinned()];
}

const NEW_PODS: Match = { group: '', resources: ['pods'], operations: ['CREATE'] };

/** JSON pointer of a key that holds slashes (RFC 6901). */
const pointer = (base: string, key: string): string => `${base}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;

const withoutQueue = `!('${QUEUE_LABEL}' in object.metadata.?labels.orValue({}))`;

/**
 * All defaults of pods in one policy: the API server converts the whole object for each mutating policy, so that five of
 * them cost a large pod five times as much.
 */
function podDefaults(settings: AdmissionSettings): DefaultPolicy {
  return {
    id: 'pod-defaults',
    rows: ['S04', 'S06', 'S07', 'S10', 'S15', 'Q17'],
    controls: {
      'GPU-1': 'a pod goes to the pool that its tenant leased, and GPU work to the tenant’s queue',
      'CTR-4': 'a pod that names no sandbox gets its tenant’s',
      'CTR-2': 'the registry decides at each start who may run an image',
      'IAM-2': 'a pod gets no token unless it asks for one',
    },
    reach: 'tenants',
    matches: [NEW_PODS],
    params: { missingOnUpdate: 'deny' },
    conditions: { 'not-the-waypoint': POD_SHAPE.conditions(settings)['not-the-waypoint'] ?? 'true' },
    variables: {
      noPriority: "object.spec.?priorityClassName.orValue('') == '' && params.spec.priorityClasses.size() > 0",
      tolerations: 'dyn(object.spec.?tolerations.orValue([]))',
      unqueued: `${withoutQueue} && ${notFromJob} && (${wantsDevice('object.spec')})`,
    },
    patches: [...POOL, ...RUNTIME, ...PRIORITY, ...TOKEN, ...queue('variables.unqueued'), ...PULL],
  };
}

const POOL: readonly Patch[] = [
  { op: 'add', path: '/spec/nodeSelector', value: '{}', when: '!has(object.spec.nodeSelector)' },
  {
    op: 'add',
    path: pointer('/spec/nodeSelector', LABEL.pool),
    value: 'params.spec.pool',
    when: `!('${LABEL.pool}' in object.spec.?nodeSelector.orValue({}))`,
  },
  {
    op: 'add',
    path: '/spec/tolerations',
    value: `variables.tolerations + dyn([{'key': '${LABEL.pool}', 'operator': 'Equal', 'value': string(params.spec.pool), 'effect': 'NoSchedule'}])`,
    when: `!variables.tolerations.exists(t, t.?key.orValue('') == '${LABEL.pool}')`,
  },
];

const RUNTIME: readonly Patch[] = [
  {
    op: 'add',
    path: '/spec/runtimeClassName',
    value: 'params.spec.defaultRuntimeClass',
    when: "object.spec.?runtimeClassName.orValue('') == '' && params.spec.defaultRuntimeClass != ''",
  },
];

/** The API server has already worked out a number for "no class"; it is taken away, so that it works out the class's. */
const PRIORITY: readonly Patch[] = [
  { op: 'add', path: '/spec/priorityClassName', value: 'params.spec.priorityClasses[0]', when: 'variables.noPriority' },
  { op: 'remove', path: '/spec/priority', when: 'variables.noPriority && has(object.spec.priority)' },
  { op: 'remove', path: '/spec/preemptionPolicy', when: 'variables.noPriority && has(object.spec.preemptionPolicy)' },
];

const TOKEN: readonly Patch[] = [
  {
    op: 'add',
    path: '/spec/automountServiceAccountToken',
    value: 'false',
    when: '!has(object.spec.automountServiceAccountToken)',
  },
];

const notAlways = "item.?imagePullPolicy.orValue('') == 'IfNotPresent'";

const always = (list: string, when = notAlways): PatchEach => ({
  op: 'each',
  path: `/spec/${list}`,
  list: `object.spec.?${list}.orValue([])`,
  when,
  field: '/imagePullPolicy',
  value: "'Always'",
});

/** `IfNotPresent` is what the API server writes for a digest when nobody said anything. */
const PULL: readonly Patch[] = [
  always('containers'),
  always('initContainers'),
  {
    ...always('volumes', "has(item.image) && item.image.?pullPolicy.orValue('') == 'IfNotPresent'"),
    field: '/image/pullPolicy',
  },
];

function queue(when: string): readonly Patch[] {
  return [
    { op: 'add', path: '/metadata/labels', value: '{}', when: `${when} && !has(object.metadata.labels)` },
    { op: 'add', path: pointer('/metadata/labels', QUEUE_LABEL), value: 'params.spec.queue', when },
  ];
}

function ephemeralPull(): DefaultPolicy {
  const isNew = '!oldObject.spec.?ephemeralContainers.orValue([]).exists(o, o.name == item.name)';
  return {
    id: 'ephemeral-defaults',
    rows: ['S10'],
    controls: { 'CTR-2': 'the registry decides at each start who may run an image' },
    reach: 'tenants',
    matches: [{ group: '', resources: ['pods/ephemeralcontainers'], operations: ['UPDATE'] }],
    params: 'none',
    // Only the new ones: those that run can no longer be changed.
    patches: [always('ephemeralContainers', `${notAlways} && ${isNew}`)],
  };
}

function jobQueue(): DefaultPolicy {
  return {
    id: 'job-defaults',
    rows: ['Q17'],
    controls: { 'GPU-1': 'GPU work goes through the tenant’s queue' },
    reach: 'tenants',
    matches: [{ ...JOBS, operations: ['CREATE'] }],
    params: { missingOnUpdate: 'deny' },
    conditions: { unqueued: `${withoutQueue} && (${wantsDevice('object.spec.template.spec')})` },
    patches: queue('true'),
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
