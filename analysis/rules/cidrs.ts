import { show } from '../../constructs/core/problem';
import type { Claim, ClusterFinding, ClusterRanges, ClusterRule } from '../../constructs/core/rule';
import { overlaps, parseCidr, type Range } from './cidr';

const USES = ['pods', 'services', 'nodes'] as const;

/** Address ranges do not run into each other. */
export const disjointCidrs: ClusterRule = {
  id: 'DRN133',
  title: 'pod, service and node ranges are valid and do not overlap',
  why: 'an address with two meanings makes a policy for one thing hold for another, and breaks routes between regions',
  remedy: 'give each use in each cluster a range of its own; only service ranges of different clusters may be alike',
  control: 'NET-5',
  kinds: [],
  claims: () => [],
  facts: (facts) => USES.flatMap((use) => cidrsOf(facts, use).map((cidr) => claimOf(facts.cluster, use, cidr))),
  judge: (claims) => {
    const seen: { claim: Claim; range: Range }[] = [];
    const findings: ClusterFinding[] = [];
    for (const claim of claims) {
      const range = parseCidr(claim.key);
      const { object, field } = claim;
      const given = show(claim.key);
      if (range === undefined)
        findings.push({ object, field, given, expected: 'a range such as 10.0.0.0/16 without host bits' });
      else {
        const rivals = seen.filter((other) => overlaps(range, other.range) && !mayShare(claim, other.claim));
        for (const { claim: rival } of rivals) {
          const expected = `a range outside ${rival.key}, the ${rival.value} of ${rival.object}`;
          findings.push({ object, field, given, expected });
        }
        seen.push({ claim, range });
      }
    }
    return findings;
  },
};

/** Service addresses never leave their cluster, so two clusters may use the same ones. */
function mayShare(a: Claim, b: Claim): boolean {
  return a.object !== b.object && a.value === 'services' && b.value === 'services';
}

function cidrsOf(facts: ClusterRanges, use: (typeof USES)[number]): readonly string[] {
  return { pods: facts.podCidrs, services: facts.serviceCidrs, nodes: facts.nodeCidrs }[use];
}

function claimOf(cluster: string, use: string, cidr: string): Claim {
  return { key: cidr, owner: '', object: `cluster ${cluster}`, field: use, value: use };
}
