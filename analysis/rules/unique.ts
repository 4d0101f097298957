import type { ClusterFinding, ClusterRule } from '../../constructs/core/rule';
import { isServed } from './kinds';

/** Two objects of one cluster may not be the same to the API server; the version does not count. */
export const unique: ClusterRule = {
  id: 'DRN103',
  title: 'no two objects of a cluster share group, kind, namespace and name',
  why: 'the second one silently overwrites the first: whichever is applied last decides who is protected',
  remedy: 'rename one of them or remove it',
  kinds: isServed,
  // the only claim of every object, so it is as short as can be: the label is in the key, and the owner does not matter
  claims: ({ group, kind, name, label }) =>
    kind && name ? [{ key: `${group} ${label}`, owner: '', object: '', field: '', value: '' }] : [],
  judge: (claims) => {
    const seen = new Set<string>();
    const counts = new Map<string, number>();
    for (const { key } of claims) {
      if (!seen.has(key)) seen.add(key);
      else counts.set(key, (counts.get(key) ?? 1) + 1);
    }
    return [...counts].map(
      ([key, count]): ClusterFinding => ({
        object: key.slice(key.indexOf(' ') + 1),
        field: '',
        given: `${count} objects`,
        expected: 'one object',
      }),
    );
  },
};
