import { isRecord, type Json, type JsonObject } from '../../../constructs/core/json';

/** Row of the attack catalogue, such as `S09`. */
export type Row = `${'R' | 'P' | 'S' | 'Q' | 'N' | 'I' | 'D' | 'W'}${number}`;

/** An object as a request carries it. */
export interface CaseObject extends JsonObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: JsonObject;
}

/** One request in data: a real API server gets it as it is, offline it is reviewed. `{names}` stand for those of the cluster. */
export type CaseRequest =
  | { readonly verb: 'create'; readonly object: CaseObject; readonly subresource?: string; readonly of?: string }
  | {
      readonly verb: 'patch';
      readonly target: SeedName;
      readonly patch: JsonObject;
      readonly subresource?: string;
    }
  | { readonly verb: 'delete'; readonly target: SeedName }
  | { readonly verb: 'connect'; readonly pod: string; readonly namespace: string; readonly subresource: 'exec' }
  | PlainRequest;

/** A request as HTTP has it, for what is not a change of an object. */
export interface PlainRequest {
  readonly verb: 'plain';
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: JsonObject | readonly JsonObject[];
  readonly contentType?: string;
}

/** Names of the objects that are there before any case runs; see `seeds.ts`. */
export type SeedName = string;

/** Who sends a request; see `actors.ts`. */
export type ActorName =
  | 'tenant'
  | 'operator'
  | 'developer'
  | 'viewer'
  | 'workload'
  | 'anonymous'
  | 'sidecar-owner'
  | 'role-writer'
  | 'unbounded'
  | 'platform'
  | 'platform-viewer'
  | 'istiod'
  | 'kueue'
  | 'node'
  | `controller:${string}`;

/** What stops an attack, as the API server's answer shows. `says`: pattern of the message. */
export type Expected =
  | { readonly by: 'rbac' }
  | { readonly by: 'policy'; readonly policy: string; readonly also?: readonly string[]; readonly plugin?: string }
  | { readonly by: 'omission'; readonly field: readonly string[] }
  | { readonly by: 'pod-security'; readonly says?: string }
  | { readonly by: 'warning'; readonly says: string }
  | { readonly by: 'quota'; readonly says?: string }
  | { readonly by: 'api'; readonly says?: string }
  | { readonly by: 'plugin'; readonly says: string };

/** An attack, what must stop it, and its benign twin, which must pass. */
export interface AttackCase {
  readonly id: string;
  readonly row: Row;
  readonly actor: ActorName;
  readonly attack: CaseRequest;
  readonly expected: Expected;
  readonly twin: CaseRequest;
  /** @default - the actor of the attack */
  readonly twinActor?: ActorName;
  /** What the object in the answer to the twin must hold, besides being there. @default - anything */
  readonly twinShows?: JsonObject;
  /** The only route that can say it to a server. @default - any */
  readonly route?: Route;
}

/** The API server itself refuses, or takes the field away and goes on. */
export type Disarmed =
  | { readonly by: 'refusal'; readonly because: string }
  | { readonly by: 'omission'; readonly field: readonly string[]; readonly because: string };

/** A way to write the same thing. `plain`: a creation is posted, a change is a merge patch. */
export type Route = 'plain' | 'generate' | 'apply' | 'strategic' | 'json' | 'put';

/** An attack that one admission policy must refuse. */
export interface AdmissionCase extends Omit<AttackCase, 'expected'> {
  /**
   * Name of the policy that refuses. Where several do, the API server names only one of them: see `also`.
   */
  readonly policy: string;
  /** Policies that refuse the attack as well. @default - none */
  readonly also?: readonly string[];
  /** What the API server does with the attack before any policy sees it, where it does. */
  readonly disarmed?: Disarmed;
  /** Pattern of what an admission plugin says before the policy, on servers that run it. */
  readonly plugin?: string;
  /** Why only an offline review can try the case, where that is so. */
  readonly offline?: string;
  /** What the platform has lost when the case is tried. @default - nothing */
  readonly lost?: 'parameters' | 'labels';
}

/** `base` with `change` laid over it as a JSON merge patch (RFC 7396). */
export function merge(base: JsonObject, change: JsonObject): JsonObject {
  const merged: Record<string, Json | undefined> = { ...base };
  for (const [key, value] of Object.entries(change)) {
    const old = merged[key];
    if (value === null || value === undefined) delete merged[key];
    else merged[key] = isObject(value) ? merge(isObject(old) ? old : {}, value) : value;
  }
  return merged;
}

/** Plural, group and version of a kind. */
export function resourceOf({ apiVersion, kind }: Pick<CaseObject, 'apiVersion' | 'kind'>): {
  readonly group: string;
  readonly version: string;
  readonly resource: string;
} {
  const [group, version] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion];
  const lower = kind.toLowerCase();
  const resource = PLURALS[lower] ?? (/(s|x|ch)$/.test(lower) ? `${lower}es` : lower.replace(/y$/, 'ie').concat('s'));
  return { group: group ?? '', version: version ?? '', resource };
}

const PLURALS: Readonly<Record<string, string>> = {
  endpoints: 'endpoints',
  gateway: 'gateways',
};

function isObject(value: Json | undefined): value is JsonObject {
  return isRecord(value);
}
