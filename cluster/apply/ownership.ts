import { listAt, stringAt, valueAt } from '../../constructs/core/json';
import { IDENTITY_LABEL } from '../../constructs/core/labels';
import { type Manifest, objectLabel } from '../../constructs/core/manifest';
import type { Problem } from '../../constructs/core/problem';
import { identityOf } from '../../stacks/identity';
import { liveProblem } from '../../stacks/live/problem';
import { isByKubernetes } from '../../stacks/sinks/pulumi/token';
import { FIELD_MANAGER } from './live-cluster';

/**
 * What speaks against writing over a live object: it must carry the identity of exactly this resource (LIV010). A person
 * who made an object of the same name before is told, and keeps it.
 */
export function ownershipProblem(wanted: Manifest, live: unknown): Problem | undefined {
  const [ours, theirs] = [identityOf(wanted), identityOf(live)];
  if (ours !== undefined && theirs?.stack === ours.stack && theirs.urn === ours.urn) return undefined;
  if (theirs === undefined && isByKubernetes(wanted)) return undefined;
  const given = theirs === undefined ? `an object made by ${makersOf(live)}` : `an object of the stack ${theirs.stack}`;
  const remedy =
    theirs === undefined || theirs.stack === ours?.stack
      ? undefined
      : `pin the tenant to its shard with \`shard\` in its file, or bring ${theirs.stack} down first`;
  return liveProblem('LIV010', objectLabel(wanted), given, 'no object of that name, or the platform’s own', remedy);
}

/**
 * Whether this path made a live object: the server's own record says that it wrote the label of the identity. Controllers
 * copy labels onto what they make (an EndpointSlice has those of its Service), and a copy must never be pruned.
 */
export function isOwn(live: unknown): boolean {
  return valueAt(recordOf(live), 'f:metadata', 'f:labels', `f:${IDENTITY_LABEL.urn}`) !== undefined;
}

/** Fields that this path wrote, as the server recorded them. */
export function recordOf(live: unknown): unknown {
  const own = listAt(live, 'metadata', 'managedFields').find(isOwnEntry);
  return valueAt(own, 'fieldsV1');
}

function isOwnEntry(entry: unknown): boolean {
  const isOurs = stringAt(entry, 'manager') === FIELD_MANAGER && stringAt(entry, 'operation') === 'Apply';
  return isOurs && stringAt(entry, 'subresource') === undefined;
}

/** The managers that the server has on record, for a message. */
function makersOf(live: unknown): string {
  const managers = listAt(live, 'metadata', 'managedFields').flatMap((entry) => stringAt(entry, 'manager') ?? []);
  return [...new Set(managers)].join(', ') || 'somebody unknown';
}
