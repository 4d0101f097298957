import { show } from '../../constructs/core/problem';
import type {
  Claim,
  ClusterFacts,
  ClusterRule,
  Finding,
  Subject,
  TextFinding,
  TextRule,
} from '../../constructs/core/rule';
import { packClaim } from './claims';
import { NOT_AN_OBJECT, RULE_THREW, TOO_LARGE } from './codes';
import { MOST_TEXTS, type Plan, type TextPlan } from './plan';
import type { Breach } from './record';
import { subjectOf, unfold } from './subject';
import { formatPath, type TextVisitor, type WalkLimits, walkTexts } from './walk';

/** What is gathered while objects go by. */
export interface Tally {
  subjects: number;
  readonly passed: Record<string, number>;
  readonly breaches: Breach[];
  readonly claims: Record<string, string[]>;
}

/** Nothing gathered yet. */
export function emptyTally(): Tally {
  return { subjects: 0, passed: {}, breaches: [], claims: {} };
}

/**
 * Runs every rule that looks at one object at a time, and takes the claims of the others. Never throws: a rule that
 * does has failed for that object, and an object that cannot be read to its end fails as a whole.
 */
export function examine(
  documents: readonly unknown[],
  planOf: (group: string, kind: string) => Plan,
  limits: WalkLimits,
): Tally {
  const tally = emptyTally();
  for (const document of unfold(documents)) {
    if (document === null || document === undefined) continue;
    tally.subjects++;
    const subject = subjectOf(document);
    if (subject === undefined) tally.breaches.push(notAnObject(document, tally.subjects));
    else examineOne(tally, subject, planOf(subject.group, subject.kind), limits);
  }
  return tally;
}

function examineOne(tally: Tally, subject: Subject, plan: Plan, limits: WalkLimits): void {
  const hits: TextHit[] = [];
  if (!walkTexts(subject.object, visitor(plan.texts, subject, hits), limits)) {
    tally.breaches.push(breach(TOO_LARGE.id, subject.label, tooLarge(limits), TOO_LARGE.id));
    return;
  }
  settleTexts(tally, subject, plan.texts.rules, hits);
  for (const rule of plan.objects) {
    try {
      const verdict = rule.check(subject);
      if (verdict.outcome === 'pass') pass(tally, rule.id);
      else if (verdict.outcome === 'fail') tally.breaches.push(breach(rule.id, subject.label, verdict.findings));
    } catch (error) {
      tally.breaches.push(threw(rule.id, subject.label, error));
    }
  }
  for (const rule of plan.clusters) {
    try {
      claimAll(tally, rule.id, rule.claims(subject));
    } catch (error) {
      tally.breaches.push(threw(rule.id, subject.label, error));
    }
  }
}

/** Claims that the environment makes; each cluster counts as one subject. */
export function examineFacts(facts: readonly ClusterFacts[], rules: readonly ClusterRule[]): Tally {
  const tally = emptyTally();
  for (const cluster of facts) {
    tally.subjects++;
    for (const rule of rules) {
      try {
        claimAll(tally, rule.id, rule.facts?.(cluster) ?? []);
      } catch (error) {
        tally.breaches.push(threw(rule.id, `cluster ${cluster.cluster}`, error));
      }
    }
  }
  return tally;
}

function claimAll(tally: Tally, rule: string, claims: readonly Claim[]): void {
  if (claims.length === 0) return;
  pass(tally, rule);
  let list = tally.claims[rule];
  if (list === undefined) {
    list = [];
    tally.claims[rule] = list;
  }
  for (const claim of claims) list.push(packClaim(claim));
}

function pass(tally: Tally, rule: string): void {
  tally.passed[rule] = (tally.passed[rule] ?? 0) + 1;
}

type TextHit = { readonly rule: string } & ({ readonly finding: Finding } | { readonly error: unknown });

function visitor({ rules, clean }: TextPlan, subject: Subject, hits: TextHit[]): TextVisitor {
  const placed = rules.filter((rule) => rule.place !== undefined);
  const alone = (text: string, path: readonly (string | number)[]) => {
    if (clean.has(text)) return;
    const before = hits.length;
    for (const rule of rules) attempt(rule.id, path, hits, () => rule.text(text));
    if (hits.length === before && text.length <= LONGEST_CLEAN && clean.size < MOST_TEXTS) clean.add(text);
  };
  return {
    key: alone,
    value: (text, key, parent, path) => {
      alone(text, path);
      for (const rule of placed) attempt(rule.id, path, hits, () => rule.place?.(text, key, parent, subject));
    },
  };
}

/** Long texts are rare and do not repeat. */
const LONGEST_CLEAN = 256;

function attempt(
  rule: string,
  path: readonly (string | number)[],
  hits: TextHit[],
  judge: () => TextFinding | undefined,
): void {
  try {
    const found = judge();
    if (found !== undefined) hits.push({ rule, finding: { field: formatPath(path), ...found } });
  } catch (error) {
    hits.push({ rule, error });
  }
}

function settleTexts(tally: Tally, subject: Subject, rules: readonly TextRule[], hits: readonly TextHit[]): void {
  for (const { id } of rules) {
    const own = hits.length === 0 ? hits : hits.filter((hit) => hit.rule === id);
    const failed = own.find((hit) => 'error' in hit);
    if (own.length === 0) pass(tally, id);
    else if (failed !== undefined && 'error' in failed) tally.breaches.push(threw(id, subject.label, failed.error));
    else
      tally.breaches.push(
        breach(
          id,
          subject.label,
          own.flatMap((hit) => ('finding' in hit ? [hit.finding] : [])),
        ),
      );
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
