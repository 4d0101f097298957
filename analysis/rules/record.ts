import { isList, isRecord } from '../../constructs/core/json';
import type { AnyRule, Finding } from '../../constructs/core/rule';

/** One object that breaks one rule. */
export interface Breach {
  readonly rule: string;
  /** The rule's id, or a code of the engine where the rule could not speak. */
  readonly code: string;
  /** Label of the object. */
  readonly object: string;
  readonly findings: readonly Finding[];
}

/**
 * What a set of objects says towards a report: plain JSON, small, and all that is needed of the objects. A caller may
 * store it beside what it made of the same input and hand it back instead of the objects.
 */
export interface CheckRecord {
  /** Ids of the rules that ran; a record of other rules is of no use. */
  readonly rules: string;
  readonly subjects: number;
  /** Objects that passed, by rule id; for a rule over the whole cluster the objects it concerns. */
  readonly passed: Readonly<Record<string, number>>;
  readonly breaches: readonly Breach[];
  /** Packed claims by rule id. */
  readonly claims: Readonly<Record<string, readonly string[]>>;
}

/** Stands for a set of rules in a record. */
export function rulesKey(rules: readonly AnyRule[]): string {
  return rules.map((rule) => rule.id).join(' ');
}

/** Whether `value` is a record made by exactly these rules; stored records are read from disk and are not trusted. */
export function isCheckRecord(value: unknown, rules: string): value is CheckRecord {
  if (!isRecord(value) || value.rules !== rules || !isCount(value.subjects)) return false;
  const { passed, breaches, claims } = value;
  const ids = new Set(rules.split(' '));
  return isTable(passed, ids, isCount) && isTable(claims, ids, isTexts) && isList(breaches) && breaches.every(isBreach);
}

function isTable(table: unknown, ids: ReadonlySet<string>, test: (value: unknown) => boolean): boolean {
  return isRecord(table) && Object.entries(table).every(([id, value]) => ids.has(id) && test(value));
}

function isBreach(value: unknown): value is Breach {
  if (!isRecord(value) || !isList(value.findings)) return false;
  return isText(value.rule) && isText(value.code) && isText(value.object) && value.findings.every(isFinding);
}

function isFinding(value: unknown): value is Finding {
  if (!isRecord(value) || !(value.remedy === undefined || isText(value.remedy))) return false;
  return isText(value.field) && isText(value.given) && isText(value.expected);
}

function isTexts(value: unknown): boolean {
  return isList(value) && value.every(isText);
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
