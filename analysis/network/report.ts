import type { Manifest } from '../../constructs/core/manifest';
import type { FindingCode } from './codes';
import type { PortInterval } from './port-set';
import type { Protocol } from './protocol';

/** Addresses of one cluster; CIDRs of both families, such as `10.244.0.0/16` and `fd00:10:244::/56`. */
export interface ClusterNetworkFacts {
  readonly podCidrs: readonly string[];
  readonly serviceCidrs: readonly string[];
  readonly nodeCidrs: readonly string[];
  /** Where the API server answers, its service address included. */
  readonly apiServerCidrs: readonly string[];
  /** TCP ports of the API server. */
  readonly apiServerPorts: readonly number[];
  /** Cloud metadata services. */
  readonly metadataCidrs: readonly string[];
  /** Trust domain of the mesh, such as `cluster.local`. */
  readonly trustDomain: string;
}

/** A path that both tenants agreed to, over TCP. */
export interface DeclaredPath {
  /** Tenant that calls. */
  readonly from: string;
  /** Tenant that is called. */
  readonly to: string;
  /** Namespace that is called. @default - every namespace of the tenant */
  readonly namespace?: string;
  readonly ports: readonly number[];
}

/** What {@link proveReachability} works on: every object of one cluster. */
export interface ReachabilityInput {
  readonly objects: readonly Manifest[];
  readonly facts: ClusterNetworkFacts;
  readonly declared: readonly DeclaredPath[];
  /** Also ask what opens if each tenant adds a NetworkPolicy that allows everything. @default true */
  readonly assumeTenantPolicies?: boolean;
}

/**
 * `asWritten`: the objects as they are. `ifTenantOpensAll`: every tenant has added NetworkPolicies that allow
 * everything, so that only the admin tier and the mesh are left.
 */
export type Verdict = 'asWritten' | 'ifTenantOpensAll';

/** Traffic that gets through, from any pod of one namespace to any pod of another. */
export interface ReachablePath {
  readonly kind: 'tenant' | 'platform';
  readonly from: string;
  readonly fromNamespace: string;
  /** Tenant for kind `tenant`, namespace for kind `platform`. */
  readonly to: string;
  readonly toNamespace: string;
  readonly protocol: Protocol;
  readonly ports: readonly PortInterval[];
  readonly verdict: Verdict;
  /** Whether tenants agreed to it, or the platform offers it. */
  readonly expected: boolean;
}

/** An object that opens a path, or the want of one that should have closed it. */
export type Opener =
  | { readonly role: 'grants'; readonly key: string; readonly label: string; readonly says: string }
  /** No object of that name: what should have denied does not exist. */
  | { readonly role: 'absent'; readonly label: string; readonly says: string }
  /** It exists, but it does not concern this traffic. */
  | { readonly role: 'does-not-apply'; readonly key: string; readonly label: string; readonly says: string };

/** One breach of the proof. */
export interface Violation {
  readonly code: FindingCode;
  readonly from: string;
  readonly to: string;
  readonly protocol?: Protocol;
  /** Empty where ports have no part in it. */
  readonly ports: readonly PortInterval[];
  readonly verdict?: Verdict;
  /** Plain words, lower case, no full stop. */
  readonly sentence: string;
  /**
   * A minimal set that opens the lowest port: take away what any one of the `grants` grants and this way closes; what
   * is `absent` or `does-not-apply` is what should have closed it.
   */
  readonly openedBy: readonly Opener[];
}

/** A declared path, or some ports of it, that does not work. */
export interface UnusedPath {
  readonly code: FindingCode;
  readonly path: DeclaredPath;
  readonly ports: readonly PortInterval[];
  readonly sentence: string;
}

/** A ServiceEntry of a tenant: a name outside the cluster, and who may call it. */
export interface EgressGrant {
  readonly tenant: string;
  readonly namespace: string;
  readonly serviceEntry: string;
  readonly hosts: readonly string[];
  /** Namespace of the proxy that asks who calls. */
  readonly through: string;
  /** Sources as the AuthorizationPolicies name them. */
  readonly sources: readonly string[];
}

export interface ReachabilityReport {
  /** Ordered pairs of tenants that were examined. */
  readonly pairs: number;
  /** Tenants by name, sorted. */
  readonly tenants: readonly string[];
  /** How many kinds of future namespaces, told apart by their labels, each tenant was proved against. */
  readonly futureKinds: number;
  readonly paths: readonly ReachablePath[];
  readonly egress: readonly EgressGrant[];
  readonly violations: readonly Violation[];
  readonly unused: readonly UnusedPath[];
}
