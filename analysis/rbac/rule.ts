import { isList, valueAt } from '../../constructs/core/json';

/** One rule of a role, as the authorizer reads it; an absent list is an empty one. */
export interface Rule {
  readonly apiGroups: readonly string[];
  /** `pods`, `pods/exec`, `*`, or a star before a slash for one subresource everywhere; `pods/*` is no wildcard and matches nothing. */
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  /** Empty means every name. */
  readonly resourceNames: readonly string[];
  readonly nonResourceURLs: readonly string[];
}

/** Some verbs on one resource: what a table of powers asks a rule about. */
export interface Access {
  /** API group; the core group is the empty text. */
  readonly group: string;
  /** Resource, with its subresource behind a slash. */
  readonly resource: string;
  readonly verbs: readonly string[];
}

/** The part of an {@link Access} that a rule gives. No `names` means every name. */
export interface Allowed {
  readonly verbs: readonly string[];
  readonly names?: readonly string[];
}

/** Every verb, resource and address there is. */
export const EVERYTHING: Rule = {
  apiGroups: ['*'],
  resources: ['*'],
  verbs: ['*'],
  resourceNames: [],
  nonResourceURLs: ['*'],
};

/** Reads a rule; undefined where a field has a form the API server refuses. */
export function readRule(value: unknown): Rule | undefined {
  const apiGroups = textsAt(value, 'apiGroups');
  const resources = textsAt(value, 'resources');
  const verbs = textsAt(value, 'verbs');
  const resourceNames = textsAt(value, 'resourceNames');
  const nonResourceURLs = textsAt(value, 'nonResourceURLs');
  if (!apiGroups || !resources || !verbs || !resourceNames || !nonResourceURLs || verbs.length === 0) return undefined;
  return { apiGroups, resources, verbs, resourceNames, nonResourceURLs };
}

/**
 * What of `access` the rule gives, after k8s.io/kubernetes `pkg/apis/rbac/v1/evaluation_helpers.go`. A named `create`
 * counts, although a plain POST carries no name: an apply or an update that creates does.
 */
export function allowed(rule: Rule, access: Access): Allowed | undefined {
  if (!coversGroup(rule, access.group) || !coversResource(rule, access.resource)) return undefined;
  const verbs = rule.verbs.includes('*') ? access.verbs : access.verbs.filter((verb) => rule.verbs.includes(verb));
  if (verbs.length === 0) return undefined;
  return rule.resourceNames.length === 0 ? { verbs } : { verbs, names: rule.resourceNames };
}

/** Whether the rule's groups include `group`. */
export function coversGroup(rule: Rule, group: string): boolean {
  return rule.apiGroups.includes('*') || rule.apiGroups.includes(group);
}

/** Whether the rule's resources include `resource`, which may carry a subresource. */
export function coversResource(rule: Rule, resource: string): boolean {
  if (rule.resources.includes('*') || rule.resources.includes(resource)) return true;
  const slash = resource.indexOf('/');
  return slash >= 0 && rule.resources.includes(`*${resource.slice(slash)}`);
}

/** `get, list pods, pods/log (named a)`: how a rule is said in a chain. */
export function ruleText(rule: Rule): string {
  const names = rule.resourceNames.length === 0 ? '' : ` (named ${rule.resourceNames.join(', ')})`;
  const groups = rule.apiGroups.filter((group) => group !== '');
  const suffix = groups.length === 0 ? '' : ` of ${groups.join(', ')}`;
  return `${rule.verbs.join(', ')} ${[...rule.resources, ...rule.nonResourceURLs].join(', ')}${suffix}${names}`;
}

function textsAt(value: unknown, key: string): readonly string[] | undefined {
  const found = valueAt(value, key) ?? [];
  if (!isList(found)) return undefined;
  const texts = found.filter((item) => typeof item === 'string');
  return texts.length === found.length ? texts : undefined;
}
