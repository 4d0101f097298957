import type { ClusterFacts } from '../core/cluster-facts';
import type { Manifest } from '../core/manifest';
import { namespaceName } from '../core/names';
import type { ControlClaims, Stamp } from '../core/stamp';
import type { NamespaceSpec, TenantSpec } from './tenant-spec';

/** One namespace of a tenant under its full name. */
export interface TenantNamespace {
  /** Full name, such as `acme-train`. */
  readonly name: string;
  /** Name inside the tenant, such as `train`. */
  readonly suffix: string;
  readonly spec: NamespaceSpec;
}

/** Everything a part needs to write its objects. */
export interface TenantContext {
  readonly spec: TenantSpec;
  readonly cluster: ClusterFacts;
  readonly namespaces: readonly TenantNamespace[];
}

/** One noun of a tenant: the objects it needs and the controls they make true. */
export interface TenantPart {
  readonly name: string;
  readonly controls: ControlClaims;
  readonly manifests: (tenant: TenantContext, stamp: Stamp) => readonly Manifest[];
}

/** The context of a specification in a cluster. */
export function tenantContext(spec: TenantSpec, cluster: ClusterFacts): TenantContext {
  const namespaces = Object.entries(spec.namespaces).map(([suffix, namespace]) => ({
    name: namespaceName(spec.name, suffix),
    suffix,
    spec: namespace,
  }));
  return { spec, cluster, namespaces };
}
