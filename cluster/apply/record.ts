import { isList, isRecord, listAt, stringAt } from '../../constructs/core/json';
import { FIELD_MANAGER } from './live-cluster';

/**
 * One step in the server's record of who wrote what (`fieldsV1` of managed fields): `f:spec` a field, `k:{"port":80}` an
 * element with those keys, `v:"a"` an element of a set.
 */
export type FieldPath = readonly string[];

/** Managers whose fields somebody else than this project wrote, with the fields; status and the like are left out. */
export interface ForeignFields {
  readonly manager: string;
  readonly paths: readonly FieldPath[];
}

/**
 * Fields that others wrote and this path did not. What the server fills in by itself, such as a default, is in nobody's
 * record and so never here; what controllers say of an object they write to its status, a record of its own.
 */
export function foreignFields(object: unknown): readonly ForeignFields[] {
  const entries = listAt(object, 'metadata', 'managedFields').filter(
    (entry) => stringAt(entry, 'subresource') === undefined,
  );
  const kind = stringAt(object, 'kind') ?? '';
  const own = new Set(entries.filter(isOwnEntry).flatMap(leavesOf).map(keyOf));
  return entries
    .filter((entry) => !isOwnEntry(entry))
    .map((entry) => ({
      manager: stringAt(entry, 'manager') ?? 'somebody unknown',
      paths: leavesOf(entry).filter((path) => !own.has(keyOf(path)) && !isBenign(kind, path)),
    }))
    .filter(({ paths }) => paths.length > 0);
}

/**
 * Those that decide what an object does: everything outside its metadata. An object of the platform does what the plan says,
 * so they are taken back; a label or annotation of somebody else may have its use, and is only reported.
 */
export function foreignContent(object: unknown): readonly FieldPath[] {
  return foreignFields(object).flatMap(({ paths }) => paths.filter(([root]) => root !== 'f:metadata'));
}

/** Whether the server keeps a record of the object at all: somebody may have wiped it to hide what he wrote. */
export function hasRecord(object: unknown): boolean {
  return listAt(object, 'metadata', 'managedFields').length > 0;
}

/** The object without fields of others; lists lose elements of which nothing is left. */
export function without(object: unknown, paths: readonly FieldPath[]): unknown {
  return paths.reduce((left, path) => remove(left, path), object);
}

/** Metadata by which whoever delivers keeps its own record; it decides nothing. */
const BOOKKEEPING =
  /^f:(pulumi\.com\/|kustomize\.toolkit\.fluxcd\.io\/|argocd\.argoproj\.io\/|kubectl\.kubernetes\.io\/last-applied-configuration$|deployment\.kubernetes\.io\/revision$)/;

/** Finalizers of controllers that keep what is in use; those of anybody else are reported, because they wedge a removal. */
const KNOWN_FINALIZERS = /^v:"(kueue\.x-k8s\.io\/[\w-]+|kubernetes\.io\/[\w-]+|foregroundDeletion|orphan)"$/;

/** Fields outside of the status by which controllers bind an object to another, by kind. */
const BOUND: Readonly<Record<string, RegExp>> = {
  PersistentVolumeClaim: /^f:spec f:volumeName$/,
  PersistentVolume: /^f:spec f:claimRef\b/,
  CustomResourceDefinition: /^f:spec f:conversion f:webhook f:clientConfig f:caBundle$/,
  ServiceAccount: /^f:secrets\b/,
};

function isBenign(kind: string, path: FieldPath): boolean {
  const [root = '', section = '', key = ''] = path;
  if (root === 'f:status' || BOUND[kind]?.test(path.join(' ')) === true) return true;
  if (root !== 'f:metadata') return false;
  if (section === 'f:finalizers') return KNOWN_FINALIZERS.test(key);
  return (section === 'f:annotations' || section === 'f:labels') && BOOKKEEPING.test(key);
}

function isOwnEntry(entry: unknown): boolean {
  return stringAt(entry, 'manager') === FIELD_MANAGER && stringAt(entry, 'operation') === 'Apply';
}

function leavesOf(entry: unknown): readonly FieldPath[] {
  const found: FieldPath[] = [];
  const visit = (fields: unknown, path: FieldPath): void => {
    const keys = isRecord(fields) ? Object.keys(fields).filter((key) => key !== '.') : [];
    if (keys.length === 0 && path.length > 0) found.push(path);
    if (isRecord(fields)) for (const key of keys) visit(fields[key], [...path, key]);
  };
  visit(isRecord(entry) ? entry.fieldsV1 : undefined, []);
  return found;
}

function keyOf(path: FieldPath): string {
  return path.join('\u0000');
}

function remove(value: unknown, [step, ...rest]: FieldPath): unknown {
  if (step === undefined) return undefined;
  if (step.startsWith('f:') && isRecord(value)) return removeField(value, step.slice(2), rest);
  if (!isList(value) || step.startsWith('f:')) return value;
  return value.flatMap((item) => {
    if (!isMeant(item, step)) return [item];
    const left = remove(item, rest);
    return left === undefined || isEmpty(left) ? [] : [left];
  });
}

function removeField(value: Readonly<Record<string, unknown>>, field: string, rest: FieldPath): unknown {
  if (!Object.hasOwn(value, field)) return value;
  const { [field]: inner, ...others } = value;
  const left = remove(inner, rest);
  return left === undefined || (isEmpty(left) && !isEmpty(inner)) ? others : { ...others, [field]: left };
}

/** Whether a list's element is the one that a step names. */
function isMeant(item: unknown, step: string): boolean {
  const named: unknown = JSON.parse(step.slice(2) || 'null');
  if (step.startsWith('v:')) return item === named;
  if (!step.startsWith('k:') || !isRecord(named) || !isRecord(item)) return false;
  return Object.entries(named).every(([key, value]) => item[key] === value);
}

function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}
