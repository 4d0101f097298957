import type { Row } from './case';
import { container, type PodChange } from './templates';

/** An attack in the fields of a pod; it is tried on a pod and on every kind that holds a pod template. */
export interface PodCase {
  readonly id: string;
  readonly row: Row;
  /** Id of the rule without its prefix, such as `placement`. */
  readonly rule: string;
  readonly attack: PodChange;
  /** @default - the plain pod */
  readonly twin?: PodChange;
  /** Policies that refuse a pod of this kind as well. @default - none */
  readonly also?: readonly string[];
  /** A template may do it: the pod fails, or a default mends it. @default - false */
  readonly podOnly?: true;
}

/** A digest of no image. */
export const DIGEST = `@sha256:${'b'.repeat(64)}`;
/** An image of nobody's registry. */
export const FOREIGN = `docker.io/library/busybox${DIGEST}`;

/** A change of the only container. */
export const main = (change: Parameters<typeof container>[0]): PodChange => ({
  spec: { containers: [container(change)] },
});
/** One more label. */
export const label = (key: string, value: string): PodChange => ({ labels: { [key]: value } });
/** One more annotation. */
export const annotation = (key: string, value = 'x'): PodChange => ({ annotations: { [key]: value } });
/** A term that a node must meet. */
export const affinity = (term: object): PodChange => ({
  spec: {
    affinity: {
      nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ ...term }] } },
    },
  },
});
/** One volume. */
export const volume = (source: object): PodChange => ({ spec: { volumes: [{ name: 'v', ...source }] } });

/** One toleration. */
export const toleration = (value: object): PodChange => ({ spec: { tolerations: [{ ...value }] } });
/** The toleration of the tenant's own nodes. */
export const ownPool = toleration({ key: 'drun.io/pool', operator: 'Equal', value: '{pool}', effect: 'NoSchedule' });
