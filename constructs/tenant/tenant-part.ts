import type { ClusterFacts } from '../core/cluster-facts';
import type { Manifest } from '../core/manifest';
import { namespaceName } from '../core/object-names';
import type { ControlClaims, Stamp } from '../core/stamp';
import type { EdgeFacts } from '../ingress/edge-facts';
import type { VaultFacts } from '../vault/vault-facts';
import { egressHosts, type Path, pathsIn, pathsOut, relaysIn } from './peers';
import type { NamespaceSpec, TenantSpec } from './tenant-spec';

/** One namespace of a tenant under its full name. */
export interface TenantNamespace {
  /** Full name, such as `acme-train`. */
  readonly name: string;
  /** Name inside the tenant, such as `train`. */
  readonly suffix: string;
  readonly spec: NamespaceSpec;
  /** Paths into this namespace from outside the tenant. */
  readonly pathsIn: readonly Path[];
  /** Gateways that stand on those paths. */
  readonly relays: readonly Path[];
}

/** Everything a part needs to write its objects. */
export interface TenantContext {
  readonly spec: TenantSpec;
  readonly cluster: ClusterFacts;
  readonly edge: EdgeFacts;
  /** Absent where the region has no Vault. */
  readonly vault: VaultFacts | undefined;
  readonly namespaces: readonly TenantNamespace[];
  /** Paths out of every namespace of the tenant, inside the cluster. */
  readonly pathsOut: readonly Path[];
  /** Hosts on the internet that the tenant may call, with their ports. */
  readonly egressHosts: ReadonlyMap<string, readonly number[]>;
}

/** One noun of a tenant: the objects it needs and the controls they make true. */
export interface TenantPart {
  readonly name: string;
  readonly controls: ControlClaims;
  readonly manifests: (tenant: TenantContext, stamp: Stamp) => readonly Manifest[];
}

/** The context of a specification in a cluster: what several parts need is worked out once. */
export function tenantContext(
  spec: TenantSpec,
  cluster: ClusterFacts,
  edge: EdgeFacts,
  vault: VaultFacts | undefined,
): TenantContext {
  const namespaces = Object.entries(spec.namespaces).map(([suffix, namespace]) => ({
    name: namespaceName(spec.name, suffix),
    suffix,
    spec: namespace,
    pathsIn: pathsIn(spec, suffix),
    relays: relaysIn(spec, suffix),
  }));
  return { spec, cluster, edge, vault, namespaces, pathsOut: pathsOut(spec), egressHosts: egressHosts(spec) };
}
