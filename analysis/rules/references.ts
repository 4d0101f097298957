import type { Claim, ClusterRule, Subject } from '../../constructs/core/rule';
import { flatMapClaims } from './claims';
import { scopeOf } from './kinds';
import { isManaged } from './presence';
import { BUILT_IN, REFERENCES, type Reference, TARGETS } from './reference-table';

const HERE = 'here';
const SHORT = { key: '', owner: '', object: '', field: '', value: '' } as const;

/** What an object names is there. */
export const referencesResolve: ClusterRule = {
  id: 'DRN195',
  title: 'whatever an object of the platform names is there',
  why: 'a binding without its role grants nothing, a policy without its target refuses nothing, and neither says so',
  remedy: 'add the object that is named, or name one that is there; whole clusters are checked, not single files',
  control: 'CMP-1',
  kinds: '*',
  distinct: true,
  // asked of every object there is, so it makes no list that it does not need
  claims: (subject) => {
    const { group, kind, name, namespace, label } = subject;
    const id = `${group}/${kind}`;
    const claims: Claim[] = [];
    if (name && TARGETS.has(id)) claims.push({ ...SHORT, key: keyOf({ to: id, name, namespace }), value: HERE });
    if (!isManaged(subject)) return claims;
    // every object is somewhere, so this claim names no object: those of one namespace are one
    if (isPlaced(subject)) claims.push({ ...SHORT, key: `Namespace ${namespace}` });
    for (const one of REFERENCES.get(id)?.(subject) ?? []) {
      if (isWritten(one)) claims.push({ ...SHORT, key: keyOf(one), object: label, field: one.field });
    }
    return claims;
  },
  judge: (claims) => {
    const here = new Set<string>();
    for (const { key, value } of claims) if (value === HERE) here.add(key);
    return flatMapClaims(claims, ({ key, object, field, value }) => {
      if (value === HERE || here.has(key)) return [];
      const expected = 'an object that is there';
      if (object === '') return [{ object: key, field: '', given: 'objects that are placed in it', expected }];
      return [{ object, field, given: `${key}, not found`, expected }];
    });
  },
};

/** Whether the object is in a namespace that somebody has to write down. */
function isPlaced({ group, kind, namespace }: Subject): boolean {
  if (!namespace || scopeOf(group, kind) === 'cluster') return false;
  return isWritten({ to: '/Namespace', name: namespace });
}

/** Whether it is there only where somebody wrote it down. */
function isWritten({ to, name }: Pick<Reference, 'to' | 'name'>): boolean {
  return !(Object.hasOwn(BUILT_IN, to) && BUILT_IN[to]?.test(name));
}

/** The kind says enough: no two groups have targets of one kind. */
function keyOf({ to, name, namespace }: Omit<Reference, 'field'>): string {
  return `${to.slice(to.indexOf('/') + 1)} ${namespace === undefined ? '' : `${namespace}/`}${name}`;
}
