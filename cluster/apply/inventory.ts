import { type JsonObject, stringAt, valueAt } from '../../constructs/core/json';
import { IDENTITY_LABEL, LABEL } from '../../constructs/core/labels';
import { identityOf } from '../../stacks/identity';
import { pooled } from '../../stacks/up/pool';
import { objectPath, type Resource, type Resources } from '../client/resources';
import { type LiveCluster, type LiveObject, listMetadata, uidOf } from './live-cluster';
import { isOwn } from './ownership';

/** An object that this path made, as the labels of the live cluster tell. */
export interface Owned extends Omit<LiveObject, 'object'> {
  readonly resource: Resource;
  readonly stack: string;
  /** Hash of its URN. */
  readonly urn: string;
  readonly namespace: string | undefined;
  readonly name: string;
  /** Tenant it belongs to, if any. */
  readonly tenant: string | undefined;
  /** When it was made, in the server's words; they sort as text. */
  readonly made: string;
}

/** Lists at a time. */
const LISTS = 12;

/**
 * Every object in the cluster that this path made, of any stack. There is no inventory besides the labels: what a state
 * file says may be lost or old, and the live cluster is asked anyway. Controllers' copies of the labels do not count.
 */
export async function ownedObjects(live: LiveCluster): Promise<readonly Owned[]> {
  const lists = await pooled(listable(live.resources), LISTS, async (resource) => {
    const found = await listMetadata(live.cluster, resource, IDENTITY_LABEL.stack);
    return found.flatMap((object) => ownedOf(resource, object));
  });
  // An object that two groups serve is one object.
  const byUid = new Map(lists.flat().map((owned) => [owned.uid, owned]));
  return [...byUid.values()];
}

/** Every kind that can be listed and removed, each in one version. */
export function listable(resources: Resources): readonly Resource[] {
  return resources.preferred().filter(({ verbs }) => verbs.includes('list') && verbs.includes('delete'));
}

function ownedOf(resource: Resource, object: JsonObject): readonly Owned[] {
  const identity = identityOf(object);
  if (identity === undefined || !isOwn(object)) return [];
  const name = stringAt(object, 'metadata', 'name') ?? '';
  const namespace = stringAt(object, 'metadata', 'namespace');
  return [
    {
      resource,
      ...identity,
      namespace,
      name,
      path: objectPath(resource, name, namespace),
      label: `${resource.kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`,
      uid: uidOf(object),
      tenant: stringAt(valueAt(object, 'metadata', 'labels'), LABEL.tenant),
      made: stringAt(object, 'metadata', 'creationTimestamp') ?? '',
    },
  ];
}
