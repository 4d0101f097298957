import type { Manifest } from '../../constructs/core/manifest';
import type { AdminAction, AdminPolicyModel, AdminRule } from './admin-policy';
import { type AuthorizationPolicyModel, ROOT_NAMESPACE } from './authorization-policy';
import { labelClasses } from './label-solver';
import type { NamespaceModel } from './namespace';
import type { Grant } from './network-policy';
import type { PeerAuthenticationModel } from './peer-authentication';
import type { PolicySet } from './policies';
import type { ProtocolPorts } from './protocol';
import type { ResolvedPeer, Resolver } from './resolver';
import { selectorKey } from './selector';

/** A rule of the admin or baseline tier, resolved. */
export interface ResolvedRule {
  readonly action: AdminAction;
  readonly peers: readonly ResolvedPeer[];
  readonly may: ProtocolPorts;
  readonly must: ProtocolPorts;
}

export interface ResolvedAdmin {
  readonly object: Manifest;
  readonly rules: readonly ResolvedRule[];
}

/** A NetworkPolicy that isolates a pod in one direction, with what it grants there. */
export interface ResolvedNetworkPolicy {
  readonly object: Manifest;
  readonly grants: readonly { readonly peers: readonly ResolvedPeer[]; readonly ports: ProtocolPorts }[];
}

/** All that judges one direction of a pod's traffic. Tiers are lists of groups of equal priority, highest first. */
export interface Side {
  readonly admin: readonly (readonly ResolvedAdmin[])[];
  readonly network: readonly ResolvedNetworkPolicy[];
  readonly baseline: readonly (readonly ResolvedAdmin[])[];
}

/** All pods of a namespace, existing or not, whose labels no policy tells apart. */
export interface Endpoint {
  readonly namespace: NamespaceModel;
  /** Labels of one such pod. */
  readonly labels: Readonly<Record<string, string>>;
  /** Keys of the pod selectors that select it. */
  readonly selected: ReadonlySet<string>;
  readonly egress: Side;
  readonly ingress: Side;
  readonly authorization: readonly AuthorizationPolicyModel[];
  readonly peerAuthentication: readonly PeerAuthenticationModel[];
}

type Resolved<T> = T & { readonly resolved: { readonly ingress: ResolvedAdmin; readonly egress: ResolvedAdmin } };

interface ResolvedSet {
  readonly admin: readonly Resolved<AdminPolicyModel & { readonly flags: Uint8Array; readonly podKey: string }>[];
  readonly network: ReadonlyMap<string, readonly NetworkEntry[]>;
}

interface NetworkEntry {
  readonly podKey: string;
  readonly ingress: ResolvedNetworkPolicy | undefined;
  readonly egress: ResolvedNetworkPolicy | undefined;
}

/**
 * The endpoints of every namespace, in the order of the namespaces. A namespace whose pods fall into more classes than
 * can be enumerated has `undefined`: nothing is proved of it.
 */
export function buildEndpoints(
  namespaces: readonly NamespaceModel[],
  policies: PolicySet,
  resolver: Resolver,
): readonly (readonly Endpoint[] | undefined)[] {
  const resolved = resolvePolicies(policies, resolver);
  noteMeshSelectors(policies, namespaces, resolver);
  const authorization = byNamespace(policies.authorization);
  const peerAuthentication = byNamespace(policies.peerAuthentication);
  return namespaces.map((namespace) => {
    const noted = [...resolver.selectorsOf(namespace)];
    const classes = labelClasses(noted.map(([, selector]) => selector));
    return classes?.map(({ selected, labels }) => {
      const keys = new Set(['', ...noted.flatMap(([key], index) => (selected[index] === true ? [key] : []))]);
      const ofMesh = <T extends AuthorizationPolicyModel | PeerAuthenticationModel>(
        index: ReadonlyMap<string, readonly T[]>,
      ) => meshPolicies(index, namespace).filter(({ pods }) => pods !== undefined && keys.has(selectorKey(pods)));
      return {
        namespace,
        labels,
        selected: keys,
        egress: sideOf('egress', namespace, keys, resolved),
        ingress: sideOf('ingress', namespace, keys, resolved),
        authorization: ofMesh(authorization),
        peerAuthentication: ofMesh(peerAuthentication),
      };
    });
  });
}

function resolvePolicies(policies: PolicySet, resolver: Resolver): ResolvedSet {
  const peersOf = (rule: Grant | AdminRule) => rule.peers.map((peer) => resolver.resolve(peer));
  const admin = policies.admin.map((policy) => {
    const flags = resolver.namespacesOf(policy.namespaces);
    const rules = (list: readonly AdminRule[]): ResolvedAdmin => ({
      object: policy.object,
      rules: list.map((rule) => ({ action: rule.action, peers: peersOf(rule), may: rule.may, must: rule.must })),
    });
    const resolved = { ingress: rules(policy.ingress), egress: rules(policy.egress) };
    return { ...policy, flags, podKey: resolver.podsOf(policy.pods, flags), resolved };
  });
  const network = new Map<string, NetworkEntry[]>();
  for (const policy of policies.network) {
    const grants = (list: readonly Grant[] | undefined): ResolvedNetworkPolicy | undefined =>
      list && { object: policy.object, grants: list.map((grant) => ({ peers: peersOf(grant), ports: grant.ports })) };
    const podKey = resolver.podsOf(policy.pods, resolver.ownNamespace(policy.namespace));
    const entry = { podKey, ingress: grants(policy.ingress), egress: grants(policy.egress) };
    network.set(policy.namespace, [...(network.get(policy.namespace) ?? []), entry]);
  }
  return { admin: [...admin].sort((a, b) => a.priority - b.priority), network };
}

function sideOf(
  direction: 'ingress' | 'egress',
  namespace: NamespaceModel,
  keys: ReadonlySet<string>,
  set: ResolvedSet,
): Side {
  const subject = set.admin.filter(({ flags, podKey }) => flags[namespace.index] === 1 && keys.has(podKey));
  const tier = (name: AdminPolicyModel['tier']) => {
    const groups = new Map<number, ResolvedAdmin[]>();
    for (const policy of subject) {
      if (policy.tier !== name || policy.resolved[direction].rules.length === 0) continue;
      groups.set(policy.priority, [...(groups.get(policy.priority) ?? []), policy.resolved[direction]]);
    }
    return [...groups.values()];
  };
  const network = (set.network.get(namespace.name) ?? []).flatMap((entry) => {
    const side = entry[direction];
    return side !== undefined && keys.has(entry.podKey) ? [side] : [];
  });
  return { admin: tier('Admin'), network, baseline: tier('Baseline') };
}

/** Selectors of mesh policies tell pods apart too; those of the root namespace in every namespace. */
function noteMeshSelectors(policies: PolicySet, namespaces: readonly NamespaceModel[], resolver: Resolver): void {
  const everywhere = Uint8Array.from(namespaces, () => 1);
  for (const { pods, namespace } of [...policies.authorization, ...policies.peerAuthentication]) {
    if (pods === undefined) continue;
    resolver.podsOf(pods, namespace === ROOT_NAMESPACE ? everywhere : resolver.ownNamespace(namespace));
  }
}

function byNamespace<T extends { readonly namespace: string }>(list: readonly T[]): ReadonlyMap<string, readonly T[]> {
  const index = new Map<string, T[]>();
  for (const item of list) {
    const same = index.get(item.namespace);
    if (same === undefined) index.set(item.namespace, [item]);
    else same.push(item);
  }
  return index;
}

function meshPolicies<T>(index: ReadonlyMap<string, readonly T[]>, namespace: NamespaceModel): readonly T[] {
  const root = namespace.name === ROOT_NAMESPACE ? [] : (index.get(ROOT_NAMESPACE) ?? []);
  return [...root, ...(index.get(namespace.name) ?? [])];
}
