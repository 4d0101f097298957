import { diffObjects, diffPosture, type FieldChange, type ObjectChange, type PostureChange } from '../../analysis/diff';
import { recordAt, stringAt } from '../../constructs/core/json';
import { LABEL } from '../../constructs/core/labels';
import type { Manifest } from '../../constructs/core/manifest';

/** One region before and after. */
export interface RegionStates {
  readonly region: string;
  readonly before: readonly Manifest[];
  readonly after: readonly Manifest[];
}

/** An object's change, with every region in which it changes in the same way. */
export interface ObjectChangeIn extends ObjectChange {
  readonly regions: readonly string[];
  /** `tenant acme`, `component vault`, or empty. */
  readonly owner: string;
}

/** A change of what is possible, with every region in which it happens. */
export interface PostureChangeIn extends PostureChange {
  readonly regions: readonly string[];
}

/** Everything that changes in an environment. */
export interface Changes {
  /** Sorted by owner. */
  readonly objects: readonly ObjectChangeIn[];
  /** What widens comes first. */
  readonly posture: readonly PostureChangeIn[];
  /** Owners that had no object anywhere before. */
  readonly arrived: readonly string[];
  /** Owners that have no object anywhere any more. */
  readonly gone: readonly string[];
}

/** Nothing changes. */
export const NO_CHANGES: Changes = { objects: [], posture: [], arrived: [], gone: [] };

/** Compares every region, and says once what changes alike in several. Pure. */
export function changesBetween(states: readonly RegionStates[]): Changes {
  const objects = new Map<string, { change: ObjectChange; owner: string; regions: string[] }>();
  const posture = new Map<string, { change: PostureChange; regions: string[] }>();
  for (const state of states) {
    const { region } = state;
    const [before, after] = withoutEqualAdmission(state);
    const owners = new Map([...ownersOf(before), ...ownersOf(after)]);
    for (const change of diffObjects(before, after)) {
      const owner = owners.get(change.label) ?? '';
      add(objects, JSON.stringify(change), region, () => ({ change, owner, regions: [] }));
    }
    // Of a cluster that is new as a whole, each of its walls would be a sentence: its tenants say enough.
    const isNew = state.before.length === 0;
    for (const change of diffPosture(before, after).filter((one) => !isNew || isArrival(one))) {
      const { direction, tenant, sentence } = change;
      add(posture, JSON.stringify([direction, tenant, sentence]), region, () => ({ change, regions: [] }));
    }
  }
  return {
    objects: [...objects.values()].map(({ change, owner, regions }) => ({ ...change, owner, regions })).sort(byOwner),
    posture: [...posture.values()].map(({ change, regions }) => ({ ...change, regions })).sort(byDirection),
    ...arrivals(states),
  };
}

function arrivals(states: readonly RegionStates[]): Pick<Changes, 'arrived' | 'gone'> {
  const was = new Set(states.flatMap(({ before }) => [...ownersOf(before).values()]));
  const is = new Set(states.flatMap(({ after }) => [...ownersOf(after).values()]));
  return {
    arrived: [...is].filter((owner) => !was.has(owner)).sort(),
    gone: [...was].filter((owner) => !is.has(owner)).sort(),
  };
}

/**
 * Both sides without the admission policies where those are the same: they are half of the objects of a small cluster
 * and say the same on both sides, because they depend on no other object.
 */
function withoutEqualAdmission({ before, after }: RegionStates): readonly [readonly Manifest[], readonly Manifest[]] {
  const [was, is] = [before.filter(isAdmission), after.filter(isAdmission)];
  if (was.length !== is.length || JSON.stringify(was) !== JSON.stringify(is)) return [before, after];
  return [before.filter((object) => !isAdmission(object)), after.filter((object) => !isAdmission(object))];
}

function isAdmission({ apiVersion }: Manifest): boolean {
  return apiVersion.startsWith('admissionregistration.k8s.io/');
}

/** `adds tenant acme (30 objects)`. */
function isArrival({ direction, tenant }: PostureChange): boolean {
  return direction === 'changes' && tenant !== undefined;
}

/** A field's change as it may be shown: `spec.hard.pods: 50 -> 60`. */
export function fieldText({ path, before, after }: FieldChange): string {
  if (before === undefined) return `${path}: added ${valueText(after)}`;
  if (after === undefined) return `${path}: removed ${valueText(before)}`;
  return `${path}: ${valueText(before)} -> ${valueText(after)}`;
}

function valueText(value: unknown): string {
  return typeof value === 'string' && /^[\w./:@*-]+$/.test(value) ? value : (JSON.stringify(value) ?? 'nothing');
}

function add<T extends { readonly regions: string[] }>(
  known: Map<string, T>,
  key: string,
  region: string,
  make: () => T,
): void {
  const found = known.get(key) ?? make();
  found.regions.push(region);
  known.set(key, found);
}

/** By the label under which `diffObjects` names an object: what it says of its owner. */
function ownersOf(objects: readonly Manifest[]): ReadonlyMap<string, string> {
  const owners = new Map<string, string>();
  for (const object of objects) {
    const metadata = recordAt(object, 'metadata');
    const labels = recordAt(metadata, 'labels');
    const tenant = stringAt(labels, LABEL.tenant);
    const component = stringAt(labels, LABEL.component);
    const namespace = stringAt(metadata, 'namespace');
    const place = namespace === undefined ? '' : `${namespace}/`;
    const label = `${stringAt(object, 'kind') ?? 'object'} ${place}${stringAt(metadata, 'name') ?? '(no name)'}`;
    if (tenant !== undefined) owners.set(label, `tenant ${tenant}`);
    else if (component !== undefined) owners.set(label, `component ${component}`);
  }
  return owners;
}

const WEIGHT = { widens: 0, narrows: 1, changes: 2 } as const;

function byDirection(a: PostureChangeIn, b: PostureChangeIn): number {
  const [left, right] = [`${a.tenant ?? ''} ${a.sentence}`, `${b.tenant ?? ''} ${b.sentence}`];
  return WEIGHT[a.direction] - WEIGHT[b.direction] || order(left, right);
}

function byOwner(a: ObjectChangeIn, b: ObjectChangeIn): number {
  return order(a.owner, b.owner) || order(a.key, b.key) || order(a.change, b.change);
}

function order(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
