import { type JsonObject, listAt, recordAt, stringAt, valueAt } from '../../constructs/core/json';
import { LABEL, MANAGER } from '../../constructs/core/labels';
import { type Manifest, objectKey } from '../../constructs/core/manifest';
import { pooled } from '../../stacks/up/pool';
import { listable } from '../apply/inventory';
import { type LiveCluster, listMetadata, uidOf } from '../apply/live-cluster';
import { apiVersionOf, objectPath, type Resource } from '../client/resources';

/** An object that nobody planned. */
export interface Added {
  readonly object: Manifest;
  /** Who wrote it, as the server recorded. */
  readonly by: readonly string[];
}

/** Selectors of objects that call themselves the platform's. */
const OURS: readonly string[] = [`${LABEL.managedBy}=${MANAGER}`, LABEL.tenant, LABEL.component];

/** Kinds of cluster scope of which every object acts on tenants, whoever made it and whatever its labels are. */
const CLUSTER_KINDS: readonly string[] = [
  'policy.networking.k8s.io/ClusterNetworkPolicy',
  'policy.networking.k8s.io/AdminNetworkPolicy',
  'kueue.x-k8s.io/ClusterQueue',
];

/** What controllers make after an object of the platform, labels and all; never a kind that grants or opens anything. */
const BY_CONTROLLERS: readonly string[] = [
  'Endpoints',
  'EndpointSlice',
  'Deployment',
  'ReplicaSet',
  'ControllerRevision',
  'Pod',
  'Service',
  'HorizontalPodAutoscaler',
  'PodDisruptionBudget',
  'Workload',
];

/** Lists at a time. */
const LISTS = 12;

interface Candidate {
  readonly resource: Resource;
  readonly metadata: JsonObject;
}

/**
 * Objects that nobody planned and that are under the platform's labels, or of a kind in a namespace of a tenant or of the
 * platform that only the platform makes there. What controllers make after planned objects is theirs to make.
 */
export async function addedObjects(
  live: LiveCluster,
  planned: readonly Manifest[],
  known: ReadonlySet<string>,
): Promise<readonly Added[]> {
  const reserved = reservedKinds(live, planned);
  const namespaces = new Set(planned.filter(({ kind }) => kind === 'Namespace').map(({ metadata }) => metadata.name));
  const found = await pooled(listable(live.resources), LISTS, (resource) =>
    candidates(live, resource, reserved, namespaces),
  );
  const expected = new Set(planned.map(objectKey));
  const extra = found.flat().filter((one) => !expected.has(keyOf(one)));
  const left = withoutControllers(extra, known, planned);
  const whole = await pooled(left, LISTS, (one) => wholeOf(live, one));
  return whole.flat();
}

/**
 * Kinds by group, such as `networking.k8s.io/NetworkPolicy`, that the platform makes in namespaces and that no tenant may
 * create there: worked out from the roles that the plan binds.
 */
function reservedKinds(live: LiveCluster, planned: readonly Manifest[]): ReadonlySet<string> {
  const bound = new Set(
    planned
      .filter(({ kind, metadata }) => kind === 'RoleBinding' && metadata.namespace !== undefined)
      .map((one) => stringAt(one, 'roleRef', 'name')),
  );
  const rules = planned
    .filter(({ kind, metadata }) => kind === 'ClusterRole' && bound.has(metadata.name))
    .flatMap((role) => listAt(role, 'rules'));
  const mayCreate = ({ group, name }: Resource): boolean =>
    rules.some(
      (rule) =>
        has(listAt(rule, 'apiGroups'), group) &&
        has(listAt(rule, 'resources'), name) &&
        has(listAt(rule, 'verbs'), 'create'),
    );
  const kinds = planned.flatMap(({ apiVersion, kind, metadata }) => {
    const resource = metadata.namespace === undefined ? undefined : live.resources.of(apiVersion, kind);
    return resource === undefined || mayCreate(resource) ? [] : [kindOf(resource)];
  });
  return new Set([...kinds, ...CLUSTER_KINDS]);
}

function has(list: readonly unknown[], name: string): boolean {
  return list.includes(name) || list.includes('*');
}

async function candidates(
  live: LiveCluster,
  resource: Resource,
  reserved: ReadonlySet<string>,
  namespaces: ReadonlySet<string>,
): Promise<readonly Candidate[]> {
  const whole = reserved.has(kindOf(resource));
  const lists = await pooled(whole ? [''] : OURS, OURS.length, (selector) =>
    listMetadata(live.cluster, resource, selector),
  );
  const unique = new Map(lists.flat().map((metadata) => [uidOf(metadata), metadata]));
  const isConcerned = (metadata: JsonObject): boolean => {
    const namespace = stringAt(metadata, 'metadata', 'namespace');
    return !whole || namespace === undefined || namespaces.has(namespace) || isLabelled(metadata);
  };
  return [...unique.values()].filter(isConcerned).map((metadata) => ({ resource, metadata }));
}

function isLabelled(metadata: JsonObject): boolean {
  const labels = recordAt(metadata, 'metadata', 'labels');
  return labels[LABEL.managedBy] === MANAGER || LABEL.tenant in labels || LABEL.component in labels;
}

/** Takes out what belongs, over any number of steps, to an object that is planned: Gateway, Deployment, ReplicaSet, Pod. */
function withoutControllers(
  extra: readonly Candidate[],
  known: ReadonlySet<string>,
  planned: readonly Manifest[],
): readonly Candidate[] {
  const accepted = new Set(known);
  const services = new Set(
    planned.filter(({ kind }) => kind === 'Service').map(({ metadata }) => `${metadata.namespace}/${metadata.name}`),
  );
  let left = extra;
  for (let before = -1; before !== left.length; ) {
    before = left.length;
    const made = left.filter((one) => isMade(one, accepted, services));
    for (const { metadata } of made) accepted.add(uidOf(metadata));
    left = left.filter((one) => !made.includes(one));
  }
  return left;
}

function isMade(
  { resource, metadata }: Candidate,
  accepted: ReadonlySet<string>,
  services: ReadonlySet<string>,
): boolean {
  if (!BY_CONTROLLERS.includes(resource.kind)) return false;
  const place = `${stringAt(metadata, 'metadata', 'namespace')}/${stringAt(metadata, 'metadata', 'name')}`;
  // Endpoints are the one kind that names its Service by having the same name, and no owner.
  if (resource.kind === 'Endpoints' && services.has(place)) return true;
  return listAt(metadata, 'metadata', 'ownerReferences').some((owner) => accepted.has(stringAt(owner, 'uid') ?? ''));
}

async function wholeOf(live: LiveCluster, { resource, metadata }: Candidate): Promise<readonly Added[]> {
  const name = stringAt(metadata, 'metadata', 'name') ?? '';
  const namespace = stringAt(metadata, 'metadata', 'namespace');
  const { status, body } = await live.cluster.request({ method: 'GET', path: objectPath(resource, name, namespace) });
  if (status !== 200) return [];
  const managers = listAt(body, 'metadata', 'managedFields').flatMap((entry) => stringAt(entry, 'manager') ?? []);
  const place = namespace === undefined ? { name } : { name, namespace };
  const object = {
    ...body,
    apiVersion: apiVersionOf(resource),
    kind: resource.kind,
    metadata: { ...recordAt(body, 'metadata'), ...place },
  };
  return [{ object, by: [...new Set(managers)] }];
}

function kindOf({ group, kind }: Resource): string {
  return `${group}/${kind}`;
}

function keyOf({ resource, metadata }: Candidate): string {
  const place = valueAt(metadata, 'metadata');
  return `${resource.group}/${resource.kind}/${stringAt(place, 'namespace') ?? ''}/${stringAt(place, 'name') ?? ''}`;
}
