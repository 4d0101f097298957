import type { AnyRule, ClusterRule, KindFilter, ObjectRule, Place, TextRule } from '../../constructs/core/rule';
import { rememberedPairs } from './memory';

/** A rule and its place in the order of all rules, by which it is counted. */
export interface Ranked<R extends AnyRule> {
  readonly rule: R;
  readonly rank: number;
}

/** The rules that look at one kind, by form. */
export interface Plan {
  readonly objects: readonly Ranked<ObjectRule>[];
  readonly texts: TextPlan;
  readonly clusters: readonly Ranked<ClusterRule>[];
}

/** Rules over texts, and the texts they are known to have nothing against. */
export interface TextPlan {
  readonly rules: readonly Ranked<TextRule>[];
  /** The rules that are asked about a place. */
  readonly placed: Readonly<Record<Place, readonly Ranked<TextRule>[]>>;
  /** The shortest text that any of the rules wants to see. */
  readonly shortest: number;
  /** Bounded by {@link MOST_TEXTS}, so that hostile input cannot fill memory. */
  readonly clean: Set<string>;
}

/** A platform of a thousand tenants has some tens of thousands of different short texts. */
export const MOST_TEXTS = 20_000;

/** Documents may name any kind; a platform has some fifty. */
const MOST_KINDS = 1000;

/** Finds the rules of a kind; asked once for each object, so each kind is worked out once. */
export function planner(rules: readonly AnyRule[]): (group: string, kind: string) => Plan {
  const texts = new Map<string, TextPlan>();
  return rememberedPairs(MOST_KINDS, (group, kind) => planFor(rules, texts, group, kind));
}

function planFor(rules: readonly AnyRule[], texts: Map<string, TextPlan>, group: string, kind: string): Plan {
  const concerned = ranked(rules).filter(({ rule }) => concerns(rule.kinds, group, kind));
  const textRules = concerned.filter((each): each is Ranked<TextRule> => isTextRule(each.rule));
  const key = textRules.map(({ rank }) => rank).join(' ');
  const known = texts.get(key) ?? textPlan(textRules);
  texts.set(key, known);
  return {
    objects: concerned.filter((each): each is Ranked<ObjectRule> => isObjectRule(each.rule)),
    texts: known,
    clusters: concerned.filter((each): each is Ranked<ClusterRule> => isClusterRule(each.rule)),
  };
}

function textPlan(rules: readonly Ranked<TextRule>[]): TextPlan {
  const at = (place: Place) =>
    rules.filter(({ rule }) => rule.place !== undefined && (rule.places?.includes(place) ?? true));
  return {
    rules,
    placed: {
      name: at('name'),
      label: at('label'),
      annotation: at('annotation'),
      data: at('data'),
      value: at('value'),
    },
    shortest: Math.min(...rules.map(({ rule }) => rule.shortest)),
    clean: new Set(),
  };
}

/** The rules with their places. */
export function ranked<R extends AnyRule>(rules: readonly R[]): readonly Ranked<R>[] {
  return rules.map((rule, rank) => ({ rule, rank }));
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
