import type { ClusterRanges } from '../../../constructs/core/rule';
import type { Doc } from './platform';

/** What a rule must say of three inputs that are as alike as can be. */
export interface Case {
  /** Id of the rule. */
  readonly rule: string;
  /** What the failing input does, as the end of the sentence "fails where ...". */
  readonly where: string;
  readonly fails: readonly unknown[];
  /** Path of the first problem, where the case is about it. */
  readonly at?: string;
  /** The benign twin. */
  readonly passes: readonly Doc[];
  /** Input that the rule has nothing to say of. */
  readonly silent: readonly unknown[];
  /** For rules over the environment: what fails and what passes. */
  readonly facts?: { readonly fails: readonly ClusterRanges[]; readonly passes: readonly ClusterRanges[] };
}
