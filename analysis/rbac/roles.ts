import { isRecord, listAt, recordAt, stringAt, valueAt } from '../../constructs/core/json';
import { type Manifest, objectLabel } from '../../constructs/core/manifest';
import { AGGREGATE_TO, BUILTIN_ROLES } from './builtin';
import { EVERYTHING, type Rule, readRule } from './rule';

/** A Role or ClusterRole with the rules it has in effect, those it aggregates included. */
export interface RoleEntry {
  /** `ClusterRole drun-tenant-owner`. */
  readonly label: string;
  readonly name: string;
  readonly origin: 'object' | 'built-in' | 'missing';
  readonly rules: readonly RoleRule[];
  /** Whether ClusterRoles may add rules by label. */
  readonly aggregates: boolean;
  /** ClusterRoles that do add theirs. */
  readonly widenedBy: readonly string[];
  /** Whether a rule has a form that the API server refuses. */
  readonly malformed: boolean;
}

/** One rule and the object in whose text it stands. */
export interface RoleRule {
  readonly rule: Rule;
  readonly source: string;
}

/** Every role of the cluster by its label. */
export type Roles = ReadonlyMap<string, RoleEntry>;

/** Reads all roles, built-in ones included; a manifest under a built-in name adds to it. */
export function readRoles(objects: readonly Manifest[]): Roles {
  const clusterRoles = objects.filter((object) => isRbac(object, 'ClusterRole'));
  const roles = new Map<string, RoleEntry>();
  for (const object of objects) {
    if (isRbac(object, 'ClusterRole') || isRbac(object, 'Role')) {
      roles.set(objectLabel(object), readRole(object, clusterRoles));
    }
  }
  for (const name of BUILTIN_ROLES.keys()) {
    const entry = builtIn(name, roles.get(`ClusterRole ${name}`), clusterRoles);
    roles.set(entry.label, entry);
  }
  return roles;
}

/** The role under `label`; one that is nowhere gives nothing today and anything tomorrow. */
export function roleUnder(roles: Roles, label: string): RoleEntry {
  const name = label.slice(label.indexOf(' ') + 1);
  const missing = { origin: 'missing', rules: [], aggregates: false, widenedBy: [], malformed: false } as const;
  return roles.get(label) ?? { label, name, ...missing };
}

/** Whether the object is of this kind of the RBAC group, in any version. */
export function isRbac(object: Manifest, kind: string): boolean {
  return object.kind === kind && object.apiVersion.startsWith('rbac.authorization.k8s.io/');
}

function readRole(object: Manifest, clusterRoles: readonly Manifest[]): RoleEntry {
  const label = objectLabel(object);
  const own = ownRules(object);
  const others = contributors([object], clusterRoles).filter((other) => other !== object);
  return {
    label,
    name: object.metadata.name,
    origin: 'object',
    rules: [...own.rules, ...others.flatMap((other) => ownRules(other).rules)],
    aggregates: isRecord(valueAt(object, 'aggregationRule')),
    widenedBy: others.map(objectLabel),
    malformed: own.malformed,
  };
}

function builtIn(name: string, own: RoleEntry | undefined, clusterRoles: readonly Manifest[]): RoleEntry {
  const label = `ClusterRole ${name}`;
  const base = BUILTIN_ROLES.get(name) ?? { rules: [EVERYTHING], aggregates: false };
  const takes = AGGREGATES_INTO.get(name) ?? [];
  const direct = clusterRoles.filter((role) => takes.some((key) => labels(role)[`${AGGREGATE_TO}${key}`] === 'true'));
  const others = [...new Set([...direct, ...contributors(direct, clusterRoles)])];
  const rules = base.rules.map((rule) => ({ rule, source: label }));
  return {
    label,
    name,
    origin: 'built-in',
    rules: [...rules, ...(own?.rules ?? []), ...others.flatMap((role) => ownRules(role).rules)],
    aggregates: base.aggregates || own?.aggregates === true,
    widenedBy: [...(own?.widenedBy ?? []), ...others.map(objectLabel)],
    malformed: own?.malformed === true,
  };
}

/** `admin` takes up `edit`, and `edit` takes up `view`. */
const AGGREGATES_INTO: ReadonlyMap<string, readonly string[]> = new Map([
  ['view', ['view']],
  ['edit', ['edit', 'view']],
  ['admin', ['admin', 'edit', 'view']],
]);

/** Every ClusterRole whose rules end up in `roles` by label, over any number of steps. */
function contributors(roles: readonly Manifest[], clusterRoles: readonly Manifest[]): readonly Manifest[] {
  const found = new Set<Manifest>();
  const open = [...roles];
  for (let role = open.pop(); role !== undefined; role = open.pop()) {
    const selectors = listAt(role, 'aggregationRule', 'clusterRoleSelectors');
    if (selectors.length === 0) continue;
    for (const other of clusterRoles) {
      if (found.has(other) || !selectors.some((one) => selects(one, labels(other)))) continue;
      found.add(other);
      open.push(other);
    }
  }
  return [...found];
}

function ownRules(object: Manifest): { rules: RoleRule[]; malformed: boolean } {
  const source = objectLabel(object);
  const given = valueAt(object, 'rules') ?? [];
  const read = listAt(object, 'rules').map(readRule);
  const rules = read.filter((rule) => rule !== undefined).map((rule) => ({ rule, source }));
  return { rules, malformed: !Array.isArray(given) || rules.length < read.length };
}

function labels(object: Manifest): Readonly<Record<string, unknown>> {
  return recordAt(object, 'metadata', 'labels');
}

/** Whether a label selector chooses `labelled`; one that cannot be read chooses everything. */
function selects(selector: unknown, labelled: Readonly<Record<string, unknown>>): boolean {
  const wanted = Object.entries(recordAt(selector, 'matchLabels'));
  return (
    wanted.every(([key, value]) => labelled[key] === value) &&
    listAt(selector, 'matchExpressions').every((expression) => expressionHolds(expression, labelled))
  );
}

function expressionHolds(expression: unknown, labelled: Readonly<Record<string, unknown>>): boolean {
  const value = labelled[stringAt(expression, 'key') ?? ''];
  const values = listAt(expression, 'values');
  switch (stringAt(expression, 'operator')) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    default:
      return true;
  }
}
