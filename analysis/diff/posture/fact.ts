import { compareQuantities } from '../../../constructs/core/quantity';

/** What a change does to the walls: more becomes possible, less does, or neither can be said. */
export type Direction = 'widens' | 'narrows' | 'changes';

/** A change of the value of a fact, said in words. */
export interface Shift {
  readonly direction: Direction;
  readonly sentence: string;
}

/**
 * One comparable thing that an object makes true. Facts of two clusters are matched by `id`; sentences are in the
 * present tense, start with a verb and have `{}` where the items of several facts are listed together.
 */
export interface Fact {
  readonly id: string;
  /** What gaining it does; losing it does the opposite. */
  readonly having: Direction;
  readonly gained: string;
  readonly lost: string;
  /** Stands in for `{}`; facts that differ in nothing else are said in one sentence. */
  readonly item?: string;
  /** Compared where both sides have the fact. */
  readonly value?: string;
  readonly changed?: (before: string, after: string) => Shift;
  readonly tenant?: string;
  /** Namespace in which it holds; said only where the same holds in another one. */
  readonly place?: string;
  /** Whether it is only what an annotation says of its object. */
  readonly claim?: true;
  /** One side of a path between two tenants, which exists where both sides agree. */
  readonly half?: Half;
}

/** Consent of one tenant to traffic from one to another; no port means every port. */
export interface Half {
  readonly side: 'sends' | 'accepts';
  readonly from: string;
  readonly to: string;
  readonly port?: string;
}

/** Raising the value widens. `noun` is what is limited: `GPU quota of beta-train`. */
export function limitShift(noun: string): (before: string, after: string) => Shift {
  return (before, after) => {
    const order = compareQuantities(after, before);
    if (order === undefined) return { direction: 'changes', sentence: `changes ${noun} ${before} -> ${after}` };
    const raised = order > 0;
    const sentence = `${raised ? 'raises' : 'lowers'} ${noun} ${before} -> ${after}`;
    return { direction: raised ? 'widens' : 'narrows', sentence };
  };
}

/** A value on a ladder from the strictest to the loosest; one that is on no rung counts as the loosest. */
export function ladderShift(
  ladder: readonly string[],
  words: { readonly up: string; readonly down: string; readonly noun: string },
): (before: string, after: string) => Shift {
  const rung = (value: string) => (ladder.includes(value) ? ladder.indexOf(value) : ladder.length);
  return (before, after) => {
    const looser = rung(after) > rung(before);
    const sentence = `${looser ? words.down : words.up} ${words.noun} from ${before} to ${after}`;
    return { direction: looser ? 'widens' : 'narrows', sentence };
  };
}

/** A value whose change neither opens nor closes anything by itself. */
export function plainShift(noun: string, direction: Direction = 'changes'): (before: string, after: string) => Shift {
  return (before, after) => ({ direction, sentence: `changes ${noun} ${before} -> ${after}` });
}

/** The opposite of a direction. */
export function opposite(direction: Direction): Direction {
  if (direction === 'changes') return direction;
  return direction === 'widens' ? 'narrows' : 'widens';
}
