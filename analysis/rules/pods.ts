import { isList, isRecord, listAt, recordAt, stringAt, valueAt } from '../../constructs/core/json';
import type { Subject } from '../../constructs/core/rule';
import { scopeOf } from './kinds';

/** A pod specification inside an object, and where it stands. */
export interface PodSpec {
  readonly path: string;
  readonly spec: Readonly<Record<string, unknown>>;
}

/** One container of a pod, of any of the three lists. */
export interface Container {
  readonly path: string;
  readonly name: string;
  readonly container: Readonly<Record<string, unknown>>;
}

type Path = readonly string[];
const TEMPLATE: Path = ['spec', 'template', 'spec'];

/** Where the pod stands in each kind we know; `*` means every element or every key. */
const PATHS: Readonly<Record<string, readonly Path[]>> = {
  'core/Pod': [['spec']],
  'core/PodTemplate': [['template', 'spec']],
  'core/ReplicationController': [TEMPLATE],
  'apps/Deployment': [TEMPLATE],
  'apps/StatefulSet': [TEMPLATE],
  'apps/DaemonSet': [TEMPLATE],
  'apps/ReplicaSet': [TEMPLATE],
  'batch/Job': [TEMPLATE],
  'batch/CronJob': [['spec', 'jobTemplate', 'spec', 'template', 'spec']],
  'jobset.x-k8s.io/JobSet': [['spec', 'replicatedJobs', '*', 'template', 'spec', 'template', 'spec']],
};

/** Kinds that hold pods, or may: those of the table, and every kind nobody told us about. */
export function mayHoldPods(group: string, kind: string): boolean {
  return Object.hasOwn(PATHS, tableKey(group, kind)) || hidesPods(group, kind);
}

/** Custom kinds with pod templates in places of their own: their whole specification is searched. */
function hidesPods(group: string, kind: string): boolean {
  return scopeOf(group, kind) === undefined || SEARCHED.has(`${group}/${kind}`);
}

const SEARCHED: ReadonlySet<string> = new Set([
  'argoproj.io/Rollout',
  'argoproj.io/Workflow',
  'argoproj.io/WorkflowTemplate',
  'argoproj.io/CronWorkflow',
  'leaderworkerset.x-k8s.io/LeaderWorkerSet',
  'serving.kserve.io/InferenceService',
  'serving.kserve.io/ServingRuntime',
  'serving.kserve.io/ClusterServingRuntime',
]);

const read = new WeakMap<Subject, readonly PodSpec[]>();

/** Every pod specification of the object; several rules ask, one reads. */
export function podsOf(subject: Subject): readonly PodSpec[] {
  const known = read.get(subject);
  if (known !== undefined) return known;
  const paths = PATHS[tableKey(subject.group, subject.kind)];
  const pods: PodSpec[] = [];
  if (paths === undefined) search(subject.object, '', pods);
  else for (const path of paths) follow(subject.object, path, '', pods);
  read.set(subject, pods);
  return pods;
}

/** Containers, init containers and ephemeral containers of the object's pods. */
export function containersOf(subject: Subject): readonly Container[] {
  return podsOf(subject).flatMap((pod) => LISTS.flatMap((list) => containersIn(pod, list)));
}

const LISTS = ['initContainers', 'containers', 'ephemeralContainers'] as const;

/** The containers of one list of a pod. */
export function containersIn({ path, spec }: PodSpec, list: (typeof LISTS)[number]): readonly Container[] {
  return listAt(spec, list).flatMap((container, index) =>
    isRecord(container)
      ? [{ path: `${path}.${list}[${index}]`, name: stringAt(container, 'name') ?? '', container }]
      : [],
  );
}

/** Image volumes of a pod: `volumes[].image.reference`, generally available since Kubernetes 1.35. */
export function imageVolumesIn({ path, spec }: PodSpec): readonly { path: string; image: unknown }[] {
  return listAt(spec, 'volumes').flatMap((volume, index) =>
    isRecord(valueAt(volume, 'image'))
      ? [{ path: `${path}.volumes[${index}].image.reference`, image: valueAt(volume, 'image', 'reference') }]
      : [],
  );
}

function follow(value: unknown, path: Path, at: string, pods: PodSpec[]): void {
  const [key, ...rest] = path;
  if (key === undefined) {
    if (isRecord(value)) pods.push({ path: at, spec: value });
  } else if (key !== '*') follow(recordAt(value)[key], rest, at === '' ? key : `${at}.${key}`, pods);
  else if (isList(value)) for (const [index, item] of value.entries()) follow(item, rest, `${at}[${index}]`, pods);
}

/** The object's depth is bounded by the walk that came before. */
function search(value: unknown, at: string, pods: PodSpec[]): void {
  if (isList(value)) {
    for (const [index, item] of value.entries()) search(item, `${at}[${index}]`, pods);
  } else if (isRecord(value)) {
    if (isList(value.containers) && value.containers.some((item) => isRecord(item) && 'image' in item))
      pods.push({ path: at, spec: value });
    for (const key of Object.keys(value)) search(value[key], at === '' ? key : `${at}.${key}`, pods);
  }
}

function tableKey(group: string, kind: string): string {
  return `${group === '' ? 'core' : group}/${kind}`;
}
