import type { Manifest } from '../../constructs/core/manifest';
import { type Binding, byToken, readBindings } from './bindings';
import type { RoleEntry, RoleRule, Roles } from './roles';
import { readRoles } from './roles';
import { type Openings, openings } from './routes';
import type { Rule } from './rule';
import { CLUSTER, clusterScoped, namespacedPart, type Scope } from './scope';
import { namespaceOwners, namespaceToken, type Owners, type Token, tokenNamespace } from './subjects';

/** A rule as it works in one kind of scope. */
export interface Effect {
  readonly rule: Rule;
  /** The object in whose text the rule stands. */
  readonly source: string;
  readonly opens: Openings;
}

/** All RBAC of one cluster, indexed for many questions. */
export interface World {
  readonly roles: Roles;
  readonly bindings: readonly Binding[];
  readonly owners: Owners;
  /** Bindings of a token. */
  readonly bindingsOf: (token: Token) => readonly Binding[];
  /** Every token that a service account of the namespace can have, as far as bindings tell them apart. */
  readonly accountsOf: (namespace: string) => readonly Token[];
  /** The rules of a role as they work in a scope. */
  readonly effectsOf: (role: RoleEntry, scope: Scope) => readonly Effect[];
}

/** Reads the cluster's roles, bindings and namespaces once. */
export function readWorld(objects: readonly Manifest[]): World {
  const roles = readRoles(objects);
  const bindings = readBindings(objects, roles);
  const index = byToken(bindings);
  const accounts = accountIndex(index.keys());
  const outside = clusterScoped(objects);
  const effects = { cluster: new Map<RoleEntry, readonly Effect[]>(), inside: new Map<RoleEntry, readonly Effect[]>() };
  return {
    roles,
    bindings,
    owners: namespaceOwners(objects),
    bindingsOf: (token) => index.get(token) ?? [],
    accountsOf: (namespace) => [namespaceToken(namespace), ...(accounts.get(namespace) ?? [])],
    effectsOf: (role, scope) =>
      scope === CLUSTER
        ? memo(effects.cluster, role, () => role.rules.map((one) => effect(one, one.rule)))
        : memo(effects.inside, role, () => role.rules.flatMap((one) => insideEffect(one, outside))),
  };
}

function insideEffect(one: RoleRule, outside: ReadonlySet<string>): readonly Effect[] {
  const rule = namespacedPart(one.rule, outside);
  return rule === undefined ? [] : [effect(one, rule, outside)];
}

function effect(one: RoleRule, rule: Rule, outside?: ReadonlySet<string>): Effect {
  return { rule, source: one.source, opens: openings(rule, outside) };
}

function accountIndex(tokens: Iterable<Token>): ReadonlyMap<string, readonly Token[]> {
  const index = new Map<string, Token[]>();
  for (const token of tokens) {
    const namespace = tokenNamespace(token);
    if (namespace === undefined || !token.startsWith('User ')) continue;
    const known = index.get(namespace);
    if (known === undefined) index.set(namespace, [token]);
    else known.push(token);
  }
  return index;
}

function memo<K, V>(known: Map<K, V>, key: K, make: () => V): V {
  const found = known.get(key);
  if (found !== undefined) return found;
  const made = make();
  known.set(key, made);
  return made;
}
