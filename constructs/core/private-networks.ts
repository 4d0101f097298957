import type { ClusterFacts } from './cluster-facts';

/** Address ranges that are never the internet (RFC 1918, 6598, 3927). */
export const PRIVATE_NETWORKS = [
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '100.64.0.0/10',
  '169.254.0.0/16',
] as const;

/** The internet as one peer of a network policy: without the cluster's own ranges and without private networks. */
export function outsideOf({ podCidrs, serviceCidrs, nodeCidrs }: ClusterFacts) {
  const inside = [...podCidrs, ...serviceCidrs, ...nodeCidrs].filter((cidr) => !cidr.includes(':'));
  return { ipBlock: { cidr: '0.0.0.0/0', except: [...new Set<string>([...PRIVATE_NETWORKS, ...inside])].sort() } };
}
