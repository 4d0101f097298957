import type { Claim, ClusterFinding, ClusterRule } from '../../constructs/core/rule';
import { isServed } from './kinds';
import { labelOf } from './subject';

/** Two objects of one cluster may not be the same to the API server; the version does not count. */
export const unique: ClusterRule = {
  id: 'DRN103',
  title: 'no two objects of a cluster share group, kind, namespace and name',
  why: 'the second one silently overwrites the first: whichever is applied last decides who is protected',
  remedy: 'rename one of them or remove it',
  kinds: isServed,
  claims: ({ group, kind, name, namespace = '' }) =>
    kind && name ? [{ key: namespace, owner: '', object: '', field: '', value: identity(group, kind, name) }] : [],
  // Every object makes this claim, so those of one namespace become one. A repetition stays by itself and shows as such.
  settle: (claims) => {
    const together = new Map<string, Set<string>>();
    const repeated: Claim[] = [];
    for (const claim of claims) {
      const known = together.get(claim.key);
      if (known === undefined) together.set(claim.key, new Set([claim.value]));
      else if (known.has(claim.value)) repeated.push(claim);
      else known.add(claim.value);
    }
    for (const [key, values] of together)
      repeated.push({ key, owner: '', object: '', field: '', value: [...values].join(SEPARATOR) });
    return repeated;
  },
  judge: (claims) => {
    const together = new Map<string, string>();
    const apart = new Map<string, string[]>();
    for (const { key, value } of claims) {
      const known = together.get(key);
      if (known === undefined) together.set(key, value);
      else apart.set(key, [...(apart.get(key) ?? [known]), value]);
    }
    return [...apart].flatMap(([namespace, values]) => repeats(namespace, values));
  },
};

const SEPARATOR = '\t';

/** No name holds a tab; one that does all the same may look like two, never like none. */
function identity(group: string, kind: string, name: string): string {
  return `${group} ${kind} ${name}`;
}

function repeats(namespace: string, values: readonly string[]): readonly ClusterFinding[] {
  const counts = new Map<string, number>();
  for (const value of values) for (const one of value.split(SEPARATOR)) counts.set(one, (counts.get(one) ?? 0) + 1);
  return [...counts].flatMap(([one, count]) => {
    if (count === 1) return [];
    const [, kind = '', ...name] = one.split(' ');
    const object = labelOf(kind, namespace === '' ? undefined : namespace, name.join(' '));
    return [{ object, field: '', given: `${count} objects`, expected: 'one object' }];
  });
}
