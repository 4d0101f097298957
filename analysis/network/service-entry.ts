import { listAt, stringAt } from '../../constructs/core/json';
import { type Manifest, objectLabel } from '../../constructs/core/manifest';
import { PLATFORM_NAMESPACE } from '../../constructs/core/platform-service';
import { EGRESS } from '../../constructs/network/egress-names';
import type { AuthorizationPolicyModel } from './authorization-policy';
import { authorizedPorts, type Caller } from './authorize';
import { proveGateway } from './egress-gateway';
import { FUTURE_TENANT, type NamespaceModel } from './namespace';
import { isInternal, openersOf, rangeViolations, sourcesOf, strangersTo, violation } from './outside-names';
import type { PolicySet } from './policies';
import type { EgressGrant, Opener, Violation } from './report';
import type { World } from './world';

/** Names outside the cluster that tenants registered, and what is wrong with them. */
export interface EgressProof {
  readonly egress: readonly EgressGrant[];
  readonly violations: readonly Violation[];
}

/** Examines every ServiceEntry in a tenant namespace: scope, hosts, addresses, and who may use it. */
export function proveEgress(world: World, objects: readonly Manifest[], policies: PolicySet): EgressProof {
  const owners = new Map(world.namespaces.map((namespace) => [namespace.name, namespace]));
  const found = objects.flatMap((object) => {
    const namespace = owners.get(object.metadata.namespace ?? '');
    const isEntry = object.kind === 'ServiceEntry' && object.apiVersion.startsWith('networking.istio.io/');
    return isEntry && namespace?.tenant !== undefined ? [{ object, namespace, tenant: namespace.tenant }] : [];
  });
  const gateway = proveGateway(
    world,
    objects,
    found.filter(({ namespace }) => namespace.mesh === 'sidecar'),
  );
  const results = found.map((entry) => {
    const { object, namespace, tenant } = entry;
    const hosts = listAt(object, 'spec', 'hosts').map(String);
    const common = [...exportViolations(object, tenant), ...hostViolations(object, tenant, hosts)];
    const at = { tenant, namespace: namespace.name, serviceEntry: object.metadata.name, hosts };
    const inside = addressViolations(world, object, tenant);
    // Sidecars call no waypoint: who may use the entry is asked at the egress gateway.
    if (namespace.mesh === 'sidecar') {
      const grant = { ...at, through: EGRESS.namespace, sources: gateway.sources(entry) };
      return { grant, violations: [...common, ...inside] };
    }
    const naming = policies.authorization.filter((policy) => names(policy, object));
    const grant = { ...at, through: PLATFORM_NAMESPACE.egress, sources: sourcesOf(naming) };
    return { grant, violations: [...common, ...inside, ...userViolations(world, object, namespace, naming)] };
  });
  const violations = [...results.flatMap((one) => one.violations), ...gateway.violations];
  return { egress: results.map(({ grant }) => grant), violations };
}

function names(policy: AuthorizationPolicyModel, entry: Manifest): boolean {
  return (
    policy.namespace === entry.metadata.namespace &&
    policy.targets.some(
      ({ group, kind, name }) =>
        kind === 'ServiceEntry' && group === 'networking.istio.io' && name === entry.metadata.name,
    )
  );
}

function exportViolations(object: Manifest, tenant: string): readonly Violation[] {
  const to = listAt(object, 'spec', 'exportTo');
  if (to.length === 1 && to[0] === '.') return [];
  const given = to.length === 0 ? 'the whole mesh by default' : to.map(String).join(', ');
  return [
    violation('PRV030', object, tenant, 'every namespace', `is exported to ${given}, not to its own namespace only`),
  ];
}

function hostViolations(object: Manifest, tenant: string, hosts: readonly string[]): readonly Violation[] {
  const none = hosts.length === 0 ? [violation('PRV031', object, tenant, 'any name', 'names no host')] : [];
  return [
    ...none,
    ...hosts.flatMap((host) => {
      if (isInternal(host))
        return [violation('PRV032', object, tenant, host, `takes over ${host}, a name of the cluster`)];
      return host.includes('*') ? [violation('PRV031', object, tenant, host, `opens the wildcard ${host}`)] : [];
    }),
  ];
}

function addressViolations(world: World, object: Manifest, tenant: string): readonly Violation[] {
  const endpoints = listAt(object, 'spec', 'endpoints').map((endpoint) => stringAt(endpoint, 'address') ?? '');
  const texts = [
    ...listAt(object, 'spec', 'addresses').map(String),
    ...endpoints,
    ...listAt(object, 'spec', 'hosts').map(String),
  ];
  return rangeViolations(world, object, tenant, texts);
}

function userViolations(
  world: World,
  object: Manifest,
  own: NamespaceModel,
  naming: readonly AuthorizationPolicyModel[],
): readonly Violation[] {
  const tenant = own.tenant ?? own.name;
  const granting = naming.filter(({ action }) => action === 'ALLOW');
  if (granting.length === 0) {
    const label = `AuthorizationPolicy ${own.name}/${object.metadata.name}`;
    const absent: Opener = {
      role: 'absent',
      label,
      says: `no AuthorizationPolicy names ${objectLabel(object)} in its targetRefs`,
    };
    return [
      {
        ...violation('PRV033', object, tenant, 'anyone', 'may be used by anyone: no policy names it'),
        openedBy: [absent],
      },
    ];
  }
  const openedBy = openersOf(naming);
  const mayUse = (caller: Caller) => authorizedPorts(naming, caller, world.plan).length > 0;
  return strangersTo(world, tenant, mayUse).map((stranger) => {
    const from = stranger === FUTURE_TENANT ? 'by tenants yet to come' : `from ${stranger}`;
    return { ...violation('PRV034', object, tenant, stranger, `may be used ${from}`), openedBy };
  });
}
