import type { Claim, ClusterRule, Subject } from '../../constructs/core/rule';
import { flatMapClaims, keysOf } from './claims';
import { scopeOf } from './kinds';
import { isManaged } from './presence';
import { BUILT_IN, REFERENCES, type Reference, TARGETS } from './reference-table';

const HERE = 'here';

/** What an object names is there. */
export const referencesResolve: ClusterRule = {
  id: 'DRN195',
  title: 'whatever an object of the platform names is there',
  why: 'a binding without its role grants nothing, a policy without its target refuses nothing, and neither says so',
  remedy: 'add the object that is named, or name one that is there; whole clusters are checked, not single files',
  control: 'CMP-1',
  kinds: '*',
  // asked of every object there is, so it makes no list that it does not need
  claims: (subject) => {
    const { name, namespace, label } = subject;
    const { id, isTarget, isNamespaced, references } = roleOf(subject);
    const claims: Claim[] = [];
    if (name && isTarget) claims.push(short(keyOf({ to: id, name, namespace }), HERE));
    if (!isManaged(subject)) return claims;
    // every object is somewhere, so this claim names no object: those of one namespace are one
    if (isNamespaced && namespace && isWritten({ to: '/Namespace', name: namespace })) claims.push(placedIn(namespace));
    for (const one of references?.(subject) ?? []) {
      if (isWritten(one)) claims.push({ key: keyOf(one), owner: '', object: label, field: one.field, value: '' });
    }
    return claims;
  },
  settle: (claims) => {
    const here = keysOf(claims, HERE);
    const places = new Set<string>();
    return claims.filter(({ key, object, value }) => {
      if (value === HERE) return true;
      if (here.has(key) || places.has(key)) return false;
      if (object === '') places.add(key);
      return true;
    });
  },
  judge: (claims) => {
    const here = keysOf(claims, HERE);
    return flatMapClaims(claims, ({ key, object, field, value }) => {
      if (value === HERE || here.has(key)) return [];
      const expected = 'an object that is there';
      if (object === '') return [{ object: key, field: '', given: 'objects that are placed in it', expected }];
      return [{ object, field, given: `${key}, not found`, expected }];
    });
  },
};

function short(key: string, value: string): Claim {
  return { key, owner: '', object: '', field: '', value };
}

let lastPlace = '';
let lastClaim = short('', '');

/** The objects of a namespace come one after the other and all make the same claim, so it is made once. */
function placedIn(namespace: string): Claim {
  if (namespace !== lastPlace) {
    lastPlace = namespace;
    lastClaim = short(`Namespace ${namespace}`, '');
  }
  return lastClaim;
}

/** What a kind has to do with references. */
interface Role {
  /** Group and kind, as in the table. */
  readonly id: string;
  readonly isTarget: boolean;
  readonly isNamespaced: boolean;
  readonly references: ((subject: Subject) => readonly Reference[]) | undefined;
}

const roles = new Map<string, Map<string, Role>>();
/** Documents may name any kind; what is beyond the bound is worked out each time. */
const MOST_GROUPS = 200;

/** Asked for every object, so each kind is worked out once. */
function roleOf({ group, kind }: Subject): Role {
  const known = roles.get(kind)?.get(group);
  if (known !== undefined) return known;
  const id = `${group}/${kind}`;
  const role = {
    id,
    isTarget: TARGETS.has(id),
    isNamespaced: scopeOf(group, kind) !== 'cluster',
    references: REFERENCES.get(id),
  };
  const groups = roles.get(kind) ?? new Map<string, Role>();
  if (roles.size < MOST_GROUPS) roles.set(kind, groups.set(group, role));
  return role;
}

/** Whether it is there only where somebody wrote it down. */
function isWritten({ to, name }: Pick<Reference, 'to' | 'name'>): boolean {
  return BUILT_IN.get(to)?.test(name) !== true;
}

/** The kind says enough: no two groups have targets of one kind. */
function keyOf({ to, name, namespace }: Omit<Reference, 'field'>): string {
  return `${to.slice(to.indexOf('/') + 1)} ${namespace === undefined ? '' : `${namespace}/`}${name}`;
}
