import { setTimeout as sleep } from 'node:timers/promises';
import { listAt, numberAt, stringAt } from '../../constructs/core/json';
import { type Manifest, objectLabel } from '../../constructs/core/manifest';
import { liveRefusal } from '../../stacks/live/problem';
import { kindKey } from '../../stacks/sinks/pulumi/token';
import { isGoing, type LiveCluster, type LiveObject } from './live-cluster';

/** How long to wait, in milliseconds. */
export interface Patience {
  /** For an object to become ready. @default 60 s */
  readonly ready?: number;
  /** For an object to go away. @default 120 s */
  readonly gone?: number;
}

const READY = 60_000;
const GONE = 120_000;

/** When an object of a kind is ready; what it says is for the message. */
interface Readiness {
  /** Whether the objects of the same layer that depend on it need not wait: the layer as a whole does. */
  readonly late?: boolean;
  readonly when: (live: unknown) => boolean;
  readonly expected: string;
}

const NAMESPACE: Readiness = {
  when: (live) => stringAt(live, 'status', 'phase') === 'Active',
  expected: 'phase Active',
};
const DEFINITION: Readiness = {
  when: (live) =>
    listAt(live, 'status', 'conditions').some(
      (one) => stringAt(one, 'type') === 'Established' && stringAt(one, 'status') === 'True',
    ),
  expected: 'condition Established',
};
/** Observed means type-checked: its warnings are known from then on. */
const POLICY: Readiness = {
  late: true,
  when: (live) =>
    (numberAt(live, 'status', 'observedGeneration') ?? 0) >= (numberAt(live, 'metadata', 'generation') ?? 1),
  expected: 'a policy that kube-controller-manager has type-checked',
};

/**
 * Kinds that are waited for: those of the API server and of Kubernetes itself. Queues and gateways become ready by
 * controllers that this path does not install, so their readiness says nothing about it.
 */
const READINESS: Readonly<Record<string, Readiness>> = {
  'Namespace.core': NAMESPACE,
  'CustomResourceDefinition.apiextensions.k8s.io': DEFINITION,
  'ValidatingAdmissionPolicy.admissionregistration.k8s.io': POLICY,
};

/** Waits until what depends on a live object may start. Throws LIV013 when the time is over. */
export async function whenReady(live: LiveCluster, object: Manifest, seen: unknown, patience: Patience): Promise<void> {
  const readiness = readinessOf(object);
  if (readiness === undefined || readiness.late === true || readiness.when(seen)) return;
  await becoming(live, object, readiness, patience);
}

/** Whether an object becomes ready in its own time, and only what comes after its layer waits for it. */
export function isReadyLate(object: Manifest): boolean {
  return readinessOf(object)?.late === true;
}

/** Waits for such an object, and gives back what the server remarked about it. Throws LIV013 when the time is over. */
export async function whenReadyLate(
  live: LiveCluster,
  object: Manifest,
  patience: Patience,
): Promise<readonly string[]> {
  const readiness = readinessOf(object);
  return readiness === undefined ? [] : typeWarnings(await becoming(live, object, readiness, patience));
}

/** What the server thinks of a policy's expressions: a type that does not fit is a check that will never hold. */
function typeWarnings(live: unknown): readonly string[] {
  return listAt(live, 'status', 'typeChecking', 'expressionWarnings').map(
    (one) => `${stringAt(one, 'fieldRef') ?? 'expression'}: ${stringAt(one, 'warning') ?? ''}`,
  );
}

function readinessOf({ apiVersion, kind }: Manifest): Readiness | undefined {
  return READINESS[kindKey(apiVersion, kind)];
}

async function becoming(
  live: LiveCluster,
  object: Manifest,
  readiness: Readiness,
  { ready = READY }: Patience,
): Promise<unknown> {
  for (const pause of [0, ...pauses(ready)]) {
    await sleep(pause);
    const found = (await live.get(object))?.object;
    if (readiness.when(found)) return found;
  }
  throw liveRefusal('LIV013', objectLabel(object), `nothing of it within ${ready / 1000} s`, readiness.expected);
}

/** Waits until a live object is gone, or another one has its name. Throws LIV015 when the time is over. */
export async function whenGone(
  live: LiveCluster,
  { path, label, uid }: Omit<LiveObject, 'object'>,
  { gone = GONE }: Patience,
): Promise<void> {
  for (const pause of [0, ...pauses(gone)]) {
    await sleep(pause);
    const { status, body } = await live.cluster.request({ method: 'GET', path });
    if (status === 404 || (status === 200 && stringAt(body, 'metadata', 'uid') !== uid)) return;
    if (pause > 0 && !isGoing(body)) await live.delete({ path, label, uid });
  }
  throw liveRefusal('LIV015', label, `still there after ${gone / 1000} s`, 'an object that is gone');
}

/** Pauses that grow from a twentieth of a second to one second, and together last `total` milliseconds. */
function* pauses(total: number): Generator<number> {
  let pause = 50;
  for (let passed = 0; passed < total; passed += pause) {
    yield pause;
    pause = Math.min(1_000, pause * 1.5);
  }
}
