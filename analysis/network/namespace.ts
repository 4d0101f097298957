import { LABEL } from '../../constructs/core/labels';
import type { Manifest } from '../../constructs/core/manifest';
import { PLATFORM_NAMESPACE } from '../../constructs/core/platform-service';
import { labelClasses } from './label-solver';
import type { PolicySet } from './policies';
import type { Selector } from './selector';

/** How pods of a namespace are joined to the mesh. */
export type MeshMode = 'ambient' | 'sidecar' | 'none';

export interface NamespaceModel {
  /** Place in the list of all namespaces. */
  readonly index: number;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Undefined: the platform's, or nobody's. */
  readonly tenant: string | undefined;
  readonly mesh: MeshMode;
  /** Does not exist yet: stands for every namespace of every future tenant with these labels. */
  readonly future: boolean;
}

/** Label that the API server itself puts on every namespace. */
const NAME_LABEL = 'kubernetes.io/metadata.name';

/** Namespaces that every cluster of ours has, whether their objects are at hand or not. */
const ALWAYS_THERE = ['default', 'istio-system', 'kube-node-lease', 'kube-public', 'kube-system'];

/** Namespaces of the mesh's own proxies: their ports are the network's to guard, for no tunnel leads behind them. */
export const PROXY_NAMESPACES: readonly string[] = [PLATFORM_NAMESPACE.mesh, PLATFORM_NAMESPACE.egress];

/** Name and tenant of what does not exist yet; no object can be called so, for `*` is in no name. */
export const FUTURE_TENANT = 'any future tenant';
const FUTURE_NAMESPACE = '*future*';

/**
 * The namespaces of the cluster by name, one that only objects speak of included, and after them the kinds of
 * namespaces that a future tenant may have: any labels but those that name tenant, component and namespace. Undefined
 * where these kinds are too many to enumerate.
 */
export function readNamespaces(
  objects: readonly Manifest[],
  policies: PolicySet,
): readonly NamespaceModel[] | undefined {
  const labels = new Map<string, Readonly<Record<string, string>>>();
  for (const name of ALWAYS_THERE) labels.set(name, {});
  for (const { metadata } of objects) if (metadata.namespace !== undefined) labels.set(metadata.namespace, {});
  for (const { kind, apiVersion, metadata } of objects) {
    if (kind === 'Namespace' && apiVersion === 'v1') labels.set(metadata.name, metadata.labels ?? {});
  }
  const real = [...labels].sort(([a], [b]) => (a < b ? -1 : 1));
  const future = futureLabels(policies);
  if (future === undefined) return undefined;
  return [
    ...real.map(([name, own], index) => namespaceModel(index, name, { ...own, [NAME_LABEL]: name }, false)),
    ...future.map((own, index) => namespaceModel(real.length + index, FUTURE_NAMESPACE, own, true)),
  ];
}

function namespaceModel(
  index: number,
  name: string,
  labels: Readonly<Record<string, string>>,
  future: boolean,
): NamespaceModel {
  const tenant = future ? FUTURE_TENANT : labels[LABEL.tenant];
  // Of a future namespace the worst is assumed: that no mesh guards it.
  const mesh = future || PROXY_NAMESPACES.includes(name) ? 'none' : meshMode(labels);
  return { index, name, labels, tenant, mesh, future };
}

function meshMode(labels: Readonly<Record<string, string>>): MeshMode {
  const injected =
    labels['istio-injection'] === undefined
      ? labels['istio.io/rev'] !== undefined
      : labels['istio-injection'] === 'enabled';
  if (injected) return 'sidecar';
  return labels['istio.io/dataplane-mode'] === 'ambient' ? 'ambient' : 'none';
}

function futureLabels(policies: PolicySet): readonly Readonly<Record<string, string>>[] | undefined {
  const known = new Map([
    [LABEL.tenant, FUTURE_NAMESPACE],
    [NAME_LABEL, FUTURE_NAMESPACE],
    [LABEL.component, undefined],
  ]);
  return labelClasses(namespaceSelectors(policies), known, 512)?.map(({ labels }) => ({
    [LABEL.tenant]: FUTURE_NAMESPACE,
    [NAME_LABEL]: FUTURE_NAMESPACE,
    ...labels,
  }));
}

function namespaceSelectors(policies: PolicySet): readonly Selector[] {
  const grants = policies.network.flatMap(({ ingress = [], egress = [] }) => [...ingress, ...egress]);
  const rules = policies.admin.flatMap(({ ingress, egress }) => [...ingress, ...egress]);
  const peers = [...grants, ...rules].flatMap((rule) => rule.peers);
  return [
    ...policies.admin.map((policy) => policy.namespaces),
    ...peers.flatMap((peer) => (peer.kind === 'pods' ? [peer.namespaces] : [])),
  ];
}
