import { type Claim, type ClusterFinding, type ClusterRule, claimBy } from '../../constructs/core/rule';
import { isServed } from './kinds';

/** Two objects of one cluster may not be the same to the API server; the version does not count. */
export const unique: ClusterRule = {
  id: 'DRN103',
  title: 'no two objects of a cluster share group, kind, namespace and name',
  why: 'the second one silently overwrites the first: whichever is applied last decides who is protected',
  remedy: 'rename one of them or remove it',
  kinds: isServed,
  claims: (subject) => {
    const { group, kind, namespace = '', name } = subject;
    return kind && name ? [claimBy(subject, `${group}/${kind}/${namespace}/${name}`, '')] : [];
  },
  judge: (claims) => {
    const seen = new Set<string>();
    const twice = new Map<string, Claim & { count: number }>();
    for (const claim of claims) {
      if (!seen.has(claim.key)) seen.add(claim.key);
      else twice.set(claim.key, { ...claim, count: (twice.get(claim.key)?.count ?? 1) + 1 });
    }
    return [...twice.values()].map(
      ({ object, count }): ClusterFinding => ({ object, field: '', given: `${count} objects`, expected: 'one object' }),
    );
  },
};
