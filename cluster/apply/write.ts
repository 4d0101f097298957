import { isDeepStrictEqual } from 'node:util';
import { stringAt } from '../../constructs/core/json';
import { type Manifest, objectLabel } from '../../constructs/core/manifest';
import { ProblemError } from '../../constructs/core/problem';
import { liveRefusal } from '../../stacks/live/problem';
import type { ObjectRegistration } from '../../stacks/sinks/pulumi/registration';
import { isByKubernetes } from '../../stacks/sinks/pulumi/token';
import type { ClusterAnswer } from '../client/cluster';
import { sameContent } from './content';
import { asJson, isGoing, type LiveCluster, type LiveObject, refused } from './live-cluster';
import { ownershipProblem, recordOf } from './ownership';
import { type Patience, whenGone, whenReady } from './ready';
import { foreignContent, without } from './record';

/** What became of an object. */
export type Outcome = 'created' | 'updated' | 'unchanged' | 'replaced';

/** What became of an object, and what the server remarked. */
export interface Written {
  readonly outcome: Outcome;
  readonly warnings: readonly string[];
}

/** How to write. */
export interface WriteOptions {
  readonly patience: Patience;
  /** Ask the server, and change nothing. */
  readonly dryRun: boolean;
}

/**
 * Brings one object to what it should be, and waits until what depends on it may start. Where nothing would change nothing
 * is sent but a question: the server would otherwise put its own record of the write in another order, and call it a change.
 * Throws a `ProblemError`.
 */
export async function write(
  live: LiveCluster,
  registration: ObjectRegistration,
  options: WriteOptions,
): Promise<Written> {
  const found = await live.get(registration.inputs);
  if (found === undefined) return create(live, registration, options);
  if (!isGoing(found.object)) return update(live, registration, found, options);
  // An interrupted removal: a new object of the name cannot be made before the old one is gone.
  if (!options.dryRun) await whenGone(live, found, options.patience);
  return create(live, registration, options);
}

async function create(
  live: LiveCluster,
  { inputs: object }: ObjectRegistration,
  { patience, dryRun }: WriteOptions,
): Promise<Written> {
  if (dryRun) return { outcome: 'created', warnings: [] };
  const answer = await live.apply(object, { force: false });
  if (answer.status !== 200 && answer.status !== 201) throw refused(object, answer);
  // 200 and not 201: somebody made it between our look and our write. Kubernetes itself may, for a namespace's account.
  if (answer.status === 200 && !isByKubernetes(object)) throw appeared(object);
  await whenReady(live, object, answer.body, patience);
  return { outcome: 'created', warnings: answer.warnings };
}

async function update(
  live: LiveCluster,
  registration: ObjectRegistration,
  found: LiveObject,
  options: WriteOptions,
): Promise<Written> {
  const { inputs: object } = registration;
  refuseForeign(object, found.object);
  const would = await live.apply(object, { force: true, uid: found.uid, dryRun: true });
  if (isImmutable(would)) return replace(live, registration, found, options);
  if (would.status !== 200) throw refused(object, would);
  const isSame =
    sameContent(found.object, would.body) && isDeepStrictEqual(recordOf(found.object), recordOf(would.body));
  const outcome = isSame && foreignContent(would.body).length === 0 ? 'unchanged' : 'updated';
  if (options.dryRun) return { outcome, warnings: would.warnings };
  if (outcome === 'unchanged') await whenReady(live, object, found.object, options.patience);
  else await overwrite(live, object, found.uid, options);
  return { outcome, warnings: would.warnings };
}

/** Applies an object, and takes back what others added to its content: an apply leaves that as it is. */
async function overwrite(live: LiveCluster, object: Manifest, uid: string, { patience }: WriteOptions): Promise<void> {
  let answer = await live.apply(object, { force: true, uid });
  if (answer.status !== 200) throw refused(object, answer);
  const foreign = foreignContent(answer.body);
  if (foreign.length > 0) {
    answer = await live.replace(object, asJson(without(answer.body, foreign)));
    if (answer.status !== 200) throw refused(object, answer);
  }
  await whenReady(live, object, answer.body, patience);
}

/** What cannot be changed is made anew, as Pulumi does; what holds data is not. */
async function replace(
  live: LiveCluster,
  registration: ObjectRegistration,
  found: LiveObject,
  options: WriteOptions,
): Promise<Written> {
  if (registration.protect || registration.retainOnDelete) {
    const given = 'a change that only a new object can carry';
    throw liveRefusal(
      'LIV014',
      found.label,
      given,
      'an object that holds data to stay',
      'undo the change of the fields that cannot change',
    );
  }
  if (!options.dryRun) {
    await live.delete(found);
    await whenGone(live, found, options.patience);
  }
  return { ...(await create(live, registration, options)), outcome: 'replaced' };
}

function appeared(object: Manifest): ProblemError {
  const given = 'an object that appeared in the same moment';
  return liveRefusal('LIV010', objectLabel(object), given, 'no object of that name, or the platform’s own');
}

/** Somebody else's object, unless Kubernetes made it for us. */
function refuseForeign(wanted: Manifest, live: unknown): void {
  const problem = ownershipProblem(wanted, live);
  if (problem !== undefined) throw new ProblemError([problem]);
}

/** Whether the server refused because a field cannot be changed. */
export function isImmutable({ status, body }: ClusterAnswer): boolean {
  if (status !== 422) return false;
  return /immutable|cannot change|updates to .* are forbidden/i.test(stringAt(body, 'message') ?? '');
}
