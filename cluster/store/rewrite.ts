import { type JsonObject, stringAt } from '../../constructs/core/json';
import { pooled } from '../../stacks/up/pool';
import { listMetadata } from '../apply/live-cluster';
import type { Cluster } from '../client/cluster';
import { objectPath, type Resource, type Resources } from '../client/resources';

/** An object that could not be written anew. */
export interface Refusal {
  readonly path: string;
  /** Status and reason; never the message, which may repeat a value. */
  readonly said: string;
}

/** What came of one round over the objects. */
export interface RewriteRound {
  readonly written: number;
  readonly refused: readonly Refusal[];
}

/** Requests at a time. */
const AT_ONCE = 8;

const METADATA = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1';

/** Every kind whose objects can be listed and patched, each in one version. */
export function rewritable(resources: Resources): readonly Resource[] {
  return resources.preferred().filter(({ verbs }) => verbs.includes('list') && verbs.includes('patch'));
}

/**
 * Has the objects behind some keys of the store written anew, by a patch that changes nothing: an API server writes what was
 * sealed with another key than its own, also where nothing else changed, and answers with a new resource version. Answers
 * carry metadata alone. An object that somebody else wrote or removed in the meantime needs nothing more.
 */
export async function rewriteObjects(
  cluster: Cluster,
  resources: readonly Resource[],
  keys: readonly string[],
): Promise<RewriteRound> {
  const ends = new Set(keys.flatMap(endsOf));
  const lists = await pooled(resources, AT_ONCE, async (resource) => {
    const found = await listMetadata(cluster, resource, '');
    return found.filter((object) => ends.has(endOf(object))).map((object) => ({ resource, object }));
  });
  const outcomes = await pooled(lists.flat(), AT_ONCE, ({ resource, object }) => rewrite(cluster, resource, object));
  return {
    written: outcomes.filter((outcome) => outcome === 'written').length,
    refused: outcomes.filter((outcome) => typeof outcome !== 'string'),
  };
}

/** Keys end with the name, or with namespace and name; what stands before differs from kind to kind and is not taken apart. */
function endsOf(key: string): readonly string[] {
  const parts = key.split('/');
  return [parts.slice(-1).join('/'), parts.slice(-2).join('/')];
}

function endOf(object: JsonObject): string {
  const namespace = stringAt(object, 'metadata', 'namespace');
  const name = stringAt(object, 'metadata', 'name') ?? '';
  return namespace === undefined ? name : `${namespace}/${name}`;
}

async function rewrite(
  cluster: Cluster,
  resource: Resource,
  object: JsonObject,
): Promise<'written' | 'as-it-was' | Refusal> {
  const name = stringAt(object, 'metadata', 'name') ?? '';
  const version = stringAt(object, 'metadata', 'resourceVersion') ?? '';
  const path = objectPath(resource, name, stringAt(object, 'metadata', 'namespace'));
  const { status, body } = await cluster.request({
    method: 'PATCH',
    path,
    contentType: 'application/merge-patch+json',
    accept: METADATA,
    body: { metadata: { resourceVersion: version } },
  });
  if (status === 200) return stringAt(body, 'metadata', 'resourceVersion') === version ? 'as-it-was' : 'written';
  if (status === 404 || status === 409) return 'as-it-was';
  return { path, said: `${status} ${stringAt(body, 'reason') ?? ''}`.trim() };
}
