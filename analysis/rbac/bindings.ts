import { listAt, stringAt, valueAt } from '../../constructs/core/json';
import { type Manifest, objectLabel } from '../../constructs/core/manifest';
import { isRbac, type RoleEntry, type Roles, roleUnder } from './roles';
import { CLUSTER, type Scope } from './scope';
import { subjectToken, type Token } from './subjects';

/** One binding as the authorizer sees it: tokens get a role in a scope. */
export interface Binding {
  readonly label: string;
  readonly scope: Scope;
  readonly role: RoleEntry;
  readonly tokens: readonly Token[];
  /** Whether a part of it has a form that the API server refuses. */
  readonly malformed: boolean;
}

/** Reads RoleBindings and ClusterRoleBindings. */
export function readBindings(objects: readonly Manifest[], roles: Roles): readonly Binding[] {
  return objects
    .filter((object) => isRbac(object, 'RoleBinding') || isRbac(object, 'ClusterRoleBinding'))
    .map((object) => readBinding(object, roles));
}

/** The bindings of each token. */
export function byToken(bindings: readonly Binding[]): ReadonlyMap<Token, readonly Binding[]> {
  const index = new Map<Token, Binding[]>();
  for (const binding of bindings) {
    for (const token of new Set(binding.tokens)) {
      const known = index.get(token);
      if (known === undefined) index.set(token, [binding]);
      else known.push(binding);
    }
  }
  return index;
}

function readBinding(object: Manifest, roles: Roles): Binding {
  const scope = object.kind === 'RoleBinding' ? (object.metadata.namespace ?? 'default') : CLUSTER;
  const kind = stringAt(object, 'roleRef', 'kind');
  const name = stringAt(object, 'roleRef', 'name');
  const place = kind === 'Role' ? `${scope}/` : '';
  const subjects = listAt(object, 'subjects');
  const tokens = subjects.map((subject) => subjectToken(subject, object.metadata.namespace));
  const known = tokens.filter((token) => token !== undefined);
  return {
    label: objectLabel(object),
    scope,
    role: roleUnder(roles, `${kind} ${place}${name}`),
    tokens: known,
    malformed:
      (kind !== 'Role' && kind !== 'ClusterRole') ||
      name === undefined ||
      known.length < subjects.length ||
      !Array.isArray(valueAt(object, 'subjects') ?? []),
  };
}
