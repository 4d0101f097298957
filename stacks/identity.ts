import { hash } from 'node:crypto';
import { stringAt, valueAt } from '../constructs/core/json';
import { IDENTITY_LABEL } from '../constructs/core/labels';
import type { Manifest } from '../constructs/core/manifest';

/** Name of the Pulumi project: it stands in every URN. */
export const PROJECT = 'drun-platform';

/** Pulumi's type of a layer, the parent of every object. */
export const LAYER_TYPE = 'drun:platform:Layer';

/** What Pulumi calls an object of a stack: the same whichever of the two paths deploys it. */
export interface Origin {
  readonly stack: string;
  /** Type token, such as `kubernetes:core/v1:Namespace`. */
  readonly token: string;
  /** Pulumi name: the construct's path, and for one of a group's objects its kind and name after it. */
  readonly name: string;
}

/** The URN under which Pulumi registers the object. */
export function urnOf({ stack, token, name }: Origin): string {
  return `urn:pulumi:${stack}::${PROJECT}::${LAYER_TYPE}$${token}::${name}`;
}

/** As much of the SHA-256 of a URN as nobody finds a second text for and a label's value holds: 40 hexadecimal digits. */
export function urnHash(urn: string): string {
  return hash('sha256', urn, 'hex').slice(0, 40);
}

/**
 * The object as it lives in a cluster: with the labels that say which stack it belongs to, and which resource of it. Both
 * paths of deployment add them here; YAML has none, because whoever pulls it (Flux, Argo CD) keeps its own record.
 */
export function withIdentity(object: Manifest, origin: Origin): Manifest {
  const { metadata } = object;
  const identity = { [IDENTITY_LABEL.stack]: origin.stack, [IDENTITY_LABEL.urn]: urnHash(urnOf(origin)) };
  return { ...object, metadata: { ...metadata, labels: { ...metadata.labels, ...identity } } };
}

/** The identity that an object carries; undefined where it lacks either label. */
export function identityOf(object: unknown): { readonly stack: string; readonly urn: string } | undefined {
  const labels = valueAt(object, 'metadata', 'labels');
  const [stack, urn] = [stringAt(labels, IDENTITY_LABEL.stack), stringAt(labels, IDENTITY_LABEL.urn)];
  return stack === undefined || urn === undefined ? undefined : { stack, urn };
}
