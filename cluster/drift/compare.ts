import { isRecord, type JsonObject } from '../../constructs/core/json';
import { IDENTITY_LABEL } from '../../constructs/core/labels';
import { type Manifest, objectLabel } from '../../constructs/core/manifest';
import { isGoing, type LiveCluster, refused } from '../apply/live-cluster';
import { foreignFields, hasRecord, without } from '../apply/record';
import { isImmutable } from '../apply/write';

/** A planned object as it should be in the cluster, defaults of the server included, and as it is. */
export interface Compared {
  readonly label: string;
  readonly wanted: Manifest;
  /** Absent where it is missing. */
  readonly live?: Manifest;
  /** Who else wrote fields of it. */
  readonly by: readonly string[];
  /** Remarks that no field tells. */
  readonly notes: readonly string[];
}

/** Names under which Pulumi writes (one for each resource, and a plain one when it creates), Flux and Argo CD. */
const DELIVERER = /^(pulumi-kubernetes(-[0-9a-f]{8})?|kustomize-controller|argocd-controller)$/;

/**
 * Asks the server what the object would be if it were applied now, without doing it: its defaults, its normal forms and its
 * own mutations are then on both sides, and no list of defaults is kept here that would grow old. Applying leaves alone what
 * others added, so their fields are taken out of the answer: what is left is what should be there.
 */
export async function compare(live: LiveCluster, object: Manifest): Promise<Compared> {
  const label = objectLabel(object);
  const found = live.resources.of(object.apiVersion, object.kind) === undefined ? undefined : await live.get(object);
  if (found === undefined) return { label, wanted: object, by: [], notes: [] };
  const answer = await live.apply(object, { force: true, dryRun: true });
  if (answer.status !== 200 && !isImmutable(answer)) throw refused(object, answer);
  // A field that cannot change was changed by making the object anew: what was written is laid over what is there.
  const would = answer.status === 200 ? answer.body : overlaid(found.object, object);
  const foreign = foreignFields(would);
  const wanted = without(
    would,
    foreign.flatMap(({ paths }) => paths),
  );
  // Whoever delivers the object wrote all of it: what he wrote beside the plan is in the answer, and what differs is a difference.
  const touched = foreignFields(found.object).flatMap(({ manager }) => (DELIVERER.test(manager) ? [] : [manager]));
  return {
    label,
    wanted: manifestOf(wanted, object),
    live: manifestOf(found.object, object),
    by: [...new Set([...touched, ...foreign.map(({ manager }) => manager)])],
    notes: [
      ...(isGoing(found.object) ? ['its deletion was asked for'] : []),
      ...(hasRecord(found.object)
        ? []
        : ['the record of who wrote its fields was wiped: additions cannot be told apart']),
    ],
  };
}

/** What the plan wants, without the labels of an identity: where Flux or Argo CD deliver, nothing carries them. */
export function withoutIdentity(object: Manifest): Manifest {
  const { metadata } = object;
  const identity: readonly string[] = Object.values(IDENTITY_LABEL);
  const labels = Object.entries(metadata.labels ?? {}).filter(([key]) => !identity.includes(key));
  return { ...object, metadata: { ...metadata, labels: Object.fromEntries(labels) } };
}

/** Records field by field, anything else as a whole. */
function overlaid(below: unknown, above: unknown): unknown {
  if (!isRecord(below) || !isRecord(above)) return above;
  const keys = new Set([...Object.keys(below), ...Object.keys(above)]);
  return Object.fromEntries(
    [...keys].map((key) => [key, Object.hasOwn(above, key) ? overlaid(below[key], above[key]) : below[key]]),
  );
}

/** An object of the server as a manifest; what is none keeps the name of the object it was compared with. */
function manifestOf(value: unknown, { apiVersion, kind, metadata }: Manifest): Manifest {
  const content: JsonObject = isJson(value) ? value : {};
  return { ...content, apiVersion, kind, metadata: { ...metadataOf(content), name: metadata.name } };
}

function metadataOf(content: JsonObject): object {
  return isRecord(content.metadata) ? content.metadata : {};
}

function isJson(value: unknown): value is JsonObject {
  return isRecord(value);
}
