import type { Manifest } from '../../constructs/core/manifest';
import { buildEndpoints, type Endpoint } from './endpoint';
import type { AddressPlan } from './facts';
import { type NamespaceModel, PROXY_NAMESPACES, readNamespaces } from './namespace';
import type { PolicySet } from './policies';
import { Resolver } from './resolver';
import { readWaypoints, type Waypoint } from './waypoint';

/** A cluster as the proof sees it: its namespaces, all pods they can ever hold, and what judges their traffic. */
export interface World {
  readonly plan: AddressPlan;
  readonly namespaces: readonly NamespaceModel[];
  /** Names of the tenants that exist, sorted. */
  readonly tenants: readonly string[];
  readonly endpointsOf: (namespace: NamespaceModel) => readonly Endpoint[];
  /** Waypoints that stand before services of the namespace. */
  readonly waypointsOf: (namespace: NamespaceModel) => readonly Waypoint[];
  /** Namespaces of which nothing is proved, because too many selectors tell their pods apart. */
  readonly undecided: readonly NamespaceModel[];
  /** Objects by kind, namespace and name, for saying what is absent. */
  readonly find: (kind: string, namespace: string | undefined, name: string) => Manifest | undefined;
}

/** Builds the world; undefined where the kinds of future namespaces cannot be enumerated. */
export function buildWorld(objects: readonly Manifest[], policies: PolicySet, plan: AddressPlan): World | undefined {
  const namespaces = readNamespaces(objects, policies);
  if (namespaces === undefined) return undefined;
  const endpoints = buildEndpoints(namespaces, policies, new Resolver(namespaces, plan));
  const waypoints = readWaypoints(objects, namespaces, policies);
  const byNamespace = namespaces.map(({ index, name }) =>
    PROXY_NAMESPACES.includes(name) ? [] : waypoints.filter(({ serves }) => serves.has(index)),
  );
  const named = new Map(
    objects.map((object) => [nameOf(object.kind, object.metadata.namespace, object.metadata.name), object]),
  );
  const tenants = namespaces.flatMap(({ tenant, future }) => (tenant === undefined || future ? [] : [tenant]));
  return {
    plan,
    namespaces,
    tenants: [...new Set(tenants)].sort(),
    endpointsOf: ({ index }) => endpoints[index] ?? [],
    waypointsOf: ({ index }) => byNamespace[index] ?? [],
    undecided: namespaces.filter(({ index }) => endpoints[index] === undefined),
    find: (kind, namespace, name) => named.get(nameOf(kind, namespace, name)),
  };
}

function nameOf(kind: string, namespace: string | undefined, name: string): string {
  return `${kind}/${namespace ?? ''}/${name}`;
}
