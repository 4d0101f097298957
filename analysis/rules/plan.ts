import type { AnyRule, ClusterRule, KindFilter, ObjectRule, TextRule } from '../../constructs/core/rule';

/** The rules that look at one kind, by form. */
export interface Plan {
  readonly objects: readonly ObjectRule[];
  readonly texts: TextPlan;
  readonly clusters: readonly ClusterRule[];
}

/** Rules over texts, and the texts they are known to have nothing against. */
export interface TextPlan {
  readonly rules: readonly TextRule[];
  /** Bounded by {@link MOST_TEXTS}, so that hostile input cannot fill memory. */
  readonly clean: Set<string>;
}

/** A platform of a thousand tenants has some tens of thousands of different short texts. */
export const MOST_TEXTS = 20_000;

/** Finds the rules of a kind; asked once for each object, so each kind is worked out once. */
export function planner(rules: readonly AnyRule[]): (group: string, kind: string) => Plan {
  const plans = new Map<string, Map<string, Plan>>();
  const texts = new Map<string, TextPlan>();
  return (group, kind) => {
    const kinds = plans.get(group) ?? new Map<string, Plan>();
    const known = kinds.get(kind);
    if (known !== undefined) return known;
    const plan = planFor(rules, texts, group, kind);
    plans.set(group, kinds.set(kind, plan));
    return plan;
  };
}

function planFor(rules: readonly AnyRule[], texts: Map<string, TextPlan>, group: string, kind: string): Plan {
  const concerned = rules.filter((rule) => concerns(rule.kinds, group, kind));
  const textRules = concerned.filter(isTextRule);
  const key = textRules.map((rule) => rule.id).join(' ');
  const known = texts.get(key) ?? { rules: textRules, clean: new Set<string>() };
  texts.set(key, known);
  return { objects: concerned.filter(isObjectRule), texts: known, clusters: concerned.filter(isClusterRule) };
}

function concerns(filter: KindFilter, group: string, kind: string): boolean {
  if (filter === '*') return true;
  if (typeof filter === 'function') return filter(group, kind);
  return filter.includes(kind) || filter.includes(`${kind}.${group === '' ? 'core' : group}`);
}

function isObjectRule(rule: AnyRule): rule is ObjectRule {
  return 'check' in rule;
}

function isTextRule(rule: AnyRule): rule is TextRule {
  return 'text' in rule;
}

/** Whether the rule judges the whole cluster. */
export function isClusterRule(rule: AnyRule): rule is ClusterRule {
  return 'judge' in rule;
}
