import { stringAt, valueAt } from '../../constructs/core/json';
import type { Manifest } from '../../constructs/core/manifest';
import { type AuthorizationPolicyModel, ROOT_NAMESPACE } from './authorization-policy';
import type { NamespaceModel } from './namespace';
import type { PolicySet } from './policies';

/** A waypoint proxy: it takes calls for the services of some namespaces, judges them, and calls on under its own name. */
export interface Waypoint {
  readonly object: Manifest;
  readonly name: string;
  readonly namespace: NamespaceModel;
  /** Indices of the namespaces whose services may stand behind it. */
  readonly serves: ReadonlySet<number>;
  /** Policies that judge every call it takes. Policies without `targetRefs` are none of a waypoint's. */
  readonly common: readonly AuthorizationPolicyModel[];
  /** For each service that some policy names, those policies. */
  readonly services: readonly ServicePolicies[];
}

interface ServicePolicies {
  readonly namespace: string;
  readonly policies: readonly AuthorizationPolicyModel[];
}

/** What judges a call, for each kind of service of the namespace: first one that no policy names, then each named. */
export function waypointPolicies(
  waypoint: Waypoint,
  namespace: NamespaceModel,
): readonly (readonly AuthorizationPolicyModel[])[] {
  const named = waypoint.services.filter((service) => service.namespace === namespace.name);
  return [waypoint.common, ...named.map(({ policies }) => [...waypoint.common, ...policies])];
}

/** The waypoints of the cluster: Gateways of class `istio-waypoint`. */
export function readWaypoints(
  objects: readonly Manifest[],
  namespaces: readonly NamespaceModel[],
  policies: PolicySet,
): readonly Waypoint[] {
  const services = servicePolicies(policies.authorization);
  return objects.flatMap((object) => {
    if (object.kind !== 'Gateway' || !object.apiVersion.startsWith('gateway.networking.k8s.io/')) return [];
    if (!(stringAt(object, 'spec', 'gatewayClassName') ?? '').startsWith('istio-waypoint')) return [];
    const namespace = namespaces.find(({ name }) => name === object.metadata.namespace);
    if (namespace === undefined) return [];
    const name = object.metadata.name;
    const serves = new Set(namespaces.flatMap((other) => (isServed(object, namespace, other) ? [other.index] : [])));
    return [{ object, name, namespace, serves, common: commonPolicies(object, policies.authorization), services }];
  });
}

function isServed(gateway: Manifest, own: NamespaceModel, other: NamespaceModel): boolean {
  if (own.index === other.index) return true;
  const { labels } = other;
  const named = labels['istio.io/use-waypoint'] === gateway.metadata.name;
  return named && labels['istio.io/use-waypoint-namespace'] === own.name;
}

function commonPolicies(
  gateway: Manifest,
  all: readonly AuthorizationPolicyModel[],
): readonly AuthorizationPolicyModel[] {
  const { name, namespace } = gateway.metadata;
  const gatewayClass = valueAt(gateway, 'spec', 'gatewayClassName');
  return all.filter((policy) =>
    policy.targets.some(({ kind, name: target }) =>
      kind === 'Gateway'
        ? policy.namespace === namespace && target === name
        : kind === 'GatewayClass' && policy.namespace === ROOT_NAMESPACE && target === gatewayClass,
    ),
  );
}

function servicePolicies(all: readonly AuthorizationPolicyModel[]): readonly ServicePolicies[] {
  const services = new Map<string, { readonly namespace: string; readonly policies: AuthorizationPolicyModel[] }>();
  for (const policy of all) {
    for (const { kind, name } of policy.targets) {
      if (kind !== 'Service') continue;
      const key = `${policy.namespace}/${name}`;
      const known = services.get(key);
      if (known === undefined) services.set(key, { namespace: policy.namespace, policies: [policy] });
      else known.policies.push(policy);
    }
  }
  return [...services.values()];
}
