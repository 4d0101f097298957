import type { AnyRule, ClusterRule, KindFilter, ObjectRule, TextRule } from '../../constructs/core/rule';

/** The rules that look at one kind, by form. */
export interface Plan {
  readonly objects: readonly ObjectRule[];
  readonly texts: readonly TextRule[];
  readonly clusters: readonly ClusterRule[];
}

/** Finds the rules of a kind; asked once for each object, so each kind is worked out once. */
export function planner(rules: readonly AnyRule[]): (group: string, kind: string) => Plan {
  const plans = new Map<string, Map<string, Plan>>();
  return (group, kind) => {
    const kinds = plans.get(group) ?? new Map<string, Plan>();
    const known = kinds.get(kind);
    if (known !== undefined) return known;
    const plan = planFor(rules, group, kind);
    plans.set(group, kinds.set(kind, plan));
    return plan;
  };
}

function planFor(rules: readonly AnyRule[], group: string, kind: string): Plan {
  const concerned = rules.filter((rule) => concerns(rule.kinds, group, kind));
  return {
    objects: concerned.filter(isObjectRule),
    texts: concerned.filter(isTextRule),
    clusters: concerned.filter(isClusterRule),
  };
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
