import type { Problem } from '../../constructs/core/problem';
import type { LeftOut } from './plan';
import type { Outcome } from './write';

/** How many objects came out how. */
export type Counts = Readonly<Record<Outcome | 'removed', number>>;

/** What became of one stack in one region. */
export interface StackOutcome {
  readonly region: string;
  readonly stack: string;
  /** Objects that the stack has in the region. */
  readonly objects: number;
  readonly outcome: 'deployed' | 'removed' | 'failed' | 'not-run';
  readonly counts: Counts;
  /** Objects that wait for one that failed, or were not reached. */
  readonly heldBack: readonly string[];
  /** Objects that nobody wants any more and that stay, because they are data. */
  readonly retained: readonly string[];
  /** What the server remarked while it took the objects. */
  readonly warnings: readonly string[];
  /** What is not for this path: charts and Vault's objects. */
  readonly leftOut: LeftOut;
  readonly milliseconds: number;
  readonly problems: readonly Problem[];
}

/** What is going on. */
export interface ApplyEvent {
  readonly region: string;
  readonly stack: string;
  /** The layer at work, or the object that came out. */
  readonly what: string;
  readonly outcome: 'started' | Outcome | 'removed' | 'failed';
}

/** No object of any outcome. */
export const NO_COUNTS: Counts = { created: 0, updated: 0, unchanged: 0, replaced: 0, removed: 0 };

/** Nothing left out. */
export const NOTHING_LEFT_OUT: LeftOut = { releases: [], vault: [] };
