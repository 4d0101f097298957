import { isDeepStrictEqual } from 'node:util';
import { recordAt } from '../../constructs/core/json';

/** What the server writes of itself at every change; it says nothing about the content. */
const BOOKKEEPING: readonly string[] = ['managedFields', 'resourceVersion', 'generation', 'creationTimestamp', 'uid'];

/** Whether two states of an object hold the same, status and bookkeeping left out. */
export function sameContent(one: unknown, other: unknown): boolean {
  return isDeepStrictEqual(contentOf(one), contentOf(other));
}

/** An object without status and bookkeeping. */
export function contentOf(object: unknown): Readonly<Record<string, unknown>> {
  const { status: _, metadata, ...rest } = recordAt(object);
  const kept = Object.entries(recordAt(metadata)).filter(([key]) => !BOOKKEEPING.includes(key));
  return { ...rest, metadata: Object.fromEntries(kept) };
}
