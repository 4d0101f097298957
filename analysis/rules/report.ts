import type { Problem } from '../../constructs/core/problem';
import { show } from '../../constructs/core/problem';
import type { AnyRule, Finding, RuleText } from '../../constructs/core/rule';
import { isLive, type Waiver } from '../../constructs/core/waiver';
import { ENGINE_CODES, WAIVER_EXPIRED, WAIVER_STALE } from './codes';
import type { Breach } from './record';

/** How one rule fared. The four counts add up to the subjects. */
export interface RuleResult {
  readonly id: string;
  readonly title: string;
  readonly control?: string;
  readonly passed: number;
  readonly failed: number;
  readonly notApplicable: number;
  /** Objects that break the rule with permission. */
  readonly waived: number;
}

/** The whole verdict. It stands only where `problems` is empty. */
export interface CheckReport {
  /** Objects and clusters that were looked at. */
  readonly subjects: number;
  readonly rules: readonly RuleResult[];
  /** Sorted by path, then by code. */
  readonly problems: readonly Problem[];
  readonly waived: readonly { readonly problem: Problem; readonly waiver: Waiver }[];
}

/** What the report is made of. */
export interface Gathered {
  readonly rules: readonly AnyRule[];
  readonly subjects: number;
  /** By the rank of the rule. */
  readonly passed: readonly number[];
  readonly breaches: readonly Breach[];
  readonly waivers: readonly Waiver[];
  /** `YYYY-MM-DD`, UTC. */
  readonly today: string;
}

/** Applies the waivers, counts, and sorts what is left. */
export function reportOf(gathered: Gathered): CheckReport {
  const { rules, breaches, waivers, today } = gathered;
  const texts = new Map([...rules, ...ENGINE_CODES].map((text) => [text.id, text]));
  const live = new Map(waivers.filter((waiver) => isLive(waiver, today)).map((waiver) => [keyOf(waiver), waiver]));
  const used = new Set<Waiver>();
  const problems: Problem[] = [];
  const waived: { problem: Problem; waiver: Waiver }[] = [];
  const failedBy = new Map<string, number>();
  const waivedBy = new Map<string, number>();
  for (const breach of breaches) {
    const waiver = live.get(`${breach.code} ${breach.object}`);
    const found = problemsOf(breach, texts.get(breach.code));
    count(waiver === undefined ? failedBy : waivedBy, breach.rule);
    if (waiver === undefined) problems.push(...found);
    else waived.push(...found.map((problem) => ({ problem, waiver })));
    if (waiver !== undefined) used.add(waiver);
  }
  problems.push(...waivers.flatMap((waiver) => waiverProblems(waiver, used.has(waiver), today)));
  return {
    subjects: gathered.subjects,
    rules: rules.map((rule, rank) => {
      const counts = { failed: failedBy.get(rule.id) ?? 0, waived: waivedBy.get(rule.id) ?? 0 };
      return resultOf(rule, gathered.subjects, { passed: gathered.passed[rank] ?? 0, ...counts });
    }),
    problems: problems.sort(byPathThenCode),
    waived: waived.sort((a, b) => byPathThenCode(a.problem, b.problem)),
  };
}

type Counts = Pick<RuleResult, 'passed' | 'failed' | 'waived'>;

function resultOf({ id, title, control }: RuleText, subjects: number, counts: Counts): RuleResult {
  const notApplicable = subjects - counts.passed - counts.failed - counts.waived;
  return { id, title, ...(control === undefined ? {} : { control }), ...counts, notApplicable };
}

function problemsOf(breach: Breach, text: RuleText | undefined): readonly Problem[] {
  return breach.findings.map(({ field, given, expected, remedy }: Finding) => ({
    code: breach.code,
    path: field === '' ? breach.object : `${breach.object} ${field}`,
    given,
    expected,
    remedy: remedy ?? text?.remedy ?? 'see drun explain',
  }));
}

function waiverProblems(waiver: Waiver, used: boolean, today: string): readonly Problem[] {
  const path = `waiver ${waiver.rule} of ${waiver.scope}`;
  if (!isLive(waiver, today)) {
    const given = `last day ${waiver.expires}, owner ${show(waiver.owner)}`;
    return [
      { code: WAIVER_EXPIRED.id, path, given, expected: `a date from ${today} on`, remedy: WAIVER_EXPIRED.remedy },
    ];
  }
  if (used) return [];
  const given = 'a waiver that matches nothing';
  return [{ code: WAIVER_STALE.id, path, given, expected: 'a breach of that rule', remedy: WAIVER_STALE.remedy }];
}

/** Codes of the engine cannot be waived, so a waiver that names one matches nothing. */
function keyOf(waiver: Waiver): string {
  return ENGINE_CODES.some((code) => code.id === waiver.rule) ? '' : `${waiver.rule} ${waiver.scope}`;
}

function count(counts: Map<string, number>, rule: string): void {
  counts.set(rule, (counts.get(rule) ?? 0) + 1);
}

function byPathThenCode(a: Problem, b: Problem): number {
  return order(a.path, b.path) || order(a.code, b.code) || order(a.given, b.given);
}

function order(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
