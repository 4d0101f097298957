import { isRecord, type JsonObject } from '../../constructs/core/json';

/** Who asks: user name and groups as the API server knows them. */
export interface Actor {
  readonly username: string;
  readonly groups: readonly string[];
}

/** One request as admission sees it. */
export interface ReviewRequest {
  readonly operation: 'CREATE' | 'UPDATE' | 'DELETE' | 'CONNECT';
  readonly group: string;
  readonly version: string;
  /** Plural name, such as `pods`. */
  readonly resource: string;
  /** @default - the object itself */
  readonly subresource?: string;
  /** @default - none: a cluster-scoped object */
  readonly namespace?: string;
  readonly name: string;
  readonly actor: Actor;
  /** What would be stored; absent on deletion. */
  readonly object?: JsonObject;
  /** What is stored; absent on creation. */
  readonly oldObject?: JsonObject;
}

/** What admission reads besides the request: namespaces with their labels, and the parameters in them. */
export interface ReviewWorld {
  readonly namespaces: Readonly<Record<string, JsonObject>>;
  /** TenantPolicies by namespace. */
  readonly params: Readonly<Record<string, JsonObject>>;
}

/** One refusal: by which policy, in which words. */
export interface Denial {
  readonly policy: string;
  readonly message: string;
}

/** What admission makes of a request: the object with defaults, and every refusal. */
export interface Verdict {
  readonly object: JsonObject | undefined;
  readonly denials: readonly Denial[];
}

/** JSON as CEL sees it: whole numbers are integers. */
export function celValue(value: unknown): unknown {
  if (typeof value === 'number') return Number.isInteger(value) ? BigInt(value) : value;
  if (Array.isArray(value)) return value.map(celValue);
  if (!isRecord(value)) return value ?? null;
  const entries = Object.entries(value).flatMap(([key, field]) =>
    field === undefined ? [] : [[key, celValue(field)]],
  );
  return Object.fromEntries(entries);
}

/** The variables of an expression, but for `params` and `variables`. */
export function celContext(request: ReviewRequest, { namespaces }: ReviewWorld): Readonly<Record<string, unknown>> {
  const { operation, group, version, resource, subresource, namespace, name, actor } = request;
  return {
    object: celValue(request.object ?? null),
    oldObject: celValue(request.oldObject ?? null),
    namespaceObject: celValue(namespace === undefined ? null : (namespaces[namespace] ?? null)),
    request: {
      operation,
      name,
      resource: { group, version, resource },
      userInfo: { username: actor.username, groups: [...actor.groups] },
      ...(subresource === undefined ? {} : { subResource: subresource }),
      ...(namespace === undefined ? {} : { namespace }),
    },
  };
}
