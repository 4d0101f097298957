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
  /** Objects that passed, rule by rule in the order of `rules`; for a rule over the cluster the objects it concerns. */
  readonly passed: readonly number[];
  readonly breaches: readonly Breach[];
  /** Packed claims, a text for each rule in the order of `rules`; empty where the rule has none. */
  readonly claims: readonly string[];
}

/** Stands for a set of rules in a record. */
export function rulesKey(rules: readonly AnyRule[]): string {
  return rules.map((rule) => rule.id).join(' ');
}

/** Whether `value` is a record made by exactly these rules; stored records are read from disk and are not trusted. */
export function isCheckRecord(value: unknown, rules: string): value is CheckRecord {
  if (!isRecord(value) || value.rules !== rules || !isCount(value.subjects)) return false;
  const { passed, breaches, claims } = value;
  const length = rules.split(' ').length;
  return (
    isRow(passed, length, isCount) && isRow(claims, length, isText) && isList(breaches) && breaches.every(isBreach)
  );
}

function isRow(row: unknown, length: number, test: (value: unknown) => boolean): boolean {
  return isList(row) && row.length === length && row.every(test);
}

function isBreach(value: unknown): value is Breach {
  if (!isRecord(value) || !isList(value.findings)) return false;
  return isText(value.rule) && isText(value.code) && isText(value.object) && value.findings.every(isFinding);
}

function isFinding(value: unknown): value is Finding {
  if (!isRecord(value) || !(value.remedy === undefined || isText(value.remedy))) return false;
  return isText(value.field) && isText(value.given) && isText(value.expected);
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
