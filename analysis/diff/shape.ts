import { isRecord } from '../../constructs/core/json';

/** Where a value stands: the kind of the object, and the field names on the way to it, lists left out. */
export interface Position {
  readonly kind: string;
  readonly fields: readonly string[];
}

/** How a list is compared: by place, as a set, or by a key; `ordered` says that a new order alone is a change. */
export type ListShape =
  | { readonly as: 'sequence' }
  | { readonly as: 'set' }
  | { readonly as: 'keyed'; readonly keys: readonly string[]; readonly ordered: boolean };

/** Lists that Kubernetes merges by key (`listType: map`), by field name. */
const KEYED: ReadonlyMap<string, readonly string[]> = new Map([
  ['containers', ['name']],
  ['ephemeralContainers', ['name']],
  ['volumes', ['name']],
  ['imagePullSecrets', ['name']],
  ['volumeMounts', ['mountPath']],
  ['volumeDevices', ['devicePath']],
  ['hostAliases', ['ip']],
  ['conditions', ['type']],
  ['ownerReferences', ['uid']],
  ['webhooks', ['name']],
  ['listeners', ['name']],
  ['topologySpreadConstraints', ['topologyKey', 'whenUnsatisfiable']],
]);

/** Ports are known by number and protocol; in a container the field has another name. */
const PORT_KEYS: readonly (readonly string[])[] = [
  ['containerPort', 'protocol'],
  ['port', 'protocol'],
  ['number', 'protocol'],
];

/** Lists in which order has no meaning, whatever they hold, by field name. */
const SETS: ReadonlySet<string> = new Set([
  ...['verbs', 'apiGroups', 'resources', 'resourceNames', 'nonResourceURLs', 'subjects', 'clusterRoleSelectors'],
  ...['finalizers', 'accessModes', 'policyTypes', 'values', 'matchExpressions', 'tolerations', 'except', 'scopes'],
  ...['hosts', 'hostnames', 'addresses', 'exportTo', 'namespaces', 'notNamespaces', 'principals', 'notPrincipals'],
  ...['requestPrincipals', 'notRequestPrincipals', 'ipBlocks', 'notIpBlocks', 'remoteIpBlocks', 'notRemoteIpBlocks'],
  ...['serviceAccounts', 'notServiceAccounts', 'notHosts', 'notPorts', 'methods', 'notMethods', 'paths', 'notPaths'],
  ...['notValues', 'audiences', 'add', 'drop', 'operations', 'apiVersions', 'validationActions', 'networks', 'cidrs'],
  ...['loadBalancerSourceRanges', 'externalIPs', 'parentRefs', 'targetRefs', 'allowedTopologies', 'mountOptions'],
  ...['registries', 'runtimeClasses', 'priorityClasses', 'storageClasses', 'gpuResources', 'deviceClasses', 'peers'],
]);

/** The same, where the field has another meaning in other kinds. A ClusterNetworkPolicy takes its first match: no sets. */
const SETS_OF_KIND: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ['NetworkPolicy', new Set(['ingress', 'egress', 'from', 'to', 'ports'])],
  ['AuthorizationPolicy', new Set(['rules', 'from', 'to', 'when', 'ports'])],
  ['Role', new Set(['rules'])],
  ['ClusterRole', new Set(['rules'])],
]);

/** Records of quantities, by field name; and single quantities. */
const QUANTITY_RECORDS: ReadonlySet<string> = new Set([
  ...['requests', 'limits', 'hard', 'capacity', 'allocatable', 'podFixed', 'maxPodResources'],
]);
const LIMIT_RANGE_RECORDS: ReadonlySet<string> = new Set([
  ...['max', 'min', 'default', 'defaultRequest', 'maxLimitRequestRatio'],
]);
const QUANTITIES: ReadonlySet<string> = new Set([
  'nominalQuota',
  'borrowingLimit',
  'lendingLimit',
  'sizeLimit',
  'divisor',
]);

/** How the list at `position` is compared. Lists of uniquely named records that no table knows are matched by name. */
export function listShape(position: Position, ...lists: readonly (readonly unknown[])[]): ListShape {
  const field = position.fields.at(-1) ?? '';
  if (SETS_OF_KIND.get(position.kind)?.has(field) === true) return { as: 'set' };
  if (SETS.has(field) && !(position.kind === 'LimitRange')) return { as: 'set' };
  const keys = KEYED.get(field);
  if (keys !== undefined && lists.every((list) => unique(list, keys))) return { as: 'keyed', keys, ordered: false };
  if (field === 'ports') {
    const known = PORT_KEYS.find((one) => lists.every((list) => unique(list, one, ['protocol'])));
    if (known !== undefined) return { as: 'keyed', keys: known, ordered: false };
  }
  if (field === 'limits' && lists.every((list) => unique(list, ['type']))) {
    return { as: 'keyed', keys: ['type'], ordered: false };
  }
  return lists.every((list) => unique(list, ['name'])) ? { as: 'keyed', keys: ['name'], ordered: true } : SEQUENCE;
}

/** Whether the scalar at `position` is a Kubernetes quantity, so that `1000m` and `1` are the same. */
export function isQuantity(position: Position): boolean {
  const field = position.fields.at(-1) ?? '';
  const parent = position.fields.at(-2) ?? '';
  if (QUANTITIES.has(field) || QUANTITY_RECORDS.has(parent)) return true;
  return position.kind === 'LimitRange' && LIMIT_RANGE_RECORDS.has(parent);
}

/** The key of a record in a keyed list, as text; an absent protocol is TCP. */
export function keyText(item: unknown, keys: readonly string[]): string {
  const record = isRecord(item) ? item : {};
  return keys
    .map((key) => record[key] ?? DEFAULTS.get(key))
    .filter((part) => part !== undefined)
    .join('/');
}

/** Values that Kubernetes fills in, where leaving them out means the same. */
export const DEFAULTS: ReadonlyMap<string, string> = new Map([['protocol', 'TCP']]);

const SEQUENCE: ListShape = { as: 'sequence' };

function unique(list: readonly unknown[], keys: readonly string[], optional: readonly string[] = []): boolean {
  const seen = new Set<string>();
  for (const item of list) {
    if (!isRecord(item)) return false;
    for (const key of keys) {
      const part = item[key];
      if (typeof part !== 'string' && typeof part !== 'number' && !(optional.includes(key) && part === undefined))
        return false;
    }
    seen.add(keyText(item, keys));
  }
  return seen.size === list.length;
}
