import type { Reader } from './reader';

/** One condition on one label; absent labels satisfy `NotIn` and `DoesNotExist`, as in the Kubernetes API. */
export type Requirement =
  | { readonly key: string; readonly operator: 'In' | 'NotIn'; readonly values: readonly string[] }
  | { readonly key: string; readonly operator: 'Exists' | 'DoesNotExist' };

/** A conjunction of requirements; the empty one selects everything. */
export type Selector = readonly Requirement[];

export const EVERYTHING: Selector = [];

type Labels = Readonly<Record<string, string>>;

const OPERATORS = ['In', 'NotIn', 'Exists', 'DoesNotExist'] as const;
const VALUE = /^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/;
const KEY = /^([a-z0-9]([-a-z0-9.]*[a-z0-9])?\/)?([A-Za-z0-9][-A-Za-z0-9_.]{0,61})?[A-Za-z0-9]$/;

/** Reads a `LabelSelector`; an absent one is the empty one. */
export function readSelector(reader: Reader, value: unknown, path: string): Selector {
  const fields = reader.object(value, path, ['matchLabels', 'matchExpressions']);
  const labels = fields.matchLabels ?? {};
  const equal = readMatchLabels(reader, labels, `${path}.matchLabels`);
  const terms = reader
    .list(fields.matchExpressions, `${path}.matchExpressions`)
    .flatMap((term, index) => readTerm(reader, term, `${path}.matchExpressions[${index}]`));
  return [...equal, ...terms];
}

/** Reads a plain map of labels that must all be equal. */
export function readMatchLabels(reader: Reader, value: unknown, path: string): Selector {
  const keys = typeof value === 'object' && value !== null ? Object.keys(value) : [];
  const labels = reader.object(value, path, keys);
  return Object.entries(labels).map(([key, label]): Requirement => {
    checkKey(reader, key, path);
    const text = typeof label === 'string' ? label : reader.flaw(`${path}.${key}`, label, 'a string');
    if (text !== undefined) checkValue(reader, text, `${path}.${key}`);
    return { key, operator: 'In', values: [text ?? ''] };
  });
}

/** Whether an object with these labels is selected. */
export function selects(selector: Selector, labels: Labels): boolean {
  return selector.every((requirement) =>
    holds(requirement, Object.hasOwn(labels, requirement.key) ? labels[requirement.key] : undefined),
  );
}

/** Whether a label of that value (undefined: absent) satisfies the requirement. */
export function holds(requirement: Requirement, value: string | undefined): boolean {
  switch (requirement.operator) {
    case 'In':
      return value !== undefined && requirement.values.includes(value);
    case 'NotIn':
      return value === undefined || !requirement.values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
  }
}

/** The same text for selectors that say the same in another order. */
export function selectorKey(selector: Selector): string {
  return selector
    .map((term) => JSON.stringify([term.key, term.operator, 'values' in term ? [...term.values].sort() : []]))
    .sort()
    .join();
}

function readTerm(reader: Reader, value: unknown, path: string): Selector {
  const { key, operator, values } = reader.object(value, path, ['key', 'operator', 'values']);
  const known = reader.oneOf(operator, `${path}.operator`, OPERATORS);
  if (typeof key !== 'string') return reader.flaw(`${path}.key`, key, 'a label key') ?? [];
  checkKey(reader, key, `${path}.key`);
  const listed = reader.strings(values, `${path}.values`);
  for (const item of listed) checkValue(reader, item, `${path}.values`);
  if (known === undefined) return [];
  if (known === 'Exists' || known === 'DoesNotExist') {
    if (listed.length > 0) reader.flaw(`${path}.values`, listed, `no values for ${known}`);
    return [{ key, operator: known }];
  }
  if (listed.length === 0) reader.flaw(`${path}.values`, values, `at least one value for ${known}`);
  return [{ key, operator: known, values: listed }];
}

function checkKey(reader: Reader, key: string, path: string): void {
  if (!KEY.test(key)) reader.flaw(path, key, 'a label key');
}

function checkValue(reader: Reader, value: string, path: string): void {
  if (value.length > 63 || !VALUE.test(value)) reader.flaw(path, value, 'a label value');
}
