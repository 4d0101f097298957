import { isList, isRecord } from '../../constructs/core/json';
import { LABEL } from '../../constructs/core/labels';
import type { Subject } from '../../constructs/core/rule';

const NOTHING: Readonly<Record<string, unknown>> = Object.freeze({});
/** Longest name the API server takes is 253; a longer one is cut in messages. */
const LONGEST_NAME = 253;

/** Reads one document into a subject; undefined where it is no keyed object at all. Never throws. */
export function subjectOf(document: unknown): Subject | undefined {
  if (!isRecord(document)) return undefined;
  const metadata = own(document, 'metadata');
  const kind = textOf(document, 'kind') ?? '';
  const name = textOf(metadata, 'name');
  const namespace = textOf(metadata, 'namespace');
  const labels = own(metadata, 'labels');
  return {
    object: document,
    group: groupOf(textOf(document, 'apiVersion') ?? ''),
    kind,
    name,
    namespace,
    labels,
    annotations: own(metadata, 'annotations'),
    label: labelOf(kind, namespace, name),
    tenant: textOf(labels, LABEL.tenant),
    component: textOf(labels, LABEL.component),
  };
}

/** What a `List` holds, because a list must not hide it; undefined for every other document. */
export function itemsOf(document: unknown): readonly unknown[] | undefined {
  if (!isRecord(document) || !Object.hasOwn(document, 'items')) return undefined;
  const { kind, items } = document;
  return typeof kind === 'string' && kind.endsWith('List') && isList(items) ? items : undefined;
}

/** API group of an `apiVersion`: `apps` of `apps/v1`, empty of `v1`. */
export function groupOf(apiVersion: string): string {
  const slash = apiVersion.indexOf('/');
  return slash < 0 ? '' : apiVersion.slice(0, slash);
}

/** `Kind namespace/name`, on one line and of bounded length whatever the document says. */
export function labelOf(kind: string, namespace: string | undefined, name: string | undefined): string {
  const place = namespace === undefined ? '' : `${plain(namespace)}/`;
  return `${plain(kind) || 'object'} ${place}${plain(name ?? '') || '(no name)'}`;
}

const UNPRINTABLE = /[^\x20-\x7e]/;

function plain(text: string): string {
  const short = text.length > LONGEST_NAME ? `${text.slice(0, LONGEST_NAME)}...` : text;
  return UNPRINTABLE.test(short) ? JSON.stringify(short) : short;
}

function own(record: Readonly<Record<string, unknown>>, key: string): Readonly<Record<string, unknown>> {
  const value = Object.hasOwn(record, key) ? record[key] : undefined;
  return isRecord(value) ? value : NOTHING;
}

function textOf(record: Readonly<Record<string, unknown>>, key: string): string | undefined {
  const value = Object.hasOwn(record, key) ? record[key] : undefined;
  return typeof value === 'string' ? value : undefined;
}
