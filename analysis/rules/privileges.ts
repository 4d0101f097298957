import { isList, listAt, recordAt, valueAt } from '../../constructs/core/json';
import { show } from '../../constructs/core/problem';
import { type Finding, NOT_APPLICABLE, type ObjectRule, outcomeOf, PASS } from '../../constructs/core/rule';
import { containersIn, containersOf, mayHoldPods, type PodSpec, podsOf } from './pods';

/** Limits on every container that can carry them; ephemeral containers cannot. */
export const containerLimits: ObjectRule = {
  id: 'DRN111',
  title: 'every container has a cpu and a memory limit',
  why: 'one container without limits can starve every neighbour on the node',
  remedy: 'set resources.limits.cpu and resources.limits.memory',
  control: 'SCN-1',
  kinds: mayHoldPods,
  check: (subject) => {
    const pods = podsOf(subject);
    const containers = pods.flatMap((pod) => [
      ...containersIn(pod, 'initContainers'),
      ...containersIn(pod, 'containers'),
    ]);
    if (containers.length === 0) return NOT_APPLICABLE;
    return outcomeOf(
      containers.flatMap(({ path, container }) =>
        ['cpu', 'memory']
          .filter((resource) => valueAt(container, 'resources', 'limits', resource) === undefined)
          .map((resource): Finding => {
            return { field: `${path}.resources.limits.${resource}`, given: 'nothing', expected: `a ${resource} limit` };
          }),
      ),
    );
  },
};

/** A setting of a container: its value there or, where the pod may say it for all, in the pod. */
interface Setting {
  readonly keys: readonly string[];
  readonly fromPod: boolean;
  readonly holds: (value: unknown) => boolean;
  readonly expected: string;
}

const SETTINGS: readonly Setting[] = [
  { keys: ['runAsNonRoot'], fromPod: true, holds: (value) => value === true, expected: 'true' },
  { keys: ['seccompProfile', 'type'], fromPod: true, holds: isConfined, expected: 'RuntimeDefault or Localhost' },
  { keys: ['allowPrivilegeEscalation'], fromPod: false, holds: (value) => value === false, expected: 'false' },
  { keys: ['privileged'], fromPod: false, holds: (value) => value === undefined || value === false, expected: 'false' },
  { keys: ['readOnlyRootFilesystem'], fromPod: false, holds: (value) => value === true, expected: 'true' },
  { keys: ['capabilities', 'drop'], fromPod: false, holds: dropsAll, expected: '["ALL"]' },
  { keys: ['capabilities', 'add'], fromPod: false, holds: addsNone, expected: 'nothing, or NET_BIND_SERVICE alone' },
  { keys: ['runAsUser'], fromPod: true, holds: (value) => value !== 0, expected: 'a user other than 0' },
];

/** Pod Security `restricted` and a read-only root file system. */
export const unprivileged: ObjectRule = {
  id: 'DRN112',
  title: 'containers run without root, privileges, capabilities or a writable root file system',
  why: 'each of these is a known way from a container to its node',
  remedy:
    'set the securityContext of Pod Security restricted, and readOnlyRootFilesystem: true with an emptyDir where it writes',
  control: 'CTR-3',
  kinds: mayHoldPods,
  check: (subject) => {
    const pods = podsOf(subject).filter((pod) => containersOfPod(pod).length > 0);
    if (pods.length === 0) return NOT_APPLICABLE;
    return outcomeOf(pods.flatMap((pod) => containersOfPod(pod).flatMap((each) => settingFindings(pod, each))));
  },
};

function containersOfPod(pod: PodSpec) {
  return [
    ...containersIn(pod, 'initContainers'),
    ...containersIn(pod, 'containers'),
    ...containersIn(pod, 'ephemeralContainers'),
  ];
}

function settingFindings(
  pod: PodSpec,
  { path, container }: { path: string; container: Readonly<Record<string, unknown>> },
): readonly Finding[] {
  return SETTINGS.flatMap(({ keys, fromPod, holds, expected }) => {
    const own = valueAt(container, 'securityContext', ...keys);
    const value = own === undefined && fromPod ? valueAt(pod.spec, 'securityContext', ...keys) : own;
    return holds(value) ? [] : [{ field: `${path}.securityContext.${keys.join('.')}`, given: show(value), expected }];
  });
}

function isConfined(value: unknown): boolean {
  return value === 'RuntimeDefault' || value === 'Localhost';
}

function dropsAll(value: unknown): boolean {
  return isList(value) && value.includes('ALL');
}

function addsNone(value: unknown): boolean {
  return value === undefined || (isList(value) && value.every((capability) => capability === 'NET_BIND_SERVICE'));
}

const SHARED = ['hostNetwork', 'hostPID', 'hostIPC'] as const;

/** Nothing of the node is lent to a pod. */
export const noHostAccess: ObjectRule = {
  id: 'DRN114',
  title: 'no pod shares the network, processes, memory, ports or files of its node',
  why: 'a pod on the host network is outside every network policy, and a host path is the node itself',
  remedy: 'remove it, or grant a waiver with an owner and a date for a node agent that cannot work otherwise',
  control: 'CTR-3',
  kinds: mayHoldPods,
  check: (subject) => {
    const pods = podsOf(subject);
    if (pods.length === 0) return NOT_APPLICABLE;
    const ports = containersOf(subject).flatMap(({ path, container }) =>
      listAt(container, 'ports').flatMap((port, index) => {
        const given = valueAt(port, 'hostPort');
        return given === undefined || given === 0
          ? []
          : [{ field: `${path}.ports[${index}].hostPort`, given: show(given), expected: 'no host port' }];
      }),
    );
    return outcomeOf([...pods.flatMap(hostFindings), ...ports]);
  },
};

function hostFindings({ path, spec }: PodSpec): readonly Finding[] {
  const shared = SHARED.filter((key) => spec[key] !== undefined && spec[key] !== false).map((key) => {
    return { field: `${path}.${key}`, given: show(spec[key]), expected: 'false' };
  });
  const paths = listAt(spec, 'volumes').flatMap((volume, index) => {
    const given = valueAt(volume, 'hostPath');
    return given === undefined
      ? []
      : [{ field: `${path}.volumes[${index}].hostPath`, given: show(given), expected: 'no host path' }];
  });
  return [...shared, ...paths];
}

/** Annotation that states why a pod or service account needs a token of the API server. */
export const TOKEN_ANNOTATION = 'drun.io/needs-api-token';

/** A token is mounted only where somebody said that it is needed. */
export const noTokenMounted: ObjectRule = {
  id: 'DRN113',
  title: 'no service-account token is mounted unless declared',
  why: 'a token nobody needs is the first thing an intruder finds in a container',
  remedy: `set automountServiceAccountToken: false, or annotate the reason with ${TOKEN_ANNOTATION}`,
  control: 'IAM-4',
  kinds: (group, kind) => (group === '' && kind === 'ServiceAccount') || mayHoldPods(group, kind),
  check: (subject) => {
    if (subject.kind === 'ServiceAccount' && subject.object.automountServiceAccountToken === false) return PASS;
    const holders = subject.kind === 'ServiceAccount' ? [{ path: '', spec: subject.object }] : podsOf(subject);
    if (holders.length === 0) return NOT_APPLICABLE;
    const reason = subject.annotations[TOKEN_ANNOTATION];
    if (typeof reason === 'string' && reason.trim().length >= 10) return outcomeOf([]);
    return outcomeOf(
      holders.flatMap(({ path, spec }) => {
        const given = recordAt(spec).automountServiceAccountToken;
        const field = path === '' ? 'automountServiceAccountToken' : `${path}.automountServiceAccountToken`;
        return given === false ? [] : [{ field, given: show(given), expected: 'false' }];
      }),
    );
  },
};
