import { show } from './problem';

/** Steps into a document: keys of mappings and indexes (from 0) of lists. */
export type DocumentPath = readonly (string | number)[];

/** `spec.rules[0].ports` or `metadata.labels["drun.io/tenant"]`; the document as a whole is `(document)`. */
export function pathText(path: DocumentPath): string {
  if (path.length === 0) return '(document)';
  return path.map((step, index) => stepText(step, index === 0)).join('');
}

function stepText(step: string | number, first: boolean): string {
  if (typeof step === 'number') return `[${step}]`;
  if (!/^[\w:-]{1,80}$/.test(step)) return `[${show(step)}]`;
  return first ? step : `.${step}`;
}
