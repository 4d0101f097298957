import type { Manifest } from '../core/manifest';

/** A label selector; empty selects everything. */
export interface Selector {
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly matchExpressions?: readonly {
    readonly key: string;
    readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
    readonly values?: readonly string[];
  }[];
}

/** The other end of a rule. `networks` is checked against traffic inside the cluster as well. */
export type AdminPeer = { readonly namespaces: Selector } | { readonly networks: readonly string[] };

interface AdminRule {
  readonly name: string;
  /** `Pass` hands the decision on to the NetworkPolicies; `Accept` and `Deny` end it. */
  readonly action: 'Accept' | 'Deny' | 'Pass';
  readonly protocols?: readonly ({ readonly tcp: Destination } | { readonly udp: Destination })[];
}

interface Destination {
  readonly destinationPort: { readonly number: number };
}

/**
 * ClusterNetworkPolicy, `policy.networking.k8s.io/v1alpha2` (https://network-policy-api.sigs.k8s.io). Only fields of its
 * standard channel: the `nodes` peer is experimental, so nodes are named by their address ranges.
 */
export interface ClusterNetworkPolicy extends Manifest {
  readonly apiVersion: 'policy.networking.k8s.io/v1alpha2';
  readonly kind: 'ClusterNetworkPolicy';
  readonly spec: {
    readonly tier: 'Admin' | 'Baseline';
    /** 0 to 1000; the lowest number is evaluated first. */
    readonly priority: number;
    readonly subject: { readonly namespaces: Selector };
    readonly ingress?: readonly (AdminRule & { readonly from: readonly AdminPeer[] })[];
    readonly egress?: readonly (AdminRule & { readonly to: readonly AdminPeer[] })[];
  };
}

/** Every address there is. */
export const ANYWHERE = ['0.0.0.0/0', '::/0'] as const;
