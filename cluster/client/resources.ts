import { type JsonObject, listAt, recordAt, stringAt } from '../../constructs/core/json';
import { liveRefusal } from '../../stacks/live/problem';
import type { Cluster } from './cluster';

/** A kind that the server serves. */
export interface Resource {
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  /** Name in the path, in plural: `networkpolicies`. */
  readonly name: string;
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
  /** Names of what stands below an object: `status`, `scale`. */
  readonly subresources: readonly string[];
}

/** What the server serves, as it says itself. */
export class Resources {
  private readonly byKind: ReadonlyMap<string, Resource>;

  /** `all`: in the order of preference, the preferred version of a group first. */
  constructor(readonly all: readonly Resource[]) {
    this.byKind = new Map(all.map((resource) => [keyOf(apiVersionOf(resource), resource.kind), resource]));
  }

  /** The resource of that kind in exactly that version; undefined where the server does not serve it. */
  of(apiVersion: string, kind: string): Resource | undefined {
    return this.byKind.get(keyOf(apiVersion, kind));
  }

  /** The preferred version of each kind, so that no object is met twice. */
  preferred(): readonly Resource[] {
    const seen = new Set<string>();
    return this.all.filter(({ group, name }) => {
      const key = `${group}/${name}`;
      return !seen.has(key) && seen.add(key);
    });
  }
}

/** `v1` or `apps/v1`. */
export function apiVersionOf({ group, version }: Pick<Resource, 'group' | 'version'>): string {
  return group === '' ? version : `${group}/${version}`;
}

/** Path of all objects of a kind, or of those of a namespace. */
export function collectionPath(resource: Resource, namespace?: string): string {
  const root = resource.group === '' ? `/api/${resource.version}` : `/apis/${resource.group}/${resource.version}`;
  const within = namespace === undefined ? '' : `/namespaces/${namespace}`;
  return `${root}${within}/${resource.name}`;
}

/** Path of one object; a namespace is left out of the path where the kind has none. */
export function objectPath(resource: Resource, name: string, namespace?: string): string {
  return `${collectionPath(resource, resource.namespaced ? namespace : undefined)}/${name}`;
}

/**
 * Asks the server for all that it serves: two requests, by aggregated discovery. Throws a `ProblemError` (LIV004) where it
 * does not say, or where a group that it lists cannot be had.
 */
export async function discover(cluster: Cluster): Promise<Resources> {
  const documents = [await documentAt(cluster, '/api'), await documentAt(cluster, '/apis')];
  return new Resources(
    documents.flatMap((document) => listAt(document, 'items').flatMap((group) => resourcesIn(cluster, group))),
  );
}

const AGGREGATED = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';

async function documentAt(cluster: Cluster, path: string): Promise<JsonObject> {
  const { status, body } = await cluster.request({ method: 'GET', path, accept: AGGREGATED });
  if (status === 200 && body.kind === 'APIGroupDiscoveryList') return body;
  const given = `status ${status} ${stringAt(body, 'message') ?? stringAt(body, 'kind') ?? ''}`.trim();
  throw liveRefusal(
    'LIV004',
    `${cluster.name}: ${path}`,
    given,
    'a list of groups (aggregated discovery, Kubernetes 1.30)',
  );
}

function resourcesIn(cluster: Cluster, group: unknown): readonly Resource[] {
  const name = stringAt(group, 'metadata', 'name') ?? '';
  return listAt(group, 'versions').flatMap((version) => {
    if (stringAt(version, 'freshness') === 'Stale')
      throw liveRefusal('LIV004', `${cluster.name}: ${name}`, 'a stale answer', 'the kinds that the group serves now');
    const versionName = stringAt(version, 'version') ?? '';
    return listAt(version, 'resources').map((resource) => resourceOf(name, versionName, resource));
  });
}

function resourceOf(group: string, version: string, resource: unknown): Resource {
  const strings = (list: readonly unknown[]) => list.filter((one) => typeof one === 'string');
  return {
    group,
    version,
    kind: stringAt(recordAt(resource, 'responseKind'), 'kind') ?? '',
    name: stringAt(resource, 'resource') ?? '',
    namespaced: stringAt(resource, 'scope') === 'Namespaced',
    verbs: strings(listAt(resource, 'verbs')),
    subresources: listAt(resource, 'subresources').flatMap((one) => stringAt(one, 'subresource') ?? []),
  };
}

function keyOf(apiVersion: string, kind: string): string {
  return `${apiVersion}/${kind}`;
}
