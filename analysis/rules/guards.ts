import { METADATA_CIDRS } from '../../constructs/core/cluster-facts';
import { isRecord, listAt, recordAt, stringAt, valueAt } from '../../constructs/core/json';
import { LABEL } from '../../constructs/core/labels';
import {
  type Claim,
  type ClusterFinding,
  type ClusterRanges,
  type ClusterRule,
  claimBy,
  type Subject,
} from '../../constructs/core/rule';
import { parseCidr, type Range } from './cidr';
import { isManaged, isTenants, presence } from './presence';

const KIND = 'ClusterNetworkPolicy.policy.networking.k8s.io';
const ANYWHERE = ['0.0.0.0/0', '::/0'];

const TENANT = 'tenant';
const DENIED = 'denied';

/** Addresses that no tenant may reach, whatever any other policy says. */
export const guardedAddresses: ClusterRule = {
  id: 'DRN175',
  title: 'cloud metadata, the API server and the nodes are denied to all tenants in the admin tier',
  why: 'instance credentials and the control plane are each one request away from owning the cluster',
  remedy: `add a ClusterNetworkPolicy of tier Admin, with ${LABEL.tenant} Exists as its subject, that denies egress to them`,
  control: 'NET-5',
  kinds: ['Namespace.core', KIND],
  claims: (subject) => {
    if (subject.kind === 'Namespace') return isAsked(subject) ? [claimBy(subject, subject.name ?? '', '', TENANT)] : [];
    if (!isOverTenants(subject, 'Admin')) return [];
    return deniedNetworks(subject.object).map((cidr) => claimBy(subject, cidr, '', DENIED));
  },
  facts: (facts) =>
    closedRanges(facts).map(([use, cidr]) => ({
      key: cidr,
      owner: '',
      object: `cluster ${facts.cluster}`,
      field: use,
      value: use,
    })),
  judge: (claims) => {
    const all = [...claims];
    const [first] = all.filter(({ value }) => value === TENANT).sort((a, b) => (a.object < b.object ? -1 : 1));
    if (first === undefined) return [];
    const denied = all.filter(({ value }) => value === DENIED).flatMap(({ key }) => parseCidr(key) ?? []);
    const open = [...METADATA_CIDRS.filter((cidr) => !isCovered(cidr, denied)), ...openRanges(all, denied)];
    const expected = 'a ClusterNetworkPolicy of tier Admin over all tenants that denies it';
    return open.map(
      (cidr): ClusterFinding => ({ object: first.object, field: '', given: `a way to ${cidr}`, expected }),
    );
  },
};

function closedRanges({ nodeCidrs, apiServerCidrs = [] }: ClusterRanges): readonly (readonly [string, string])[] {
  return [
    ...nodeCidrs.map((cidr) => ['nodes', cidr] as const),
    ...apiServerCidrs.map((cidr) => ['API server', cidr] as const),
  ];
}

/** The facts name every cluster of an environment and the objects are of one: the one that most of the denials fit. */
function openRanges(claims: readonly Claim[], denied: readonly Range[]): readonly string[] {
  const open = new Map<string, string[]>();
  for (const { object, key, value } of claims) {
    if (value === TENANT || value === DENIED) continue;
    const known = open.get(object) ?? [];
    open.set(object, isCovered(key, denied) ? known : [...known, `${key} (${value})`]);
  }
  return [...open.values()].sort((a, b) => a.length - b.length)[0] ?? [];
}

/** Whether a range lies within one of others. */
export function isCovered(cidr: string, by: readonly Range[]): boolean {
  const range = parseCidr(cidr);
  if (range === undefined) return false;
  return by.some(({ family, first, last }) => family === range.family && first <= range.first && range.last <= last);
}

const INGRESS = 'ingress';
const EGRESS = 'egress';

/** What holds for a tenant namespace before anything else is there, or after everything else was taken away. */
export const baselineDeny: ClusterRule = {
  id: 'DRN176',
  title: 'the baseline tier denies tenants everything, in both directions',
  why: 'a tenant namespace that has no policy yet, or none any more, would talk to everybody',
  remedy: `add a ClusterNetworkPolicy of tier Baseline, with ${LABEL.tenant} Exists as its subject, that denies all`,
  control: 'NET-4',
  kinds: ['Namespace.core', KIND],
  claims: (subject) => {
    if (subject.kind === 'Namespace') return isAsked(subject) ? [claimBy(subject, TENANT, '', TENANT)] : [];
    if (!isOverTenants(subject, 'Baseline')) return [];
    return [INGRESS, EGRESS].flatMap((way) =>
      listAt(subject.object, 'spec', way).some((rule) => deniesAll(rule, way))
        ? [claimBy(subject, way, '', DENIED)]
        : [],
    );
  },
  judge: (claims) => {
    const all = [...claims];
    const [first] = all.filter(({ value }) => value === TENANT).sort((a, b) => (a.object < b.object ? -1 : 1));
    if (first === undefined) return [];
    return [INGRESS, EGRESS]
      .filter((way) => !all.some(({ key, value }) => value === DENIED && key === way))
      .map((way) => ({
        object: first.object,
        field: '',
        given: `no baseline for ${way}`,
        expected: `a baseline that denies all ${way}`,
      }));
  },
};

/** The tenant's own policy in the tier that it cannot write. */
export const hasAdminPolicy = presence({
  id: 'DRN177',
  title: 'every tenant namespace has a policy of the admin tier that ends in a denial in both directions',
  why: 'network policies are additive, so without an end in the admin tier one more policy opens the namespace',
  remedy: 'add a ClusterNetworkPolicy of tier Admin for the namespace whose last rules deny all ingress and all egress',
  control: 'NET-5',
  asks: isAsked,
  kind: KIND,
  what: 'ClusterNetworkPolicy of tier Admin of its own that ends in Deny both ways',
  serves: ({ object }) => {
    const closed = [INGRESS, EGRESS].every((way) => deniesAll(listAt(object, 'spec', way).at(-1), way));
    const admin = stringAt(object, 'spec', 'tier') === 'Admin';
    const labels = recordAt(object, 'spec', 'subject', 'namespaces', 'matchLabels');
    return closed && admin ? stringAt(labels, 'kubernetes.io/metadata.name') : undefined;
  },
});

function isAsked(namespace: Subject): boolean {
  return isTenants(namespace) && isManaged(namespace);
}

/** Whether the policy's subject is every tenant namespace there is and will be. */
function isOverTenants({ object }: Subject, tier: string): boolean {
  const selector = valueAt(object, 'spec', 'subject', 'namespaces');
  if (stringAt(object, 'spec', 'tier') !== tier || !isRecord(selector)) return false;
  const terms = listAt(selector, 'matchExpressions');
  return (
    Object.keys(recordAt(selector, 'matchLabels')).length === 0 &&
    terms.every((term) => stringAt(term, 'key') === LABEL.tenant && stringAt(term, 'operator') === 'Exists')
  );
}

/** Networks that the policy denies on every port and protocol, before it lets anything through. */
function deniedNetworks(policy: unknown): readonly string[] {
  const rules = listAt(policy, 'spec', EGRESS);
  const end = rules.findIndex((rule) => stringAt(rule, 'action') !== 'Deny');
  return (end < 0 ? rules : rules.slice(0, end))
    .filter(isWhole)
    .flatMap((rule) => listAt(rule, 'to').flatMap((peer) => listAt(peer, 'networks')))
    .filter((cidr): cidr is string => typeof cidr === 'string');
}

function deniesAll(rule: unknown, way: string): boolean {
  if (stringAt(rule, 'action') !== 'Deny' || !isWhole(rule)) return false;
  const peers = listAt(rule, way === INGRESS ? 'from' : 'to');
  if (way === EGRESS) return ANYWHERE.every((cidr) => peers.some((peer) => listAt(peer, 'networks').includes(cidr)));
  return peers.some(
    (peer) => isRecord(valueAt(peer, 'namespaces')) && Object.keys(recordAt(peer, 'namespaces')).length === 0,
  );
}

function isWhole(rule: unknown): boolean {
  return valueAt(rule, 'protocols') === undefined && valueAt(rule, 'ports') === undefined;
}
