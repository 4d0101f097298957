import { isList, isRecord } from '../../constructs/core/json';
import { LABEL } from '../../constructs/core/labels';
import type { Subject } from '../../constructs/core/rule';
import { remembered } from './memory';

const NOTHING: Readonly<Record<string, unknown>> = Object.freeze({});
/** Longest name the API server takes is 253; a longer one is cut in messages. */
const LONGEST_NAME = 253;

/** Reads one document into a subject; undefined where it is no keyed object at all. Never throws. */
export function subjectOf(document: unknown): Subject | undefined {
  return isRecord(document) ? new Reading(document) : undefined;
}

/** Nearly every object is without fault and is never named, so its label is made when somebody asks. */
class Reading implements Subject {
  readonly metadata: Subject['metadata'];
  readonly group: string;
  readonly kind: string;
  readonly name: string | undefined;
  readonly namespace: string | undefined;
  readonly labels: Subject['labels'];
  readonly annotations: Subject['annotations'];
  readonly tenant: string | undefined;
  readonly component: string | undefined;
  private named: string | undefined;
  private written: string | undefined;

  constructor(readonly object: Subject['object']) {
    const metadata = own(object, 'metadata');
    const labels = own(metadata, 'labels');
    this.metadata = metadata;
    this.group = groupOf(textOf(object, 'apiVersion') ?? '');
    this.kind = textOf(object, 'kind') ?? '';
    this.name = textOf(metadata, 'name');
    this.namespace = textOf(metadata, 'namespace');
    this.labels = labels;
    this.annotations = own(metadata, 'annotations');
    this.tenant = textOf(labels, LABEL.tenant);
    this.component = textOf(labels, LABEL.component);
    this.named = undefined;
    this.written = undefined;
  }

  get label(): string {
    this.named ??= labelOf(this.kind, this.namespace, this.name);
    return this.named;
  }

  get specText(): string {
    this.written ??= JSON.stringify(this.object.spec) ?? '';
    return this.written;
  }
}

/** What a `List` holds, because a list must not hide it; undefined for every other document. */
export function itemsOf(document: unknown): readonly unknown[] | undefined {
  if (!isRecord(document) || !isList(document.items)) return undefined;
  const { kind, items } = document;
  return typeof kind === 'string' && kind.endsWith('List') ? items : undefined;
}

/** API group of an `apiVersion`: `apps` of `apps/v1`, empty of `v1`. */
const groupOf = remembered(256, (apiVersion) => {
  const slash = apiVersion.indexOf('/');
  return slash < 0 ? '' : apiVersion.slice(0, slash);
});

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

/** Of the fields read here none is one that every object inherits, so what is found is the document's own. */
function own(record: Readonly<Record<string, unknown>>, key: string): Readonly<Record<string, unknown>> {
  const value = record[key];
  return isRecord(value) ? value : NOTHING;
}

function textOf(record: Readonly<Record<string, unknown>>, key: string): string | undefined {
  const value = record[key];
  return typeof value === 'string' ? value : undefined;
}
