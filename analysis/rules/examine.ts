import { isRecord } from '../../constructs/core/json';
import { show } from '../../constructs/core/problem';
import type { Claim, ClusterRanges, ClusterRule, Finding, ObjectRule, Subject } from '../../constructs/core/rule';
import { NOT_AN_OBJECT, RULE_THREW, TOO_LARGE } from './codes';
import type { Plan, Ranked, TextPlan } from './plan';
import type { Breach } from './record';
import { itemsOf, subjectOf } from './subject';
import { placeIn, placeOf } from './text-place';
import { allTextsClean, type LastClean } from './text-scan';
import { formatPath, type TextVisitor, type WalkLimits, walkTexts } from './walk';

/** What is gathered while objects go by; counted by the rank of the rule. */
export interface Tally {
  subjects: number;
  readonly passed: number[];
  readonly breaches: Breach[];
  readonly claims: Claim[][];
  readonly clean: LastClean;
}

/** Nothing gathered yet. */
export function emptyTally(rules: number): Tally {
  return {
    subjects: 0,
    passed: new Array<number>(rules).fill(0),
    breaches: [],
    claims: emptyLists(rules),
    clean: {},
  };
}

/** A loop, because there is a tally for every tenant: `Array.from` with a function takes ten times as long. */
function emptyLists(length: number): Claim[][] {
  const lists: Claim[][] = [];
  while (lists.length < length) lists.push([]);
  return lists;
}

/** Lists in lists deeper than this are looked at as they are, and fail for want of a name. */
const DEEPEST_LIST = 8;

/**
 * Runs every rule that looks at one object at a time, and takes the claims of the others. Lists are unfolded and empty
 * documents skipped. Never throws: a rule that does has failed for that object, and an object that cannot be read to its
 * end fails as a whole.
 */
export function examine(
  tally: Tally,
  documents: readonly unknown[],
  planOf: (group: string, kind: string) => Plan,
  limits: WalkLimits,
  depth = DEEPEST_LIST,
): void {
  for (const document of documents) {
    const items = depth > 0 ? itemsOf(document) : undefined;
    if (items !== undefined) examine(tally, items, planOf, limits, depth - 1);
    else if (document !== null && document !== undefined) examineDocument(tally, document, planOf, limits);
  }
}

function examineDocument(
  tally: Tally,
  document: unknown,
  planOf: (group: string, kind: string) => Plan,
  limits: WalkLimits,
): void {
  tally.subjects++;
  const subject = subjectOf(document);
  if (subject === undefined) tally.breaches.push(notAnObject(document, tally.subjects));
  else examineOne(tally, subject, planOf(subject.group, subject.kind), limits);
}

function examineOne(tally: Tally, subject: Subject, plan: Plan, limits: WalkLimits): void {
  if (allTextsClean(subject, plan.texts, limits, tally.clean)) passTexts(tally, plan.texts);
  else if (!examineTexts(tally, subject, plan.texts, limits)) return;
  for (let i = 0; i < plan.objects.length; i += 1) {
    const ruled = plan.objects[i];
    if (ruled !== undefined) examineBy(tally, ruled, subject);
  }
  for (let i = 0; i < plan.clusters.length; i += 1) {
    const ruled = plan.clusters[i];
    if (ruled !== undefined) claimBy(tally, ruled, subject);
  }
}

function examineBy(tally: Tally, { rule, rank }: Ranked<ObjectRule>, subject: Subject): void {
  try {
    const verdict = rule.check(subject);
    if (verdict.outcome === 'pass') pass(tally, rank);
    else if (verdict.outcome === 'fail') tally.breaches.push(breach(rule.id, subject.label, verdict.findings));
  } catch (error) {
    tally.breaches.push(threw(rule.id, subject.label, error));
  }
}

function claimBy(tally: Tally, { rule, rank }: Ranked<ClusterRule>, subject: Subject): void {
  try {
    claimAll(tally, rank, rule.claims(subject));
  } catch (error) {
    tally.breaches.push(threw(rule.id, subject.label, error));
  }
}

/** Claims that the environment makes; each cluster counts as one subject. */
export function examineFacts(
  tally: Tally,
  facts: readonly ClusterRanges[],
  rules: readonly Ranked<ClusterRule>[],
): void {
  for (const cluster of facts) {
    tally.subjects++;
    for (const { rule, rank } of rules) {
      try {
        claimAll(tally, rank, rule.facts?.(cluster) ?? []);
      } catch (error) {
        tally.breaches.push(threw(rule.id, `cluster ${cluster.cluster}`, error));
      }
    }
  }
}

function claimAll(tally: Tally, rank: number, claims: readonly Claim[]): void {
  if (claims.length === 0) return;
  pass(tally, rank);
  const all = tally.claims[rank];
  for (const claim of claims) all?.push(claim);
}

function pass(tally: Tally, rank: number): void {
  tally.passed[rank] = (tally.passed[rank] ?? 0) + 1;
}

type TextHit = { readonly rule: string } & ({ readonly finding: Finding } | { readonly error: unknown });

function visitor({ rules, placed, shortest }: TextPlan, subject: Subject, hits: TextHit[]): TextVisitor {
  const alone = (text: string, path: Path) => {
    if (text.length >= shortest) judgeText(rules, text, path, hits);
  };
  return {
    key: alone,
    value: (text, key, parent, path) => {
      alone(text, path);
      const place = isRecord(parent) ? placeOf(key, placeIn(parent, subject)) : undefined;
      if (place === undefined || !isRecord(parent)) return;
      for (const { rule } of placed[place]) {
        try {
          const found = rule.place?.(text, key, place, parent);
          if (found !== undefined) hits.push({ rule: rule.id, finding: { field: formatPath(path), ...found } });
        } catch (error) {
          hits.push({ rule: rule.id, error });
        }
      }
    },
  };
}

type Path = readonly (string | number)[];

function judgeText(rules: TextPlan['rules'], text: string, path: Path, hits: TextHit[]): void {
  for (const { rule } of rules) {
    try {
      const found = rule.text(text);
      if (found !== undefined) hits.push({ rule: rule.id, finding: { field: formatPath(path), ...found } });
    } catch (error) {
      hits.push({ rule: rule.id, error });
    }
  }
}

function passTexts(tally: Tally, { rules }: TextPlan): void {
  for (let i = 0; i < rules.length; i += 1) pass(tally, rules[i]?.rank ?? 0);
}

/** Says what is wrong with the texts of an object; false where it cannot be read to its end. */
function examineTexts(tally: Tally, subject: Subject, plan: TextPlan, limits: WalkLimits): boolean {
  const hits: TextHit[] = [];
  const isRead = walkTexts(subject.object, visitor(plan, subject, hits), limits);
  if (isRead) settleTexts(tally, subject, plan, hits);
  else tally.breaches.push(breach(TOO_LARGE.id, subject.label, tooLarge(limits), TOO_LARGE.id));
  return isRead;
}

function settleTexts(tally: Tally, { label }: Subject, { rules }: TextPlan, hits: readonly TextHit[]): void {
  for (const { rule, rank } of rules) {
    const own = hits.filter((hit) => hit.rule === rule.id);
    const failed = own.find((hit) => 'error' in hit);
    const found = own.flatMap((hit) => ('finding' in hit ? [hit.finding] : []));
    if (own.length === 0) pass(tally, rank);
    else if (failed !== undefined && 'error' in failed) tally.breaches.push(threw(rule.id, label, failed.error));
    else tally.breaches.push(breach(rule.id, label, found));
  }
}

function breach(rule: string, object: string, findings: readonly Finding[], code = rule): Breach {
  return { rule, code, object, findings };
}

/** A rule that throws has failed; the report says that it was the rule. */
export function threw(rule: string, object: string, error: unknown): Breach {
  const given = `rule ${rule} threw ${show(error instanceof Error ? error.message : error)}`;
  return breach(rule, object, [{ field: '', given, expected: 'a verdict' }], RULE_THREW.id);
}

function notAnObject(document: unknown, position: number): Breach {
  const given = Array.isArray(document) ? 'a list' : show(document);
  const finding = { field: '', given, expected: 'a keyed object with apiVersion, kind and metadata' };
  return breach(NOT_AN_OBJECT.id, `document ${position}`, [finding]);
}

function tooLarge(limits: WalkLimits): readonly Finding[] {
  const expected = `at most ${limits.depth} levels and ${limits.values} values`;
  return [{ field: '', given: 'an object beyond the limits', expected }];
}
