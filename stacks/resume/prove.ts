import { isList, isRecord, type JsonObject, recordAt, stringAt } from '../../constructs/core/json';
import { parseQuantity } from '../../constructs/core/quantity';
import { identityOf, urnHash } from '../identity';
import { READINESS_PREFIX } from '../sinks/pulumi/readiness';
import type { PendingObject } from './pending';

/**
 * Why a live object is not provably the one that an interrupted creation made; empty where it is. All of it must hold: the
 * stack, the hash of the URN, what the object is, and that it says everything that was asked for.
 */
export function doubts(stack: string, pending: PendingObject, inputs: unknown, live: JsonObject): readonly string[] {
  const identity = identityOf(live);
  const [apiVersion, kind] = [stringAt(live, 'apiVersion'), stringAt(live, 'kind')];
  const metadata = recordAt(live, 'metadata');
  return [
    ...(identity === undefined ? ['it carries no identity'] : []),
    ...(identity !== undefined && identity.stack !== stack ? [`it belongs to the stack ${identity.stack}`] : []),
    ...(identity !== undefined && identity.urn !== urnHash(pending.urn) ? ['it is another resource of a stack'] : []),
    ...(apiVersion === pending.apiVersion && kind === pending.kind ? [] : [`it is a ${apiVersion} ${kind}`]),
    ...(stringAt(metadata, 'name') === pending.name && stringAt(metadata, 'namespace') === pending.namespace
      ? []
      : ['it has another name or namespace']),
    ...(metadata.deletionTimestamp === undefined ? [] : ['its deletion was asked for']),
    ...missing(withoutReadiness(inputs), live, ''),
  ];
}

/** Annotations by which Pulumi waits are its own business. */
function withoutReadiness(inputs: unknown): unknown {
  const metadata = recordAt(inputs, 'metadata');
  const annotations = Object.entries(recordAt(metadata, 'annotations')).filter(
    ([key]) => !key.startsWith(READINESS_PREFIX),
  );
  return { ...recordAt(inputs), metadata: { ...metadata, annotations: Object.fromEntries(annotations) } };
}

/** Everything that was asked for and is not there. What the server added by itself is no difference. */
function missing(wanted: unknown, live: unknown, path: string): readonly string[] {
  if (isRecord(wanted)) {
    return Object.entries(wanted).flatMap(([key, value]) =>
      missing(
        value,
        isRecord(live) && Object.hasOwn(live, key) ? live[key] : undefined,
        path === '' ? key : `${path}.${key}`,
      ),
    );
  }
  if (isList(wanted)) {
    const there = isList(live) ? live : [];
    if (wanted.length !== there.length) return [`${path} has ${there.length} elements and not ${wanted.length}`];
    return wanted.flatMap((item, at) => missing(item, there[at], `${path}[${at}]`));
  }
  return isSame(wanted, live) ? [] : [`${path} is another value`];
}

/** Equal, or the same amount in another spelling; nothing and an absent field are the same. */
function isSame(wanted: unknown, live: unknown): boolean {
  if (wanted === live || ((wanted === null || wanted === undefined) && (live === null || live === undefined)))
    return true;
  if (!isScalar(wanted) || !isScalar(live)) return false;
  const [one, other] = [parseQuantity(wanted), parseQuantity(live)];
  return one !== undefined && one === other;
}

function isScalar(value: unknown): value is string | number {
  return typeof value === 'string' || typeof value === 'number';
}
