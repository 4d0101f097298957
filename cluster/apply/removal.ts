import type { Problem } from '../../constructs/core/problem';
import { identityOf } from '../../stacks/identity';
import { liveProblem } from '../../stacks/live/problem';
import { STATEFUL } from '../../stacks/sinks/pulumi/stateful';
import { kindKey } from '../../stacks/sinks/pulumi/token';
import { apiVersionOf } from '../client/resources';
import { reversed, type Step } from './graph';
import type { Owned } from './inventory';
import type { StackPlan } from './plan';

/** One object to remove, and what is removed before it. */
export type RemovalStep = Step & { readonly owned: Owned };

/** Objects that go together; a batch starts when the one before it is gone. */
export type RemovalBatch = readonly RemovalStep[];

/** What is to be removed, in order. */
export interface Removal {
  readonly batches: readonly RemovalBatch[];
  /** Objects inside a namespace that goes: they go with it. */
  readonly within: readonly Owned[];
  /** Objects that stay though nobody wants them any more: they are the data. */
  readonly retained: readonly Owned[];
}

/** Which of the objects that are there are to go. */
export interface RemovalRequest {
  readonly owned: readonly Owned[];
  /** Stacks that know the order of some of them. @default - none */
  readonly plans?: readonly StackPlan[];
}

/**
 * The reverse of the order in which they were made. Of an object that the plan still knows that is the plan's order, layer
 * by layer; of one that it no longer knows, the time at which it was made, namespaced objects first, then what is
 * cluster-wide, then namespaces, then definitions: nothing loses what it stands in before itself.
 */
export function removalOf({ owned, plans = [] }: RemovalRequest): Removal {
  const retained = owned.filter((one) => stateful(one)?.retainOnDelete === true);
  const going = owned.filter((one) => !retained.includes(one));
  const namespaces = new Set(going.filter(isNamespace).map(({ name }) => name));
  const kept = new Set(retained.flatMap(({ namespace }) => namespace ?? []));
  const within = going.filter(({ namespace }) => namespace !== undefined && namespaces.has(namespace));
  // A namespace takes with it what is in it, so it stays as long as something in it does.
  const staying = going.filter((one) => isNamespace(one) && kept.has(one.name));
  const left = going.filter((one) => !within.includes(one) && !staying.includes(one));
  const batches = [...unknownBatches(left, plans), ...plannedBatches(left, plans)];
  return { batches: batches.filter((batch) => batch.length > 0), within, retained: [...retained, ...staying] };
}

/** What speaks against a removal: kinds that hold data, unless their tenant was named (LIV014). */
export function protectionProblems({ batches }: Removal, unprotected: readonly string[]): readonly Problem[] {
  return batches.flat().flatMap(({ owned }) => {
    if (stateful(owned)?.protect !== true || (owned.tenant !== undefined && unprotected.includes(owned.tenant)))
      return [];
    const because = stateful(owned)?.because ?? '';
    return [
      liveProblem('LIV014', owned.label, `its removal: ${because}`, 'an object that stays, or a tenant that is let go'),
    ];
  });
}

/** Key of a planned object among live ones. */
export function identityKey({ stack, urn }: Pick<Owned, 'stack' | 'urn'>): string {
  return `${stack} ${urn}`;
}

/** Keys of everything that plans want. */
export function wantedKeys(plans: readonly StackPlan[]): ReadonlySet<string> {
  const objects = plans.flatMap(({ layers }) => layers.flatMap((layer) => layer.objects));
  return new Set(objects.flatMap(({ inputs }) => keyOf(inputs) ?? []));
}

function keyOf(object: unknown): string | undefined {
  const identity = identityOf(object);
  return identity === undefined ? undefined : identityKey(identity);
}

function plannedBatches(owned: readonly Owned[], plans: readonly StackPlan[]): readonly RemovalBatch[] {
  const byKey = new Map(owned.map((one) => [identityKey(one), one]));
  const layers = plans.flatMap(({ layers: all }) => all);
  return [...layers].reverse().map(({ objects }) =>
    reversed(
      objects.flatMap((object) => {
        const one = byKey.get(keyOf(object.inputs) ?? '');
        return one === undefined ? [] : [{ id: object.id, dependsOn: object.dependsOn, owned: one }];
      }),
    ),
  );
}

function unknownBatches(owned: readonly Owned[], plans: readonly StackPlan[]): readonly RemovalBatch[] {
  const known = wantedKeys(plans);
  const unknown = owned.filter((one) => !known.has(identityKey(one)));
  return [0, 1, 2, 3].map((rank) =>
    unknown
      .filter((one) => rankOf(one) === rank)
      .sort((a, b) => (a.made < b.made ? 1 : -1))
      .map((one) => ({ id: one.uid, dependsOn: [], owned: one })),
  );
}

function rankOf(owned: Owned): number {
  if (owned.resource.kind === 'CustomResourceDefinition') return 3;
  if (isNamespace(owned)) return 2;
  return owned.namespace === undefined ? 1 : 0;
}

function isNamespace({ resource }: Owned): boolean {
  return resource.group === '' && resource.kind === 'Namespace';
}

function stateful({ resource }: Owned) {
  return STATEFUL[kindKey(apiVersionOf(resource), resource.kind)];
}
