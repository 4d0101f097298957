import type { AnyRule, ClusterFinding, ClusterRanges, ClusterRule } from '../../constructs/core/rule';
import type { Waiver } from '../../constructs/core/waiver';
import { packClaims, unpackClaims } from './claims';
import { emptyTally, examine, examineFacts, type Tally, threw } from './examine';
import { isClusterRule, type Plan, planner, type Ranked, ranked } from './plan';
import { type Breach, type CheckRecord, isCheckRecord, rulesKey } from './record';
import { type CheckReport, reportOf } from './report';
import { RULES } from './table';
import { WALK_LIMITS, type WalkLimits } from './walk';

/** How to check. */
export interface CheckOptions {
  /** @default - {@link RULES} */
  readonly rules?: readonly AnyRule[];
  /** @default - none */
  readonly waivers?: readonly Waiver[];
  /** The date that waivers are held against: `YYYY-MM-DD`, UTC. */
  readonly today: string;
  /** Address ranges of the clusters, which no object states. @default - none */
  readonly facts?: readonly ClusterRanges[];
  /** @default - {@link WALK_LIMITS} */
  readonly limits?: WalkLimits;
}

/**
 * Checks all objects of one cluster at once.
 *
 * @example checkObjects(objects, { today: '2026-11-22' }).problems
 */
export function checkObjects(objects: readonly unknown[], options: CheckOptions): CheckReport {
  const run = new CheckRun(options);
  run.add(objects);
  return run.finish();
}

/**
 * Checks the objects of one cluster as they come by. It keeps claims and breaches, never objects, so that the largest
 * cluster fits in little memory, and the record of an unchanged tenant can be replayed without its objects.
 */
export class CheckRun {
  readonly #options: CheckOptions;
  readonly #rules: readonly AnyRule[];
  readonly #key: string;
  readonly #planOf: (group: string, kind: string) => Plan;
  readonly #all: Sum;
  readonly #clusterRules: readonly Ranked<ClusterRule>[];

  constructor(options: CheckOptions) {
    this.#options = options;
    this.#rules = options.rules ?? RULES;
    this.#key = rulesKey(this.#rules);
    this.#planOf = planner(this.#rules);
    this.#clusterRules = ranked(this.#rules).filter((each): each is Ranked<ClusterRule> => isClusterRule(each.rule));
    this.#all = { ...emptyTally(this.#rules.length), claims: this.#rules.map(() => []) };
    const environment = emptyTally(this.#rules.length);
    examineFacts(environment, options.facts ?? [], this.#clusterRules);
    merge(this.#all, recordOf(this.#key, environment));
  }

  /** Checks documents and returns what a caller may store in place of them. Lists are unfolded, empty ones skipped. */
  add(documents: readonly unknown[]): CheckRecord {
    const tally = emptyTally(this.#rules.length);
    examine(tally, documents, this.#planOf, this.#options.limits ?? WALK_LIMITS);
    for (const { rule, rank } of this.#clusterRules) settle(tally, rule, rank);
    const record = recordOf(this.#key, tally);
    merge(this.#all, record);
    return record;
  }

  /** Takes a stored record in place of the documents; false where it is damaged or of other rules: add them instead. */
  addRecord(record: unknown): boolean {
    if (!isCheckRecord(record, this.#key)) return false;
    merge(this.#all, record);
    return true;
  }

  /** Speaks the verdict over everything added so far. */
  finish(): CheckReport {
    const { subjects, claims } = this.#all;
    const passed = [...this.#all.passed];
    const breaches = [...this.#all.breaches];
    for (const { rule, rank } of this.#clusterRules) {
      const found = judge(rule, claims[rank] ?? [], this.#options.today);
      for (const breach of found) breaches.push(breach);
      passed[rank] = Math.max(0, (passed[rank] ?? 0) - found.length);
    }
    const { waivers = [], today } = this.#options;
    return reportOf({ rules: this.#rules, subjects, passed, breaches, waivers, today });
  }
}

/** One breach for each object that the rule finds fault with. */
function judge(rule: ClusterRule, claims: readonly string[], today: string): readonly Breach[] {
  if (claims.length === 0) return [];
  try {
    const byObject = new Map<string, ClusterFinding[]>();
    for (const finding of rule.judge(unpackClaims(claims), today)) {
      const known = byObject.get(finding.object);
      if (known === undefined) byObject.set(finding.object, [finding]);
      else known.push(finding);
    }
    return [...byObject].map(([object, findings]) => ({ rule: rule.id, code: rule.id, object, findings }));
  } catch (error) {
    return [threw(rule.id, 'all objects', error)];
  }
}

/** Lets go of claims that concern nobody else. */
function settle({ claims, breaches }: Tally, rule: ClusterRule, rank: number): void {
  const all = claims[rank];
  if (rule.settle === undefined || all === undefined || all.length === 0) return;
  try {
    claims[rank] = [...rule.settle(all)];
  } catch (error) {
    breaches.push(threw(rule.id, 'objects that came together', error));
  }
}

/** All that was gathered; the claims of a rule are the texts of whole records. */
type Sum = Omit<Tally, 'claims'> & { readonly claims: string[][] };

function recordOf(rules: string, { subjects, passed, breaches, claims }: Tally): CheckRecord {
  return { rules, subjects, passed, breaches, claims: claims.map(packClaims) };
}

function merge(into: Sum, from: CheckRecord): void {
  into.subjects += from.subjects;
  for (const breach of from.breaches) into.breaches.push(breach);
  for (let rank = 0; rank < from.passed.length; rank++) {
    into.passed[rank] = (into.passed[rank] ?? 0) + (from.passed[rank] ?? 0);
    const claims = from.claims[rank];
    if (claims) into.claims[rank]?.push(claims);
  }
}
