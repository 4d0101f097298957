import { holds, type Selector } from './selector';

/** A set of label assignments that no selector of a list can tell apart. */
export interface LabelClass {
  /** For each selector of the list, whether it selects the members. */
  readonly selected: readonly boolean[];
  /** One member, with as few labels as it can have. */
  readonly labels: Readonly<Record<string, string>>;
}

/** Labels whose value is known beforehand; `undefined` means known to be absent. */
export type KnownLabels = ReadonlyMap<string, string | undefined>;

/**
 * Every way in which any object, with whatever labels, can be selected or not by the selectors: exact, not sampled.
 * A label matters only by which requirements on its key it satisfies, so each key has finitely many cases (absent, each
 * value named, one value that is not named), and the classes are the distinct products of these cases over the keys.
 * Undefined where there are more than `limit`.
 */
export function labelClasses(
  selectors: readonly Selector[],
  known: KnownLabels = new Map(),
  limit = 4096,
): readonly LabelClass[] | undefined {
  let classes = new Map<bigint, Readonly<Record<string, string>>>([[(1n << BigInt(selectors.length)) - 1n, {}]]);
  for (const key of keysOf(selectors)) {
    const next = new Map<bigint, Readonly<Record<string, string>>>();
    for (const [value, mask] of casesOf(selectors, key, known)) {
      for (const [selected, labels] of classes) {
        const both = selected & mask;
        if (!next.has(both)) next.set(both, value === undefined ? labels : { ...labels, [key]: value });
      }
    }
    if (next.size > limit) return undefined;
    classes = next;
  }
  return [...classes].map(([mask, labels]) => ({
    selected: selectors.map((_, index) => ((mask >> BigInt(index)) & 1n) === 1n),
    labels,
  }));
}

/** Whether some object can be selected by all the selectors at once. */
export function isSatisfiable(selectors: readonly Selector[], known: KnownLabels = new Map()): boolean {
  const all = selectors.flat();
  return (labelClasses([all], known) ?? []).some((found) => found.selected[0] === true);
}

function keysOf(selectors: readonly Selector[]): readonly string[] {
  return [...new Set(selectors.flatMap((selector) => selector.map((term) => term.key)))].sort();
}

/** The cases of one key with the selectors each leaves standing, those alike taken together; absence comes first. */
function casesOf(
  selectors: readonly Selector[],
  key: string,
  known: KnownLabels,
): readonly (readonly [value: string | undefined, mask: bigint])[] {
  const values = known.has(key) ? [known.get(key)] : possibleValues(selectors, key);
  const cases = new Map<bigint, string | undefined>();
  for (const value of values) {
    let mask = 0n;
    selectors.forEach((selector, index) => {
      const stands = selector.every((term) => term.key !== key || holds(term, value));
      if (stands) mask |= 1n << BigInt(index);
    });
    if (!cases.has(mask)) cases.set(mask, value);
  }
  return [...cases].map(([mask, value]) => [value, mask]);
}

function possibleValues(selectors: readonly Selector[], key: string): readonly (string | undefined)[] {
  const named = new Set<string>();
  for (const term of selectors.flat()) {
    if (term.key === key && 'values' in term) for (const value of term.values) named.add(value);
  }
  let other = 'other';
  while (named.has(other)) other += '-x';
  return [undefined, ...[...named].sort(), other];
}
