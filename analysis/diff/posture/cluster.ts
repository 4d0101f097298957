import { isRecord, listAt, recordAt, stringAt } from '../../../constructs/core/json';
import { LABEL } from '../../../constructs/core/labels';
import type { Manifest } from '../../../constructs/core/manifest';
import { PLATFORM_NAMESPACE, PLATFORM_SERVICES } from '../../../constructs/core/platform-service';
import { type Published, readPublished } from './published';

/** What a fact needs to know about the rest of its cluster. */
export interface Cluster {
  /** Tenant that owns the namespace, by the namespace's label or that of its content. */
  readonly tenantOf: (namespace: string | undefined) => string | undefined;
  /** How people name whoever is in a namespace: the tenant, a platform service, or the namespace itself. */
  readonly who: (namespace: string) => string;
  /** What tenants publish at the edge. */
  readonly published: Published;
}

/** Reads the owners of all namespaces. */
export function readCluster(objects: readonly Manifest[]): Cluster {
  const owners = new Map<string, string>();
  for (const object of objects) {
    const tenant = stringAt(object, 'metadata', 'labels', LABEL.tenant);
    const isNamespace = stringAt(object, 'kind') === 'Namespace';
    const namespace = stringAt(object, 'metadata', isNamespace ? 'name' : 'namespace');
    // What a tenant publishes or calls outside stands in a gateway's namespace, which is nobody's.
    if (namespace === PLATFORM_NAMESPACE.ingress || namespace === PLATFORM_NAMESPACE.egressGateway) continue;
    if (tenant !== undefined && namespace !== undefined && (isNamespace || !owners.has(namespace))) {
      owners.set(namespace, tenant);
    }
  }
  return {
    tenantOf: (namespace) => (namespace === undefined ? undefined : owners.get(namespace)),
    published: readPublished(objects),
    who: (namespace) => owners.get(namespace) ?? SERVICE_OF_NAMESPACE.get(namespace) ?? `namespace ${namespace}`,
  };
}

/** Whom a namespace selector of a policy means, one name each. */
export function selectedNamespaces(selector: unknown, cluster: Cluster): readonly string[] {
  const wanted = Object.entries(recordAt(selector, 'matchLabels')).map(
    ([key, value]) => [key, [String(value)]] as const,
  );
  const expressions = listAt(selector, 'matchExpressions');
  const listed = expressions.flatMap((one) =>
    stringAt(one, 'operator') === 'In'
      ? [[stringAt(one, 'key') ?? '', listAt(one, 'values').map(String)] as const]
      : [],
  );
  const all = [...wanted, ...listed];
  if (all.length === 0 && expressions.length === 0) return ['every namespace'];
  const tenants = all.find(([key]) => key === LABEL.tenant);
  const [first = tenants] = all;
  if (tenants !== undefined && all.length > 1 && all.every(([key]) => NAMING.has(key))) return tenants[1];
  if (first !== undefined && all.length === 1 && expressions.length === listed.length) {
    const [key, values] = first;
    if (key === LABEL.tenant) return values;
    if (key === 'kubernetes.io/metadata.name') return values.map(cluster.who);
    if (key === LABEL.component) return values.map((value) => SERVICE_OF_NAMESPACE.get(value) ?? `component ${value}`);
  }
  return [`namespaces with ${selectorText(selector)}`];
}

/** `app=web, tier in (a, b)`; empty for a selector that chooses everything. */
export function selectorText(selector: unknown): string {
  const labels = Object.entries(recordAt(selector, 'matchLabels')).map(([key, value]) => `${key}=${String(value)}`);
  const expressions = listAt(selector, 'matchExpressions').map((one) => {
    const values = listAt(one, 'values').map(String).sort();
    const list = values.length === 0 ? '' : ` (${values.join(', ')})`;
    return `${stringAt(one, 'key') ?? ''} ${stringAt(one, 'operator') ?? ''}${list}`;
  });
  return [...labels, ...expressions].sort().join(', ');
}

/** Values of a record as texts, sorted by key; anything else is no entry. */
export function textEntries(value: unknown): readonly (readonly [string, string])[] {
  if (!isRecord(value)) return [];
  return Object.keys(value)
    .sort()
    .flatMap((key) => {
      const text = value[key];
      return typeof text === 'string' || typeof text === 'number' || typeof text === 'boolean'
        ? [[key, String(text)] as const]
        : [];
    });
}

/** The strings and numbers of a list, as texts. */
export function texts(value: unknown, ...keys: readonly string[]): readonly string[] {
  return listAt(value, ...keys).flatMap((item) =>
    typeof item === 'string' || typeof item === 'number' ? [String(item)] : [],
  );
}

/** Labels that only say which namespace it is: next to a tenant's label they make the choice smaller, not another. */
const NAMING: ReadonlySet<string> = new Set([LABEL.tenant, 'kubernetes.io/metadata.name']);

/** Names of the platform's namespaces as tenants know them. */
const SERVICE_OF_NAMESPACE: ReadonlyMap<string, string> = new Map([
  ...Object.entries(PLATFORM_SERVICES).map(([name, { namespace }]) => [namespace, `platform service ${name}`] as const),
  [PLATFORM_NAMESPACE.ingress, 'platform service ingress'],
  [PLATFORM_NAMESPACE.egress, 'platform service egress'],
  [PLATFORM_NAMESPACE.egressGateway, 'platform service egress-gateway'],
]);
