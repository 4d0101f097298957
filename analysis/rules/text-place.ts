import type { Place, Subject } from '../../constructs/core/rule';

/** The place of all values of a record; undefined where only their keys can tell. */
export function placeIn(record: unknown, subject: Subject): 'metadata' | Place | undefined {
  if (record === subject.labels) return 'label';
  if (record === subject.annotations) return 'annotation';
  if (record === subject.metadata) return 'metadata';
  return subject.kind === 'ConfigMap' && record === subject.object.data ? 'data' : undefined;
}

/** The place of one value; undefined for the many that stand nowhere special. */
export function placeOf(key: string, around: ReturnType<typeof placeIn>): Place | undefined {
  if (around === 'metadata') return key === 'name' || key === 'namespace' ? 'name' : undefined;
  return around ?? (key === 'value' ? 'value' : undefined);
}
