import type { AttackRow } from '../../../constructs/admission/policy';
import { isRecord, type Json, type JsonObject } from '../../../constructs/core/json';

/** An object as a request carries it. */
export interface CaseObject extends JsonObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: JsonObject;
}

/** One request in data: against a real API server it is sent as it is, offline it is reviewed. */
export type CaseRequest =
  | { readonly verb: 'create'; readonly object: CaseObject; readonly subresource?: 'token'; readonly of?: string }
  | { readonly verb: 'patch'; readonly target: SeedName; readonly patch: JsonObject; readonly subresource?: string }
  | { readonly verb: 'delete'; readonly target: SeedName }
  | { readonly verb: 'connect'; readonly pod: string; readonly namespace: string; readonly subresource: 'exec' };

/** Names of the objects that are there before any case runs; see `world.ts`. */
export type SeedName = string;

/** Who sends a request. */
export type ActorName = 'tenant' | 'workload' | 'platform' | `controller:${string}` | 'istiod' | 'kueue' | 'node';

/** An attack that one policy must refuse, and its benign twin, which must pass. */
export interface AdmissionCase {
  readonly id: string;
  readonly row: AttackRow;
  readonly actor: ActorName;
  readonly attack: CaseRequest;
  /**
   * Name of the policy that refuses. Where several do, the API server names only one of them: a cluster suite accepts any
   * that the offline review names as well.
   */
  readonly policy: string;
  readonly twin: CaseRequest;
  /** What the API server does with the attack before any policy sees it, where it does. */
  readonly disarmed?: string;
  /** @default - the actor of the attack */
  readonly twinActor?: ActorName;
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
  const resource = PLURALS[lower] ?? (lower.endsWith('s') ? `${lower}es` : `${lower}s`);
  return { group: group ?? '', version: version ?? '', resource };
}

const PLURALS: Readonly<Record<string, string>> = {
  networkpolicy: 'networkpolicies',
  endpoints: 'endpoints',
  tenantpolicy: 'tenantpolicies',
};

function isObject(value: Json | undefined): value is JsonObject {
  return isRecord(value);
}
