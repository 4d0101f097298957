import { type JsonObject, stringAt } from '../../constructs/core/json';
import type { Cluster, ClusterAnswer, ClusterRequest } from '../client/cluster';
import { type CaseObject, type CaseRequest, merge, type Route, resourceOf } from './cases/case';
import { fill, type Names } from './names';
import { seedNamed } from './seeds';

/** Who a request is sent for: an impersonation or a token. */
export type Sender = Pick<ClusterRequest, 'as' | 'token'>;

/** Where and in whose name requests are sent. */
export interface Sending {
  readonly cluster: Cluster;
  readonly names: Names;
  readonly sender: Sender;
  /** Whether the server is told to keep nothing. */
  readonly dryRun: boolean;
}

/** Sends a case's request by a route. Undefined where the route cannot say it. */
export async function send(request: CaseRequest, route: Route, sending: Sending): Promise<ClusterAnswer | undefined> {
  const { cluster, sender, names } = sending;
  const drafts = await draft(request, route, sending);
  if (drafts === undefined) return undefined;
  const body = drafts.body === undefined ? {} : { body: fill(drafts.body, names) };
  return cluster.request({ ...drafts, path: fill(drafts.path, names), ...body, ...sender });
}

type Draft = Omit<ClusterRequest, 'as' | 'token'>;

async function draft(request: CaseRequest, route: Route, sending: Sending): Promise<Draft | undefined> {
  const query = { fieldManager: 'drun-attack', ...(sending.dryRun ? { dryRun: 'All' } : {}) };
  switch (request.verb) {
    case 'plain':
      return plain(request, query);
    case 'connect': {
      const path = `/api/v1/namespaces/${request.namespace}/pods/${request.pod}/${request.subresource}`;
      return { method: 'POST', path, query: { command: 'true', stdout: 'true' } };
    }
    case 'delete':
      return { method: 'DELETE', path: objectPath(seedNamed(request.target)), query };
    case 'create':
      return creation(request, route, query);
    default:
      return change(request, route, sending, query);
  }
}

type Query = Readonly<Record<string, string>>;
type Of<V> = Extract<CaseRequest, { readonly verb: V }>;

function plain({ method, path, body, contentType, query: asked = {} }: Of<'plain'>, query: Query): Draft {
  return {
    method,
    path,
    query: method === 'GET' ? asked : { ...query, ...asked },
    ...(body === undefined ? {} : { body }),
    ...(contentType === undefined ? {} : { contentType }),
  };
}

function creation({ object, of, subresource }: Of<'create'>, route: Route, query: Query): Draft | undefined {
  if (subresource !== undefined) {
    const parent = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { ...object.metadata, name: of ?? '' } };
    const path = `${objectPath(parent)}/${subresource}`;
    return route === 'plain' ? { method: 'POST', path, query, body: object } : undefined;
  }
  switch (route) {
    case 'plain':
      return { method: 'POST', path: collectionPath(object), query, body: object };
    case 'generate': {
      const { name, ...metadata } = object.metadata;
      const made = { ...object, metadata: { ...metadata, generateName: `${String(name)}-` } };
      return { method: 'POST', path: collectionPath(object), query, body: made };
    }
    case 'apply':
      return {
        method: 'PATCH',
        path: objectPath(object),
        query: { ...query, force: 'true' },
        contentType: PATCH_TYPES.apply,
        body: object,
      };
    default:
      return undefined;
  }
}

async function change(request: Of<'patch'>, route: Route, sending: Sending, query: Query): Promise<Draft | undefined> {
  const target = seedNamed(request.target);
  const path = `${objectPath(target)}${request.subresource === undefined ? '' : `/${request.subresource}`}`;
  const { patch } = request;
  if (route === 'plain') return { method: 'PATCH', path, query, contentType: PATCH_TYPES.merge, body: patch };
  if (route === 'strategic') {
    if (target.apiVersion.includes('.drun.io')) return undefined;
    return { method: 'PATCH', path, query, contentType: PATCH_TYPES.strategic, body: patch };
  }
  if (route === 'apply') {
    // Applying cannot take a field away that somebody else set.
    if (request.subresource !== undefined || JSON.stringify(patch).includes('null')) return undefined;
    const { apiVersion, kind, metadata } = target;
    const body = merge({ apiVersion, kind, metadata }, patch);
    return { method: 'PATCH', path, query: { ...query, force: 'true' }, contentType: PATCH_TYPES.apply, body };
  }
  const now = await stored(request.subresource === 'scale' ? path : objectPath(target), sending);
  if (now === undefined || route === 'generate') return undefined;
  const next = merge(now, fill(patch, sending.names));
  if (route === 'put') return { method: 'PUT', path, query, body: next };
  const operations = Object.keys(patch).map((key) => ({ op: 'add', path: `/${key}`, value: next[key] ?? null }));
  return { method: 'PATCH', path, query, contentType: PATCH_TYPES.json, body: operations };
}

const PATCH_TYPES = {
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  json: 'application/json-patch+json',
  apply: 'application/apply-patch+yaml',
} as const;

/** The object as it is now, read by whoever runs the attacks. */
async function stored(path: string, { cluster, names }: Sending): Promise<JsonObject | undefined> {
  const { status, body } = await cluster.request({ method: 'GET', path: fill(path, names) });
  return status === 200 ? body : undefined;
}

/** Path of the objects of that kind in the object's namespace. */
export function collectionPath(object: CaseObject): string {
  const { group, version, resource } = resourceOf(object);
  const namespace = stringAt(object, 'metadata', 'namespace');
  const root = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
  return `${root}${namespace === undefined ? '' : `/namespaces/${namespace}`}/${resource}`;
}

/** Path of the object. */
export function objectPath(object: CaseObject): string {
  return `${collectionPath(object)}/${stringAt(object, 'metadata', 'name') ?? ''}`;
}
