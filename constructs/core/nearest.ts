/** Longer words are nobody's typing mistake; the limit keeps a hostile key from costing time. */
const LONGEST = 64;

/**
 * The candidate that a person most likely meant by `word`, or undefined where none is close: at most one edit in three
 * letters, where an edit is one letter added, dropped, changed or swapped with its neighbour. Case and the separators
 * `-` and `_` do not count, so `tenant_name` finds `tenantName`. The first candidate wins among equals.
 *
 * @example nearest('namespce', ['name', 'namespace']) // 'namespace'
 */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  if (word.length === 0 || word.length > LONGEST) return undefined;
  const plain = fold(word);
  let best: string | undefined;
  let bound = Math.max(1, Math.floor(word.length / 3)) + 1;
  for (const candidate of candidates) {
    if (candidate === word || candidate.length > LONGEST) continue;
    const distance = editDistance(plain, fold(candidate), bound);
    if (distance >= bound) continue;
    best = candidate;
    bound = distance;
  }
  return best;
}

/**
 * Edits between two words (optimal string alignment: add, drop, change, swap neighbours), or `bound` where they are at
 * least that many apart.
 */
export function editDistance(a: string, b: string, bound = Number.POSITIVE_INFINITY): number {
  if (Math.abs(a.length - b.length) >= bound) return bound;
  let older: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) row.push(cell(a, b, i, j, row, previous, older));
    if (Math.min(...row) >= bound) return bound;
    older = previous;
    previous = row;
  }
  return Math.min(previous[b.length] ?? bound, bound);
}

function cell(
  a: string,
  b: string,
  i: number,
  j: number,
  row: readonly number[],
  previous: readonly number[],
  older: readonly number[],
): number {
  const at = (line: readonly number[], column: number) => line[column] ?? Number.POSITIVE_INFINITY;
  const same = a[i - 1] === b[j - 1];
  const plain = Math.min(at(row, j - 1) + 1, at(previous, j) + 1, at(previous, j - 1) + (same ? 0 : 1));
  const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
  return swapped ? Math.min(plain, at(older, j - 2) + 1) : plain;
}

function fold(word: string): string {
  return word.toLowerCase().replace(/[-_]/g, '');
}
