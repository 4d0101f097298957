import type { Claim, ClusterFinding, ClusterRule, Subject } from '../../constructs/core/rule';
import { flatMapClaims, keysOf } from './claims';
import { scopeOf } from './kinds';
import { rememberedPairs } from './memory';
import { isManaged } from './presence';
import { BUILT_IN, REFERENCES, type Reference, TARGETS } from './reference-table';

const HERE = 'here';
const NONE: readonly Claim[] = [];
const NAMES_NOTHING: readonly Reference[] = [];

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
    const { id, isTarget, isNamespaced, references } = roleOf(subject.group, subject.kind);
    if (!isTarget && references === undefined && !isManaged(subject)) return NONE;
    const claims: Claim[] = [];
    if (name && isTarget) claims.push(short(keyOf({ to: id, name, namespace }), HERE));
    if (!isManaged(subject)) return claims;
    // every object is somewhere, so this claim names no object: those of one namespace are one
    if (isNamespaced && namespace && isWritten({ to: '/Namespace', name: namespace })) claims.push(placedIn(namespace));
    const named = references?.(subject) ?? NAMES_NOTHING;
    for (let i = 0; i < named.length; i += 1) {
      const one = named[i];
      if (one !== undefined && isWritten(one))
        claims.push({ key: keyOf(one), owner: '', object: label, field: one.field, value: '' });
    }
    return claims;
  },
  settle: (claims) => {
    const here = keysOf(claims, HERE);
    const placed = new Set<string>();
    const open = new Map<string, Naming>();
    const kept: Claim[] = [];
    for (const claim of claims) {
      if (claim.value === HERE) kept.push(claim);
      else if (here.has(claim.key) || placed.has(claim.key)) continue;
      else if (claim.object !== '') gather(open, claim);
      else {
        placed.add(claim.key);
        kept.push(claim);
      }
    }
    for (const [key, { objects, fields }] of open)
      kept.push({ key, owner: '', object: objects.join(SEPARATOR), field: fields.join(SEPARATOR), value: '' });
    return kept;
  },
  judge: (claims) => {
    const here = keysOf(claims, HERE);
    return flatMapClaims(claims, (claim) => (claim.value === HERE || here.has(claim.key) ? [] : missing(claim)));
  },
};

/** Who names one thing that did not come with them; dozens of a tenant's objects name the same few of the platform. */
interface Naming {
  readonly objects: string[];
  readonly fields: string[];
}

/** Parts objects and fields of a claim that speaks for several; no label and no field has a tab in it. */
const SEPARATOR = '\t';

function gather(open: Map<string, Naming>, { key, object, field }: Claim): void {
  const known = open.get(key);
  if (known === undefined) open.set(key, { objects: [object], fields: [field] });
  else {
    known.objects.push(object);
    known.fields.push(field);
  }
}

function missing({ key, object, field }: Claim): readonly ClusterFinding[] {
  const expected = 'an object that is there';
  if (object === '') return [{ object: key, field: '', given: 'objects that are placed in it', expected }];
  const fields = field.split(SEPARATOR);
  return object.split(SEPARATOR).map((one, i) => {
    return { object: one, field: fields[i] ?? '', given: `${key}, not found`, expected };
  });
}

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

/** Documents may name any kind. */
const MOST_KINDS = 1000;

/** Asked for every object, so each kind is worked out once. */
const roleOf = rememberedPairs(MOST_KINDS, (group, kind): Role => {
  const id = `${group}/${kind}`;
  return {
    id,
    isTarget: TARGETS.has(id),
    isNamespaced: scopeOf(group, kind) !== 'cluster',
    references: REFERENCES.get(id),
  };
});

/** Whether it is there only where somebody wrote it down. */
function isWritten({ to, name }: Pick<Reference, 'to' | 'name'>): boolean {
  return BUILT_IN.get(to)?.test(name) !== true;
}

/** The kind says enough: no two groups have targets of one kind. */
function keyOf({ to, name, namespace }: Omit<Reference, 'field'>): string {
  return `${to.slice(to.indexOf('/') + 1)} ${namespace === undefined ? '' : `${namespace}/`}${name}`;
}
