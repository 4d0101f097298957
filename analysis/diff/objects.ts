import { isRecord, recordAt, stringAt, valueAt } from '../../constructs/core/json';
import type { Manifest } from '../../constructs/core/manifest';
import { canonical, identical } from './canonical';
import { changedFields, type FieldChange } from './fields';

/** One object that was added, removed or means something else than before. */
export interface ObjectChange {
  /** Group, kind, namespace and name, as `objectKey` of constructs/core spells them. */
  readonly key: string;
  /** `NetworkPolicy acme-train/default-deny`. */
  readonly label: string;
  readonly change: 'added' | 'removed' | 'changed';
  /** The changed fields; empty for objects that were added or removed. */
  readonly fields: readonly FieldChange[];
}

/**
 * Compares two sets of objects by meaning: order where order has none, quantities by value, and what the API server
 * writes by itself (status, managed fields, resource versions) make no difference. Sorted by key. Objects that are
 * malformed are compared as they are.
 */
export function diffObjects(before: readonly Manifest[], after: readonly Manifest[]): readonly ObjectChange[] {
  const left = byKey(before);
  const right = byKey(after);
  const changes: ObjectChange[] = [];
  for (const key of [...new Set([...left.keys(), ...right.keys()])].sort()) {
    const [was, is] = [left.get(key), right.get(key)];
    if (identical(was, is)) continue;
    const label = labelOf(is ?? was);
    if (was === undefined) changes.push({ key, label, change: 'added', fields: [] });
    else if (is === undefined) changes.push({ key, label, change: 'removed', fields: [] });
    else {
      const fields = changedFields(stringAt(is, 'kind') ?? '', meaning(was), meaning(is));
      if (fields.length > 0) changes.push({ key, label, change: 'changed', fields });
    }
  }
  return changes;
}

/** `objectKey` for objects that may lack anything. */
export function keyOf(object: unknown): string {
  const version = stringAt(object, 'apiVersion') ?? '';
  const group = version.includes('/') ? version.slice(0, version.indexOf('/')) : '';
  const metadata = recordAt(object, 'metadata');
  const name = stringAt(metadata, 'name') ?? '';
  return `${group}/${stringAt(object, 'kind') ?? ''}/${stringAt(metadata, 'namespace') ?? ''}/${name}`;
}

/** `objectLabel` for objects that may lack anything. */
export function labelOf(object: unknown): string {
  const metadata = recordAt(object, 'metadata');
  const namespace = stringAt(metadata, 'namespace');
  const place = namespace === undefined ? '' : `${namespace}/`;
  return `${stringAt(object, 'kind') ?? 'object'} ${place}${stringAt(metadata, 'name') ?? '(no name)'}`;
}

/** Fields that the API server writes. */
const SERVER_METADATA: ReadonlySet<string> = new Set([
  ...['creationTimestamp', 'generation', 'managedFields', 'resourceVersion', 'selfLink', 'uid'],
]);

/** Objects by key; further ones under the same key get a number, in an order that does not depend on the input. */
function byKey(objects: readonly Manifest[]): ReadonlyMap<string, unknown> {
  const groups = new Map<string, unknown[]>();
  for (const object of objects) {
    const key = keyOf(object);
    const known = groups.get(key);
    if (known === undefined) groups.set(key, [object]);
    else known.push(object);
  }
  const found = new Map<string, unknown>();
  for (const [key, group] of groups) {
    const kind = stringAt(group[0], 'kind') ?? '';
    const sorted = group.length === 1 ? group : sortedByMeaning(group, kind);
    for (const [index, object] of sorted.entries()) found.set(index === 0 ? key : `${key}#${index + 1}`, object);
  }
  return found;
}

function sortedByMeaning(group: readonly unknown[], kind: string): readonly unknown[] {
  const texts = group.map((object) => [canonical(meaning(object), { kind, fields: [] }), object] as const);
  return texts.sort(([a], [b]) => (a < b ? -1 : Number(a > b))).map(([, object]) => object);
}

/** The object without what the server writes, and without empty labels and annotations. */
function meaning(object: unknown): unknown {
  if (!isRecord(object)) return object;
  const metadata = valueAt(object, 'metadata');
  const entries = Object.entries(object).filter(([key]) => key !== 'status');
  if (!isRecord(metadata)) return Object.fromEntries(entries);
  const kept = Object.entries(metadata).filter(([key, value]) => !SERVER_METADATA.has(key) && !isEmpty(value));
  return Object.fromEntries(
    entries.map(([key, value]) => [key, key === 'metadata' ? Object.fromEntries(kept) : value]),
  );
}

function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}
