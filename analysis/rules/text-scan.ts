import { isList, isRecord } from '../../constructs/core/json';
import type { Place, Subject } from '../../constructs/core/rule';
import { MOST_TEXTS, type TextPlan } from './plan';
import { placeIn, placeOf } from './text-place';
import type { WalkLimits } from './walk';

/** Long texts are rare and do not repeat. */
const LONGEST_CLEAN = 256;

/** Records of the last clean object. Those of one part of a tenant share their labels and annotations, made once. */
export interface LastClean {
  plan?: TextPlan;
  labels?: unknown;
  annotations?: unknown;
}

/**
 * Whether no rule has anything against any text of an object. False means no more than that somebody has to look: at a
 * breach, at a rule that throws, or at an object beyond the limits. Nearly every object is clean, and this way no path is
 * kept for it. `last` is good for documents that came together and nobody changes meanwhile.
 */
export function allTextsClean(subject: Subject, plan: TextPlan, limits: WalkLimits, last: LastClean): boolean {
  if (last.plan !== plan) last.labels = last.annotations = undefined;
  try {
    if (!new Scan(subject, plan, limits, last).isClean(subject.object, '', 0)) return false;
  } catch {
    return false;
  }
  last.plan = plan;
  last.labels = subject.labels;
  last.annotations = subject.annotations;
  return true;
}

class Scan {
  private left: number;

  constructor(
    private readonly subject: Subject,
    private readonly plan: TextPlan,
    private readonly limits: WalkLimits,
    private readonly last: LastClean,
  ) {
    this.left = limits.values;
  }

  isClean(value: unknown, key: string, depth: number): boolean {
    if (depth === 2 && this.isKnown(value, key)) return true;
    if (depth >= this.limits.depth) return false;
    return isList(value) ? this.isListClean(value, key, depth) : !isRecord(value) || this.isRecordClean(value, depth);
  }

  private isKnown(value: unknown, key: string): boolean {
    return (
      (key === 'labels' && value === this.last.labels) || (key === 'annotations' && value === this.last.annotations)
    );
  }

  private isRecordClean(record: Readonly<Record<string, unknown>>, depth: number): boolean {
    const around = placeIn(record, this.subject);
    for (const key in record) {
      if (this.left-- <= 0 || !this.isTextClean(key)) return false;
      const value = record[key];
      if (typeof value === 'string') {
        if (!this.isTextClean(value)) return false;
        const place = placeOf(key, around);
        if (place !== undefined && !this.isPlacedWell(value, key, place, record)) return false;
      } else if (typeof value === 'object' && value !== null && !this.isClean(value, key, depth + 1)) return false;
    }
    return true;
  }

  private isListClean(list: readonly unknown[], key: string, depth: number): boolean {
    for (let index = 0; index < list.length; index++) {
      const value = list[index];
      if (this.left-- <= 0) return false;
      if (typeof value === 'string') {
        if (!this.isTextClean(value)) return false;
      } else if (typeof value === 'object' && value !== null && !this.isClean(value, key, depth + 1)) return false;
    }
    return true;
  }

  private isPlacedWell(text: string, key: string, place: Place, parent: Readonly<Record<string, unknown>>): boolean {
    const rules = this.plan.placed[place];
    for (let i = 0; i < rules.length; i += 1)
      if (rules[i]?.rule.place?.(text, key, place, parent) !== undefined) return false;
    return true;
  }

  private isTextClean(text: string): boolean {
    const { shortest, clean, rules } = this.plan;
    if (text.length < shortest || clean.has(text)) return true;
    for (let i = 0; i < rules.length; i += 1) if (rules[i]?.rule.text(text) !== undefined) return false;
    if (text.length <= LONGEST_CLEAN) remember(clean, text);
    return true;
  }
}

/** The texts of a tenant come together and hardly again: when the set is full it starts anew, and stays useful. */
function remember(clean: Set<string>, text: string): void {
  if (clean.size >= MOST_TEXTS) clean.clear();
  clean.add(text);
}
