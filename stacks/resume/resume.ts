import { isRecord, type JsonObject, listAt, recordAt, stringAt } from '../../constructs/core/json';
import { type Problem, ProblemError } from '../../constructs/core/problem';
import { identityOf } from '../identity';
import { liveProblem } from '../live/problem';
import { objectOf, type PendingOperation, pendingOperations } from './pending';
import { doubts } from './prove';

/** What became of an interrupted operation. */
export interface Resumed {
  readonly urn: string;
  /**
   * `adopted`: the object was made, and is in the state now. `never-made`: it was not, and the next update makes it.
   * `to-repeat`: a change or a removal, which the next update does again.
   */
  readonly outcome: 'adopted' | 'never-made' | 'to-repeat';
}

/** A state without pending operations, and what became of them. */
export interface ResumeResult {
  readonly deployment: JsonObject;
  readonly resumed: readonly Resumed[];
}

/** What an interrupted update is settled from. */
export interface ResumeOptions {
  readonly stack: string;
  /** The field of that name in `pulumi stack export`. */
  readonly deployment: JsonObject;
  /** Live objects by the URN of the resource that they would be. */
  readonly live: ReadonlyMap<string, JsonObject>;
  /** Creations that the engine took for failed; those without a live object did fail. @default - none */
  readonly unrecorded?: readonly PendingOperation[];
}

/**
 * Settles what an interrupted update left behind: creations that reached the cluster but not the state. Pure: the deployment
 * that is to be imported. Throws a `ProblemError` with everything that speaks against it (LIV020, LIV021, LIV022): a state is
 * resumed as a whole or not at all.
 */
export function resume({ stack, deployment, live: found, unrecorded = [] }: ResumeOptions): ResumeResult {
  const resources = listAt(deployment, 'resources').filter(isJson);
  const known = new Set(resources.flatMap(({ urn }) => (typeof urn === 'string' ? [urn] : [])));
  const pending = pendingOperations(deployment);
  const made = unrecorded.filter(({ urn }) => found.has(urn) && !isGoing(found.get(urn)));
  const held = new Set([...known, ...made.map(({ urn }) => urn)]);
  // What stands in a namespace that is not held any more goes with it.
  const staying = made.filter(
    ({ resource: { deletedWith } }) => typeof deletedWith !== 'string' || held.has(deletedWith),
  );
  const operations = [...pending, ...staying.map((one) => onlyWith(one, held))];
  const live = withoutOthers(operations, found);
  const problems = [
    ...brokenList(stack, deployment, pending),
    ...operations.flatMap((one) => problemsOf(stack, one, { known, held }, live)),
  ];
  if (problems.length > 0) throw new ProblemError(problems);
  const adopted = operations
    .filter(({ type }) => type === 'creating')
    .map((one) => adoptedResource(one, live))
    .filter((one) => one !== undefined);
  return {
    deployment: { ...deployment, resources: [...resources, ...adopted], pending_operations: [] },
    resumed: operations.map((one) => ({ urn: one.urn, outcome: outcomeOf(one, live) })),
  };
}

/** What is on its way out already is not taken in again. */
function isGoing(object: JsonObject | undefined): boolean {
  return recordAt(object, 'metadata').deletionTimestamp !== undefined;
}

/** An operation without the dependencies that the state will not hold. */
function onlyWith({ resource, ...rest }: PendingOperation, held: ReadonlySet<string>): PendingOperation {
  const dependencies = listAt(resource, 'dependencies').flatMap((urn) =>
    typeof urn === 'string' && held.has(urn) ? [urn] : [],
  );
  return { ...rest, resource: { ...resource, dependencies } };
}

/** What Kubernetes made by itself is there before the platform has said anything about it: nobody else’s, and not ours yet. */
function withoutOthers(
  operations: readonly PendingOperation[],
  live: ReadonlyMap<string, JsonObject>,
): ReadonlyMap<string, JsonObject> {
  const patches = operations.filter(({ resource }) => (stringAt(resource, 'type') ?? '').endsWith('Patch'));
  const untouched = new Set(patches.map(({ urn }) => urn).filter((urn) => identityOf(live.get(urn)) === undefined));
  return new Map([...live].filter(([urn]) => !untouched.has(urn)));
}

function outcomeOf({ type, urn }: PendingOperation, live: ReadonlyMap<string, JsonObject>): Resumed['outcome'] {
  if (type !== 'creating') return 'to-repeat';
  return live.has(urn) ? 'adopted' : 'never-made';
}

/** URNs that the state holds, and those that it will hold. */
interface State {
  readonly known: ReadonlySet<string>;
  readonly held: ReadonlySet<string>;
}

function problemsOf(
  stack: string,
  operation: PendingOperation,
  state: State,
  live: ReadonlyMap<string, JsonObject>,
): readonly Problem[] {
  const { type, urn, resource } = operation;
  // The engine asks the provider for the difference anew, and a second change or removal is the same as the first.
  if (type === 'updating' || type === 'deleting') return [];
  const object = type === 'creating' ? objectOf(urn, resource) : undefined;
  if (object === undefined) {
    const what = `${type} of ${stringAt(resource, 'type') ?? 'a resource'}`;
    return [
      liveProblem(
        'LIV021',
        urn,
        `an interrupted ${what}`,
        'the creation of a kubernetes object, a change or a removal',
      ),
    ];
  }
  const found = live.get(urn);
  if (found === undefined) return [];
  const said = doubts(stack, object, resource.inputs, found);
  const unproved =
    said.length === 0 ? [] : [liveProblem('LIV020', urn, said.join('; '), 'the very object that was asked for')];
  return [...unproved, ...integrityProblems(operation, state)];
}

/** What a state refuses: a second resource of the name, or one without what it stands on. */
function integrityProblems({ urn, resource }: PendingOperation, { known, held }: State): readonly Problem[] {
  const provider = stringAt(resource, 'provider') ?? '';
  const needs = [
    ...(stringAt(resource, 'parent') === undefined ? [] : [stringAt(resource, 'parent')]),
    provider.slice(0, provider.lastIndexOf('::')),
    ...listAt(resource, 'dependencies'),
  ].filter((need) => typeof need === 'string');
  const gone = needs.filter((need) => !held.has(need));
  return [
    ...(known.has(urn)
      ? [liveProblem('LIV022', urn, 'a creation of what the state holds already', 'one resource of the name')]
      : []),
    ...gone.map((need) =>
      liveProblem('LIV022', urn, `a resource that needs ${need}, which the state does not hold`, 'all that it needs'),
    ),
  ];
}

/** Operations that the document spells in a way that nobody here knows. */
function brokenList(
  stack: string,
  deployment: JsonObject,
  operations: readonly PendingOperation[],
): readonly Problem[] {
  const number = listAt(deployment, 'pending_operations').length;
  const isWhole = number === operations.length && new Set(operations.map(({ urn }) => urn)).size === number;
  if (isWhole && listAt(deployment, 'resources').every(isRecord)) return [];
  return [
    liveProblem(
      'LIV022',
      stack,
      'a list of resources or operations that cannot be read',
      'a deployment as the engine exports it',
    ),
  ];
}

/** The resource as the provider would have recorded it: with its id, and the live object as its outputs. */
function adoptedResource(
  { urn, resource }: PendingOperation,
  live: ReadonlyMap<string, JsonObject>,
): JsonObject | undefined {
  const found = live.get(urn);
  const object = objectOf(urn, resource);
  if (found === undefined || object === undefined) return undefined;
  const manager = managerOf(found);
  return {
    ...resource,
    id: object.namespace === undefined ? object.name : `${object.namespace}/${object.name}`,
    outputs: {
      ...found,
      // What the plugin compares the next inputs with; without it everything counts as new, and the object is replaced.
      __inputs: resource.inputs ?? {},
      __initialApiVersion: object.apiVersion,
      ...(manager === undefined ? {} : { __fieldManager: manager }),
    },
  };
}

/** The name under which the provider wrote the object: under another one the next update would be in conflict with the first. */
function managerOf(live: JsonObject): string | undefined {
  const managers = listAt(recordAt(live, 'metadata'), 'managedFields').flatMap(
    (entry) => stringAt(entry, 'manager') ?? [],
  );
  return managers.find((manager) => manager.startsWith('pulumi-kubernetes-'));
}

function isJson(value: unknown): value is JsonObject {
  return isRecord(value);
}
