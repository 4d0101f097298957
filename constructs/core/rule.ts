import type { Manifest } from './manifest';

/** What a rule says of one subject. A rule that throws has failed. */
export type Outcome =
  | { readonly outcome: 'pass' }
  | { readonly outcome: 'not-applicable' }
  | { readonly outcome: 'fail'; readonly findings: readonly Finding[] };

/** One breach: what was seen, what was expected, at which field. */
export interface Finding {
  /** Field inside the object, such as `spec.containers[0].image`; empty for the object as a whole. */
  readonly field: string;
  readonly given: string;
  readonly expected: string;
  /** Overrides the rule's own remedy where a finding knows a better one. */
  readonly remedy?: string;
}

interface RuleText {
  /** Stable id, such as `DRN101`. */
  readonly id: string;
  /** The sentence that must hold. */
  readonly title: string;
  /** Why, and what can happen otherwise; shown by `drun explain`. */
  readonly why: string;
  readonly remedy: string;
  /** The clause of the mission that it serves, such as `NET-4`; absent for hygiene. */
  readonly control?: string;
}

/** A rule over one object at a time. `kinds` keeps it off objects it cannot concern; `'*'` means every kind. */
export interface ObjectRule extends RuleText {
  readonly kinds: readonly string[] | '*';
  readonly check: (object: Manifest) => Outcome;
}

/** A rule over all objects of one cluster: uniqueness, ownership, overlaps. */
export interface ClusterRule extends RuleText {
  readonly checkAll: (objects: readonly Manifest[]) => readonly (Finding & { readonly object: Manifest })[];
}

export const PASS: Outcome = { outcome: 'pass' };
export const NOT_APPLICABLE: Outcome = { outcome: 'not-applicable' };

/** Fails with the findings, or passes where there are none. */
export function outcomeOf(findings: readonly Finding[]): Outcome {
  return findings.length === 0 ? PASS : { outcome: 'fail', findings };
}
