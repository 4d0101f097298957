import { isList, isRecord, stringAt } from '../../constructs/core/json';
import { isSecretName } from '../../constructs/core/secret-names';
import { HIDDEN } from '../../constructs/core/secret-text';
import { below, canonical, MAX_DEPTH } from './canonical';
import { masked } from './mask';
import { DEFAULTS, keyText, listShape, type Position } from './shape';

/** One field that means something else than before. Secret-looking values are hidden; absent is undefined. */
export interface FieldChange {
  /** `spec.containers[app].image`; `[]` stands for an element of a set, `[2]` for a place in a sequence. */
  readonly path: string;
  readonly before: unknown;
  readonly after: unknown;
}

interface Place extends Position {
  readonly path: string;
  /** Whether the value belongs to something named like a secret, such as an environment variable. */
  readonly secret: boolean;
  readonly depth: number;
}

/** Every field in which two objects of `kind` differ in meaning, in the order of their paths. */
export function changedFields(kind: string, before: unknown, after: unknown): readonly FieldChange[] {
  const found: FieldChange[] = [];
  compare(before, after, { kind, fields: [], path: '', secret: false, depth: 0 }, found);
  return found.sort((a, b) => (a.path < b.path ? -1 : Number(a.path > b.path)));
}

function compare(before: unknown, after: unknown, above: Place, found: FieldChange[]): void {
  if (before === after) return;
  const place = { ...above, depth: above.depth + 1 };
  if (place.depth > MAX_DEPTH) report(before, after, place, found);
  else if (isRecord(before) && isRecord(after)) compareRecords(before, after, place, found);
  else if (isList(before) && isList(after)) compareLists(before, after, place, found);
  else if (canonical(before, place) !== canonical(after, place)) report(before, after, place, found);
}

function compareRecords(
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
  place: Place,
  found: FieldChange[],
): void {
  const named = isSecretName(stringAt(before, 'name') ?? '') || isSecretName(stringAt(after, 'name') ?? '');
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const [left, right] = [own(before, key), own(after, key)];
    if (left === right) continue;
    const secret = place.secret || (named && key === 'value');
    compare(left, right, { ...place, ...below(place, key), path: join(place.path, key), secret }, found);
  }
}

function compareLists(before: readonly unknown[], after: readonly unknown[], place: Place, found: FieldChange[]): void {
  if (canonical(before, place) === canonical(after, place)) return;
  const shape = listShape(place, before, after);
  if (shape.as === 'keyed') compareKeyed(before, after, shape.keys, place, found);
  else if (shape.as === 'set') compareSets(before, after, place, found);
  else compareSequences(before, after, place, found);
}

function compareKeyed(
  before: readonly unknown[],
  after: readonly unknown[],
  keys: readonly string[],
  place: Place,
  found: FieldChange[],
): void {
  const known = found.length;
  const left = new Map(before.map((item) => [keyText(item, keys), item]));
  const right = new Map(after.map((item) => [keyText(item, keys), item]));
  for (const key of new Set([...left.keys(), ...right.keys()])) {
    compare(left.get(key), right.get(key), { ...place, path: `${place.path}[${key}]` }, found);
  }
  const common = [...left.keys()].filter((key) => right.has(key));
  const order = [...right.keys()].filter((key) => left.has(key));
  const moved = common.some((key, index) => key !== order[index]);
  if (
    found.length === known ||
    (moved && listShape(place, before, after).as === 'keyed' && isOrdered(place, before, after))
  ) {
    report(common, order, { ...place, path: `${place.path}[order]` }, found);
  }
}

function isOrdered(place: Place, before: readonly unknown[], after: readonly unknown[]): boolean {
  const shape = listShape(place, before, after);
  return shape.as === 'keyed' && shape.ordered;
}

/** Elements that only one side has; where it is one against one they are the same element changed. */
function compareSets(before: readonly unknown[], after: readonly unknown[], place: Place, found: FieldChange[]): void {
  const left = distinct(before, place);
  const right = distinct(after, place);
  const lost = [...left].filter(([text]) => !right.has(text)).map(([, item]) => item);
  const gained = [...right].filter(([text]) => !left.has(text)).map(([, item]) => item);
  const element = { ...place, path: `${place.path}[]` };
  if (lost.length === 1 && gained.length === 1 && isRecord(lost[0]) && isRecord(gained[0])) {
    compare(lost[0], gained[0], element, found);
    return;
  }
  for (const item of lost) report(item, undefined, element, found);
  for (const item of gained) report(undefined, item, element, found);
}

function compareSequences(
  before: readonly unknown[],
  after: readonly unknown[],
  place: Place,
  found: FieldChange[],
): void {
  for (let index = 0; index < Math.max(before.length, after.length); index += 1) {
    const element = { ...place, path: `${place.path}[${index}]` };
    if (index < before.length && index < after.length) compare(before[index], after[index], element, found);
    else report(before[index], after[index], element, found);
  }
}

function distinct(list: readonly unknown[], place: Place): ReadonlyMap<string, unknown> {
  return new Map(list.map((item) => [canonical(item, place), item] as const).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function report(before: unknown, after: unknown, place: Place, found: FieldChange[]): void {
  const show = (value: unknown) =>
    place.secret && value !== undefined ? HIDDEN : masked(value, place.kind, place.fields);
  found.push({ path: place.path, before: show(before), after: show(after) });
}

/** The field, or what Kubernetes takes where it is left out; null is left out. */
function own(record: Readonly<Record<string, unknown>>, key: string): unknown {
  return (Object.hasOwn(record, key) ? record[key] : undefined) ?? DEFAULTS.get(key);
}

/** Field names with dots, such as those of labels, are put in brackets. */
function join(path: string, key: string): string {
  if (!/^[\w-]+$/.test(key)) return `${path}[${JSON.stringify(key)}]`;
  return path === '' ? key : `${path}.${key}`;
}
