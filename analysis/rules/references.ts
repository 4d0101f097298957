import type { Claim, ClusterFinding, ClusterRule } from '../../constructs/core/rule';
import { flatMapClaims, keysOf } from './claims';
import { scopeOf } from './kinds';
import { rememberedPairs } from './memory';
import { isManaged } from './presence';
import { NAMESPACE, type Namer, REFERENCES, TARGETS, type Target } from './reference-table';

const HERE = 'here';
const NONE: readonly Claim[] = [];

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
    const { name, namespace } = subject;
    const { target, isNamespaced, namer } = roleOf(subject.group, subject.kind);
    const isManagedBy = isManaged(subject);
    const place = isManagedBy && isNamespaced && namespace ? placedIn(namespace) : NONE;
    if (target === undefined && (namer === undefined || !isManagedBy)) return place;
    const claims = [...place];
    if (name && target !== undefined) claims.push(short(keyOf(target, name, namespace), HERE));
    if (isManagedBy)
      namer?.(subject, (to, name, field, namespace) => {
        if (!isWritten(to, name)) return;
        claims.push({ key: keyOf(to, name, namespace), owner: '', object: subject.label, field, value: '' });
      });
    return claims;
  },
  settle: (claims) => {
    const here = keysOf(claims, HERE);
    const placed = new Set<string>();
    const open = new Map<string, Gathered>();
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
interface Gathered {
  readonly objects: string[];
  readonly fields: string[];
}

/** Parts objects and fields of a claim that speaks for several; no label and no field has a tab in it. */
const SEPARATOR = '\t';

function gather(open: Map<string, Gathered>, { key, object, field }: Claim): void {
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
let lastClaims: readonly Claim[] = NONE;

/**
 * Every object is somewhere, so this claim names no object: those of one namespace are one. They come one after the other, so it
 * is made once.
 */
function placedIn(namespace: string): readonly Claim[] {
  if (namespace !== lastPlace) {
    lastPlace = namespace;
    lastClaims = isWritten(NAMESPACE, namespace) ? [short(`Namespace ${namespace}`, '')] : NONE;
  }
  return lastClaims;
}

/** What a kind has to do with references. */
interface Role {
  readonly target: Target | undefined;
  readonly isNamespaced: boolean;
  readonly namer: Namer | undefined;
}

/** Documents may name any kind. */
const MOST_KINDS = 1000;

/** Asked for every object, so each kind is worked out once. */
const roleOf = rememberedPairs(
  MOST_KINDS,
  (group, kind): Role => ({
    target: TARGETS.get(`${group}/${kind}`),
    isNamespaced: scopeOf(group, kind) !== 'cluster',
    namer: REFERENCES.get(`${group}/${kind}`),
  }),
);

/** Whether it is there only where somebody wrote it down. */
function isWritten({ builtIn }: Target, name: string): boolean {
  return builtIn === undefined || !builtIn.test(name);
}

/** The kind says enough: no two groups have targets of one kind. */
function keyOf({ kind }: Target, name: string, namespace: string | undefined): string {
  return namespace === undefined ? `${kind} ${name}` : `${kind} ${namespace}/${name}`;
}
