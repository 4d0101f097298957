import type { Manifest } from '../../../constructs/core/manifest';
import { compareQuantities } from '../../../constructs/core/quantity';
import { hideSecrets } from '../../../constructs/core/secret-text';
import { type Direction, opposite } from './fact';
import { type KnownFact, type Posture, readPosture } from './facts';
import { groupBy } from './group';

/** One change of what is possible, in words. */
export interface PostureChange {
  /** `widens`: more is possible than before. `narrows`: less. `changes`: neither can be said. */
  readonly direction: Direction;
  readonly tenant?: string;
  /** `opens acme -> api.openai.com:443`. */
  readonly sentence: string;
  /** Clauses that the objects behind it serve. */
  readonly controls: readonly string[];
  /** Labels of the objects that make it true, before or after. */
  readonly objects: readonly string[];
}

/** A change before changes that differ in one item only are put into one sentence. */
interface Draft extends PostureChange {
  readonly item?: string;
  readonly claim?: true;
}

/**
 * What changes between two states of one cluster, in words; what widens comes first. Facts are read from the objects
 * alone, so any two directories can be compared. A tenant that is new is one sentence and whatever it opens; one that
 * is gone is one sentence.
 */
export function diffPosture(before: readonly Manifest[], after: readonly Manifest[]): readonly PostureChange[] {
  const was = readPosture(before);
  const is = readPosture(after);
  const drafts = [...tenantDrafts(was, is), ...factDrafts(was, is)];
  return join(drafts).sort(byWeight);
}

function tenantDrafts(was: Posture, is: Posture): readonly Draft[] {
  const side = (from: Posture, to: Posture, verb: string): Draft[] =>
    [...from.tenants]
      .filter(([tenant]) => !to.tenants.has(tenant))
      .map(([tenant, count]) => ({
        direction: 'changes',
        tenant,
        sentence: `${verb} tenant ${tenant} (${count} object${count === 1 ? '' : 's'})`,
        controls: [],
        objects: [],
      }));
  return [...side(is, was, 'adds'), ...side(was, is, 'removes')];
}

function factDrafts(was: Posture, is: Posture): readonly Draft[] {
  const drafts: Draft[] = [];
  const places = { was: placesOf(was), is: placesOf(is) };
  for (const [id, fact] of is.facts) {
    const old = was.facts.get(id);
    if (old !== undefined) drafts.push(...shifted(old, fact));
    else if (isNews(fact, was)) drafts.push(draft(fact, fact.having, fact.gained, places.was));
  }
  for (const [id, fact] of was.facts) {
    const owned = fact.tenant !== undefined && !is.tenants.has(fact.tenant);
    if (!is.facts.has(id) && !owned) drafts.push(draft(fact, opposite(fact.having), fact.lost, places.is));
  }
  return settled(
    drafts.filter(({ sentence }) => sentence !== ''),
    was,
    is,
  );
}

/**
 * Claims of objects that came or went whole say no more than the facts that came or went with them: on a new object they
 * are left out, on a removed one they widen nothing by themselves. Where no fact tells what was lost they do.
 */
function settled(drafts: readonly Draft[], was: Posture, is: Posture): readonly Draft[] {
  const told = new Set(drafts.flatMap(({ claim, objects }) => (claim === true ? [] : objects)));
  return drafts.flatMap((one): readonly Draft[] => {
    const [label = ''] = one.objects;
    if (one.claim !== true || !told.has(label)) return [one];
    if (!was.labels.has(label)) return [];
    return is.labels.has(label) ? [one] : [{ ...one, direction: 'changes' }];
  });
}

/** Of a tenant that is new only what opens something is said; its walls are what every tenant has. */
function isNews(fact: KnownFact, was: Posture): boolean {
  return fact.tenant === undefined || was.tenants.has(fact.tenant) || fact.having === 'widens';
}

function shifted(old: KnownFact, fact: KnownFact): readonly Draft[] {
  const [before, after] = [old.value, fact.value];
  if (before === undefined || after === undefined || before === after || compareQuantities(before, after) === 0)
    return [];
  const shift = fact.changed?.(before, after);
  return shift === undefined ? [] : [draft(fact, shift.direction, shift.sentence, new Map())];
}

function draft(fact: KnownFact, direction: Direction, sentence: string, elsewhere: Places): Draft {
  const places = elsewhere.get(`${fact.gained} ${fact.item ?? ''}`) ?? [];
  const known = fact.place !== undefined && places.some((place) => place !== fact.place);
  return {
    direction,
    ...(fact.tenant === undefined ? {} : { tenant: fact.tenant }),
    sentence: known ? `${sentence} in ${fact.place}` : sentence,
    ...(fact.item === undefined ? {} : { item: fact.item }),
    ...(fact.claim === undefined ? {} : { claim: fact.claim }),
    controls: fact.controls,
    objects: fact.objects,
  };
}

type Places = ReadonlyMap<string, readonly string[]>;

/** What holds where: if it already did in another namespace, the namespace belongs into the sentence. */
function placesOf({ facts }: Posture): Places {
  const found = new Map<string, string[]>();
  for (const { place, gained, item } of facts.values()) {
    if (place === undefined) continue;
    const key = `${gained} ${item ?? ''}`;
    found.set(key, [...(found.get(key) ?? []), place]);
  }
  return found;
}

/** Puts drafts with the same words into one sentence that lists their items. */
function join(drafts: readonly Draft[]): PostureChange[] {
  const groups = groupBy(drafts, ({ direction, sentence, tenant }) => `${direction} ${tenant ?? ''} ${sentence}`);
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const items = [...new Set(group.flatMap(({ item }) => item ?? []))].sort(naturally);
    return [
      {
        direction: first.direction,
        ...(first.tenant === undefined ? {} : { tenant: first.tenant }),
        sentence: hideSecrets(first.sentence.split('{}').join(items.join(', '))),
        controls: [...new Set(group.flatMap(({ controls }) => controls))].sort(),
        objects: [...new Set(group.flatMap(({ objects }) => objects))].sort(),
      },
    ];
  });
}

const WEIGHT: Readonly<Record<Direction, number>> = { widens: 0, narrows: 1, changes: 2 };

function byWeight(a: PostureChange, b: PostureChange): number {
  const weight = WEIGHT[a.direction] - WEIGHT[b.direction];
  if (weight !== 0) return weight;
  const [left, right] = [`${a.tenant ?? ''} ${a.sentence}`, `${b.tenant ?? ''} ${b.sentence}`];
  return left < right ? -1 : Number(left > right);
}

function naturally(a: string, b: string): number {
  const [left, right] = [Number(a), Number(b)];
  if (Number.isFinite(left) && Number.isFinite(right)) return left - right;
  return a < b ? -1 : Number(a > b);
}
