import { isRecord, type JsonObject, listAt, recordAt, stringAt } from '../../constructs/core/json';

/** An operation that the engine had begun when it was interrupted. */
export interface PendingOperation {
  /** `creating`, `updating`, `deleting`, `reading` or `importing`. */
  readonly type: string;
  readonly urn: string;
  /** The resource as the state knows it: for a creation everything but its id and outputs. */
  readonly resource: JsonObject;
}

/** A Kubernetes object that an interrupted creation was about, and the region it belongs to. */
export interface PendingObject {
  readonly urn: string;
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
  /** Name of the provider, which is that of the region. */
  readonly region: string;
}

/** The pending operations of a deployment, as `pulumi stack export` gives it (its field `deployment`). */
export function pendingOperations(deployment: JsonObject): readonly PendingOperation[] {
  return listAt(deployment, 'pending_operations').flatMap((one) => {
    const resource = recordAt(one, 'resource');
    const urn = stringAt(resource, 'urn');
    return urn === undefined || !isJson(resource) ? [] : [{ type: stringAt(one, 'type') ?? '', urn, resource }];
  });
}

/** Kubernetes objects whose creation was interrupted: what must be looked for in the clusters. */
export function pendingObjects(operations: readonly PendingOperation[]): readonly PendingObject[] {
  return operations
    .filter(({ type }) => type === 'creating')
    .flatMap(({ urn, resource }) => objectOf(urn, resource) ?? []);
}

/** The object behind a resource of the state; undefined for what is none, such as a release of a chart. */
export function objectOf(urn: string, resource: JsonObject): PendingObject | undefined {
  const type = stringAt(resource, 'type') ?? '';
  const inputs = recordAt(resource, 'inputs');
  const [apiVersion, kind] = [stringAt(inputs, 'apiVersion'), stringAt(inputs, 'kind')];
  const name = stringAt(inputs, 'metadata', 'name');
  const namespace = stringAt(inputs, 'metadata', 'namespace');
  const region = /::pulumi:providers:kubernetes::([^:]+)::/.exec(stringAt(resource, 'provider') ?? '')?.[1];
  if (!type.startsWith('kubernetes:') || apiVersion === undefined || kind === undefined) return undefined;
  if (name === undefined || region === undefined) return undefined;
  return { urn, apiVersion, kind, name, region, ...(namespace === undefined ? {} : { namespace }) };
}

function isJson(value: unknown): value is JsonObject {
  return isRecord(value);
}
