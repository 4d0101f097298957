import { setTimeout as sleep } from 'node:timers/promises';
import { type Json, type JsonObject, stringAt, valueAt } from '../../constructs/core/json';
import { type Manifest, objectLabel } from '../../constructs/core/manifest';
import type { ProblemError } from '../../constructs/core/problem';
import { liveRefusal } from '../../stacks/live/problem';
import type { Cluster, ClusterAnswer } from '../client/cluster';
import { collectionPath, discover, objectPath, type Resource, type Resources } from '../client/resources';

/** Name under which this project's own path writes; the server records it with every field. */
export const FIELD_MANAGER = 'drun';

/** An object that is there, and where. */
export interface LiveObject {
  readonly path: string;
  readonly label: string;
  readonly uid: string;
  readonly object: JsonObject;
}

/** How an object is applied. */
export interface ApplyOptions {
  /** Uid of the object that is meant; where it is another one by now, the server refuses. */
  readonly uid?: string;
  /** Whether fields that others write are taken back. */
  readonly force: boolean;
  readonly dryRun?: boolean;
}

/** How long a definition may take from being established to being served, in tries of a quarter of a second. */
const SERVED_TRIES = 40;

/** A cluster with what it serves: objects go in and come out by what they are, not by their path. */
export class LiveCluster {
  private constructor(
    readonly cluster: Cluster,
    private served: Resources,
  ) {}

  static async open(cluster: Cluster): Promise<LiveCluster> {
    return new LiveCluster(cluster, await discover(cluster));
  }

  get resources(): Resources {
    return this.served;
  }

  /** The resource of an object; asks again where a definition was only just established. Throws LIV011. */
  async resourceOf({ apiVersion, kind }: Pick<Manifest, 'apiVersion' | 'kind'>): Promise<Resource> {
    for (let tries = 0; tries < SERVED_TRIES; tries += 1) {
      const known = this.served.of(apiVersion, kind);
      if (known !== undefined) return known;
      if (tries > 0) await sleep(250);
      this.served = await discover(this.cluster);
    }
    throw liveRefusal('LIV011', this.cluster.name, `${apiVersion} ${kind}`, 'a kind that the cluster serves');
  }

  /** The live object of that name; undefined where there is none. Throws LIV012 where the server does not say. */
  async get(object: Manifest): Promise<LiveObject | undefined> {
    const path = await this.pathOf(object);
    const answer = await this.cluster.request({ method: 'GET', path });
    if (answer.status === 404) return undefined;
    if (answer.status !== 200) throw refused(object, answer);
    return { path, label: objectLabel(object), uid: uidOf(answer.body), object: answer.body };
  }

  /** Server-side apply with strict validation. Answers of refusal are returned, for whoever can do something about them. */
  async apply(object: Manifest, { uid, force, dryRun = false }: ApplyOptions): Promise<ClusterAnswer> {
    const path = await this.pathOf(object);
    const metadata = { ...object.metadata, ...(uid === undefined ? {} : { uid }) };
    return this.cluster.request({
      method: 'PATCH',
      path,
      contentType: 'application/apply-patch+yaml',
      query: {
        fieldManager: FIELD_MANAGER,
        fieldValidation: 'Strict',
        force: String(force),
        ...(dryRun ? { dryRun: 'All' } : {}),
      },
      body: asJson({ ...object, metadata }),
    });
  }

  /** Puts an object in the place of exactly the one that it was made from, under its resource version. */
  async replace(object: Manifest, body: Json): Promise<ClusterAnswer> {
    const query = { fieldManager: FIELD_MANAGER, fieldValidation: 'Strict' };
    return this.cluster.request({ method: 'PUT', path: await this.pathOf(object), query, body });
  }

  /** Asks for the deletion of exactly the object that was seen; one that is gone already is fine. Throws LIV012. */
  async delete({ path, label, uid }: Pick<LiveObject, 'path' | 'label' | 'uid'>): Promise<void> {
    const body = { apiVersion: 'v1', kind: 'DeleteOptions', preconditions: { uid }, propagationPolicy: 'Background' };
    const answer = await this.cluster.request({ method: 'DELETE', path, body });
    // 409: it is another object by now, which is nobody's business here.
    if (answer.status >= 300 && answer.status !== 404 && answer.status !== 409)
      throw liveRefusal('LIV012', label, `${saidBy(answer)} to its deletion`, 'an object that can be deleted');
  }

  private async pathOf(object: Manifest): Promise<string> {
    const { name, namespace } = object.metadata;
    return objectPath(await this.resourceOf(object), name, namespace);
  }
}

/** All objects of a kind that a selector takes, metadata only. Throws LIV012. */
export async function listMetadata(
  cluster: Cluster,
  resource: Resource,
  labelSelector: string,
): Promise<readonly JsonObject[]> {
  return listAll(cluster, resource, { labelSelector }, METADATA_ONLY);
}

/** All objects of a kind, whole. Throws LIV012. */
export async function listObjects(
  cluster: Cluster,
  resource: Resource,
  query: Readonly<Record<string, string>> = {},
): Promise<readonly JsonObject[]> {
  return listAll(cluster, resource, query);
}

const METADATA_ONLY = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';

async function listAll(
  cluster: Cluster,
  resource: Resource,
  query: Readonly<Record<string, string>>,
  accept?: string,
): Promise<readonly JsonObject[]> {
  const path = collectionPath(resource);
  const found: JsonObject[] = [];
  for (let next: string | undefined = ''; next !== undefined; ) {
    const page: Readonly<Record<string, string>> = next === '' ? {} : { continue: next };
    const answer = await cluster.request({
      method: 'GET',
      path,
      query: { ...query, limit: '500', ...page },
      ...(accept === undefined ? {} : { accept }),
    });
    // A definition that went between discovery and now has no objects.
    if (answer.status === 404) return [];
    if (answer.status !== 200)
      throw liveRefusal('LIV012', `${cluster.name}: ${path}`, saidBy(answer), 'a list of the objects that are there');
    const { items } = answer.body;
    if (Array.isArray(items)) found.push(...items.filter(isObject));
    next = stringAt(answer.body, 'metadata', 'continue') || undefined;
  }
  return found;
}

/** The refusal of an object as a problem (LIV012). */
export function refused(object: Manifest, answer: ClusterAnswer): ProblemError {
  return liveRefusal('LIV012', objectLabel(object), saidBy(answer), 'an object that the API server takes');
}

/** Longest message of a server that is passed on; those of admission name rule, reason and remedy. */
const MESSAGE = 1_000;

/** What the server said in its refusal, with the status. */
export function saidBy({ status, body }: ClusterAnswer): string {
  const said = stringAt(body, 'message') ?? stringAt(body, 'text') ?? 'no reason';
  return `${status} ${said.replace(/\s+/g, ' ').slice(0, MESSAGE)}`;
}

/** The uid of an object; empty where it has none. */
export function uidOf(object: unknown): string {
  return stringAt(object, 'metadata', 'uid') ?? '';
}

/** Whether somebody asked for its deletion. */
export function isGoing(object: unknown): boolean {
  return valueAt(object, 'metadata', 'deletionTimestamp') !== undefined;
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Plain data as the server takes it; the interfaces of manifests only lack the index signature of {@link JsonObject}. */
export function asJson(manifest: unknown): JsonObject {
  const copy: JsonObject = JSON.parse(JSON.stringify(manifest));
  return copy;
}
