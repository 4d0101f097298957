import type { Manifest } from '../../constructs/core/manifest';
import type { Endpoint, ResolvedAdmin, ResolvedNetworkPolicy, ResolvedRule, Side } from './endpoint';
import { ALWAYS, MAYBE, type Match, NEVER } from './match';
import { ALL_PORTS, intersectPorts, isEmptyPorts, NO_PORTS, type PortSet, subtractPorts, unionPorts } from './port-set';
import type { Protocol } from './protocol';
import type { ResolvedPeer } from './resolver';

/** What stands at the other end of a connection, as a policy can see it. */
export type Target =
  | { readonly kind: 'pod'; readonly endpoint: Endpoint }
  /** One address; `node` says whether a selector of nodes matches it. */
  | { readonly kind: 'address'; readonly at: bigint; readonly node: { readonly all: Match; readonly some: Match } };

/** Objects left out of an evaluation: to ask which of them open a path. */
export interface Cut {
  /** These stay, but grant nothing. */
  readonly grantsOf: ReadonlySet<Manifest>;
  /** These are gone. */
  readonly objects: ReadonlySet<Manifest>;
}

export const NO_CUT: Cut = { grantsOf: new Set(), objects: new Set() };

/**
 * Ports on which a side lets traffic with the target through: the admin tier first, then NetworkPolicies, then the
 * baseline tier, then the default of Kubernetes, which is to allow. Errs towards allowing where it cannot know.
 * @param open takes NetworkPolicies as if one that allows everything had been added
 */
export function admitted(side: Side, target: Target, protocol: Protocol, open: boolean, cut: Cut = NO_CUT): PortSet {
  const admin = judgeTier(side.admin, target, protocol, ALL_PORTS, cut);
  if (isEmptyPorts(admin.next) || open) return unionPorts(admin.accepted, admin.next);
  const network = side.network.filter((policy) => !cut.objects.has(policy.object));
  if (network.length > 0) {
    return unionPorts(admin.accepted, intersectPorts(admin.next, granted(network, target, protocol, cut)));
  }
  const baseline = judgeTier(side.baseline, target, protocol, admin.next, cut);
  return unionPorts(admin.accepted, unionPorts(baseline.accepted, baseline.next));
}

function granted(policies: readonly ResolvedNetworkPolicy[], target: Target, protocol: Protocol, cut: Cut): PortSet {
  let ports = NO_PORTS;
  for (const { object, grants } of policies) {
    if (cut.grantsOf.has(object)) continue;
    for (const grant of grants) {
      if (grant.ports[protocol].length > 0 && matchPeers(grant.peers, target) !== NEVER) {
        ports = unionPorts(ports, grant.ports[protocol]);
      }
    }
  }
  return ports;
}

interface TierVerdict {
  readonly accepted: PortSet;
  /** Ports that the next tier decides. */
  readonly next: PortSet;
}

/**
 * Policies of one priority have no order: an implementation may apply any that matches, so all their answers are taken
 * together, and only what none of them decides goes on.
 */
function judgeTier(tier: Side['admin'], target: Target, protocol: Protocol, ports: PortSet, cut: Cut): TierVerdict {
  let accepted = NO_PORTS;
  let passed = NO_PORTS;
  let undecided = ports;
  for (const group of tier) {
    if (isEmptyPorts(undecided)) break;
    let left = undecided;
    for (const policy of group) {
      if (cut.objects.has(policy.object)) continue;
      const verdict = judgePolicy(policy, target, protocol, undecided, cut);
      accepted = unionPorts(accepted, verdict.accepted);
      passed = unionPorts(passed, verdict.passed);
      left = intersectPorts(left, verdict.left);
    }
    undecided = left;
  }
  return { accepted, next: unionPorts(passed, undecided) };
}

function judgePolicy(policy: ResolvedAdmin, target: Target, protocol: Protocol, ports: PortSet, cut: Cut) {
  let accepted = NO_PORTS;
  let passed = NO_PORTS;
  let left = ports;
  for (const rule of policy.rules) {
    if (rule.action !== 'Deny' && cut.grantsOf.has(policy.object)) continue;
    const match = matchPeers(rule.peers, target);
    if (match === NEVER) continue;
    const hit = intersectPorts(left, rule.may[protocol]);
    if (rule.action === 'Accept') accepted = unionPorts(accepted, hit);
    if (rule.action === 'Pass') passed = unionPorts(passed, hit);
    if (match === ALWAYS) left = subtractPorts(left, rule.must[protocol]);
    if (isEmptyPorts(left)) break;
  }
  return { accepted, passed, left };
}

/** How well any of the peers matches the target. */
export function matchPeers(peers: ResolvedRule['peers'], target: Target): Match {
  let best: Match = NEVER;
  for (const peer of peers) {
    const match = matchPeer(peer, target);
    if (match === ALWAYS) return match;
    if (match > best) best = match;
  }
  return best;
}

function matchPeer(peer: ResolvedPeer, target: Target): Match {
  switch (peer.kind) {
    case 'anyone':
      return ALWAYS;
    case 'domains':
      // A name resolves to whatever its owner says.
      return MAYBE;
    case 'nodes':
      return target.kind === 'pod' ? NEVER : target.node[peer.all ? 'all' : 'some'];
    case 'addresses': {
      if (target.kind === 'pod') return peer.inside;
      return peer.addresses.some(({ first, last }) => first <= target.at && target.at <= last) ? ALWAYS : NEVER;
    }
    case 'pods': {
      if (target.kind === 'address') return NEVER;
      const { namespace, selected } = target.endpoint;
      return peer.namespaces[namespace.index] === 1 && selected.has(peer.pods) ? ALWAYS : NEVER;
    }
  }
}
