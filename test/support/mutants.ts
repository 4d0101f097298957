import { isRecord } from '../../constructs/core/json';
import { type Manifest, objectLabel } from '../../constructs/core/manifest';

/** One thing taken out of the objects, or one word made weaker. */
export interface Mutant {
  /** Such as `NetworkPolicy acme-train/allow-dns without spec.egress[0].ports[1]`. */
  readonly what: string;
  /** Place of the object among all. */
  readonly index: number;
  /** What stands there instead; undefined where the object is dropped. */
  readonly object: Manifest | undefined;
}

/** Words and what they become: each a weakening that some API accepts. */
const WEAKER: Readonly<Record<string, string>> = {
  STRICT: 'PERMISSIVE',
  restricted: 'privileged',
  Deny: 'Allow',
  Pass: 'Accept',
  Fail: 'Ignore',
  Admin: 'Baseline',
  REGISTRY_ONLY: 'ALLOW_ANY',
  MESH_EXTERNAL: 'MESH_INTERNAL',
  Same: 'All',
  Never: 'PreemptLowerPriority',
  ambient: 'none',
  waypoint: 'none',
  enabled: 'disabled',
  '.': '*',
};

/** In fields of these names: the word means something else or nothing elsewhere. */
const WEAKER_IN: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  validationActions: { Deny: 'Warn' },
  action: { Deny: 'Accept', Pass: 'Accept' },
  kind: {},
  name: {},
};

/**
 * Text of CEL and schemas of admission: whether each check counts is asked with requests, in the tests of the policies.
 * Here these objects lose what binds them, whole objects, labels and annotations.
 */
const JUDGED_BY_REQUESTS = /^(ValidatingAdmissionPolicy|MutatingAdmissionPolicy|CustomResourceDefinition)$/;

/** Fields of such objects that are looked at all the same. */
const OUTCOME = /^(failurePolicy|metadata)$/;

/** Every object dropped; every key and every item at any depth dropped; every word that has a weaker one made weaker. */
export function mutantsOf(objects: readonly Manifest[]): readonly Mutant[] {
  return objects.flatMap((object, index) => [
    { what: `no ${objectLabel(object)}`, index, object: undefined },
    ...variants(object, '', '', skip(object)).map(({ path, value }) => ({
      what: `${objectLabel(object)} ${path}`,
      index,
      object: value,
    })),
  ]);
}

type Skip = (path: string) => boolean;

function skip({ kind }: Manifest): Skip {
  if (!JUDGED_BY_REQUESTS.test(kind)) return () => false;
  return (path) => path.startsWith('spec.') && !OUTCOME.test(path.slice('spec.'.length));
}

interface Variant<T> {
  readonly path: string;
  readonly value: T;
}

/** The value with one thing less or weaker, for each such thing. `key` is the key that holds it. */
function variants<T>(value: T, path: string, key: string, skipped: Skip): readonly Variant<T>[];
function variants(value: unknown, path: string, key: string, skipped: Skip): readonly Variant<unknown>[] {
  if (skipped(path)) return [];
  if (Array.isArray(value)) {
    return value.flatMap((item: unknown, i) => [
      { path: `without ${path}[${i}]`, value: value.filter((_, j) => j !== i) },
      ...variants(item, `${path}[${i}]`, key, skipped).map((variant) => ({
        ...variant,
        value: value.with(i, variant.value),
      })),
    ]);
  }
  if (isRecord(value)) {
    return Object.entries(value).flatMap(([name, item]) => {
      const below = path === '' ? name : `${path}.${name}`;
      if (skipped(below)) return [];
      const { [name]: _gone, ...rest } = value;
      return [
        { path: `without ${below}`, value: rest },
        ...variants(item, below, name, skipped).map((variant) => ({
          ...variant,
          value: { ...value, [name]: variant.value },
        })),
      ];
    });
  }
  return weaker(value, key).map((word) => ({ path: `with ${path}: ${String(word)}`, value: word }));
}

function weaker(value: unknown, key: string): readonly unknown[] {
  if (typeof value === 'boolean') return [!value];
  if (typeof value !== 'string') return [];
  const table = Object.hasOwn(WEAKER_IN, key) ? WEAKER_IN[key] : WEAKER;
  const word = table !== undefined && Object.hasOwn(table, value) ? table[value] : undefined;
  return word === undefined ? [] : [word];
}
