import type { Manifest } from '../../constructs/core/manifest';
import { type AdminPolicyModel, readAdminPolicy } from './admin-policy';
import { type AuthorizationPolicyModel, isDryRun, readAuthorizationPolicy } from './authorization-policy';
import { type NetworkPolicyModel, readNetworkPolicy } from './network-policy';
import { type PeerAuthenticationModel, readPeerAuthentication } from './peer-authentication';
import { type Flaw, Reader } from './reader';

/** Everything in a cluster that opens or closes paths, read. */
export interface PolicySet {
  readonly network: readonly NetworkPolicyModel[];
  readonly admin: readonly AdminPolicyModel[];
  readonly peerAuthentication: readonly PeerAuthenticationModel[];
  /** Those that decide: ALLOW and DENY, not rehearsed. CUSTOM may only refuse and AUDIT only records. */
  readonly authorization: readonly AuthorizationPolicyModel[];
  readonly unreadable: readonly { readonly object: Manifest; readonly flaws: readonly Flaw[] }[];
  /** Objects of a kind that may open paths in a way this prover does not model. */
  readonly unmodelled: readonly Manifest[];
}

/** Kinds, by API group, that would need a model of their own. `*` means every kind that is not read here. */
const UNMODELLED: Readonly<Record<string, readonly string[] | '*'>> = {
  '': ['List'],
  extensions: ['NetworkPolicy'],
  'networking.k8s.io': ['NetworkPolicy'],
  'policy.networking.k8s.io': '*',
  'cilium.io': [
    'CiliumNetworkPolicy',
    'CiliumClusterwideNetworkPolicy',
    'CiliumLocalRedirectPolicy',
    'CiliumEnvoyConfig',
  ],
  'crd.projectcalico.org': '*',
  'projectcalico.org': '*',
  'crd.antrea.io': ['NetworkPolicy', 'ClusterNetworkPolicy'],
};

/** Reads every policy of the cluster. One that cannot be read neither grants nor denies, and is reported. */
export function readPolicies(objects: readonly Manifest[]): PolicySet {
  const unreadable: { readonly object: Manifest; readonly flaws: readonly Flaw[] }[] = [];
  const each = <T>(kind: string, versions: readonly string[], read: (reader: Reader, object: Manifest) => T) =>
    objects.flatMap((object): readonly T[] => {
      if (object.kind !== kind || !versions.includes(object.apiVersion)) return [];
      const reader = new Reader();
      const model = read(reader, object);
      if (reader.flaws.length === 0) return [model];
      unreadable.push({ object, flaws: reader.flaws });
      return [];
    });
  const istio = ['security.istio.io/v1', 'security.istio.io/v1beta1'];
  const authorization = each('AuthorizationPolicy', istio, readAuthorizationPolicy);
  return {
    network: each('NetworkPolicy', ['networking.k8s.io/v1'], readNetworkPolicy),
    admin: each('ClusterNetworkPolicy', ['policy.networking.k8s.io/v1alpha2'], readAdminPolicy),
    peerAuthentication: each('PeerAuthentication', istio, readPeerAuthentication),
    authorization: authorization.filter(
      ({ action, object }) => (action === 'ALLOW' || action === 'DENY') && !isDryRun(object),
    ),
    unreadable,
    unmodelled: objects.filter(isUnmodelled),
  };
}

function isUnmodelled(object: Manifest): boolean {
  const { apiVersion, kind } = object;
  if (apiVersion === 'networking.k8s.io/v1' && kind === 'NetworkPolicy') return false;
  if (apiVersion === 'policy.networking.k8s.io/v1alpha2' && kind === 'ClusterNetworkPolicy') return false;
  const group = apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
  if (!Object.hasOwn(UNMODELLED, group)) return false;
  const kinds = UNMODELLED[group] ?? [];
  return kinds === '*' || kinds.includes(kind);
}
