import { objectLabel } from '../../constructs/core/manifest';
import { type Changes, changesBetween, type RegionStates } from '../../stacks/preview/changes';
import { pooled } from '../../stacks/up/pool';
import { type DeployOptions, withClusters } from '../apply/deploy';
import type { LiveCluster } from '../apply/live-cluster';
import type { RegionPlan } from '../apply/plan';
import { addedObjects } from './added';
import { type Compared, compare, withoutIdentity } from './compare';

/** How clusters are compared with the plan. */
export interface DriftOptions extends Pick<DeployOptions, 'connect'> {
  /** Whether live objects carry an identity: those that Flux or Argo CD deliver do not. @default true */
  readonly identity?: boolean;
  /** Told what is being looked at. */
  readonly onProgress?: (what: string) => void;
}

/** Who wrote to an object, or that it is about to go: what no field tells. */
export interface DriftNote {
  readonly region: string;
  readonly label: string;
  readonly note: string;
}

/** How clusters differ from the plan, in the words of a preview: `removed` is missing, `added` was made by somebody else. */
export interface Drift {
  readonly regions: readonly string[];
  /** Objects that were compared, over all regions. */
  readonly objects: number;
  readonly changes: Changes;
  readonly notes: readonly DriftNote[];
}

/** Objects at a time in one cluster. */
const OBJECTS = 12;

/**
 * Compares every region with its plan: objects that are missing, changed or added, and what that widens or narrows. Nothing
 * is written; the server is asked with dry runs, for which the right to patch is needed. Throws a `ProblemError` where a
 * cluster does not answer: what cannot be looked at is not reported as fine.
 */
export async function drift(plans: readonly RegionPlan[], options: DriftOptions): Promise<Drift> {
  const found = await withClusters(plans, options, async (live, plan) => [await driftOf(live, plan, options)]);
  return {
    regions: plans.map(({ region }) => region),
    objects: found.reduce((sum, { objects }) => sum + objects, 0),
    changes: changesBetween(found.map(({ states }) => states)),
    notes: found.flatMap(({ notes }) => notes),
  };
}

interface RegionDrift {
  readonly objects: number;
  readonly states: RegionStates;
  readonly notes: readonly DriftNote[];
}

async function driftOf(live: LiveCluster, { region, stacks }: RegionPlan, options: DriftOptions): Promise<RegionDrift> {
  const { identity = true, onProgress } = options;
  const planned = stacks
    .flatMap(({ layers }) => layers.flatMap(({ objects }) => objects.map(({ inputs }) => inputs)))
    .map((object) => (identity ? object : withoutIdentity(object)));
  onProgress?.(`${region}: ${planned.length} objects`);
  const compared = await pooled(planned, OBJECTS, (object) => compare(live, object));
  onProgress?.(`${region}: objects of others`);
  const added = await addedObjects(live, planned, new Set(compared.flatMap(uidsOf)));
  const before = compared.map(({ wanted }) => wanted);
  const after = [
    ...compared.flatMap((one) => (one.live === undefined ? [] : [one.live])),
    ...added.map(({ object }) => object),
  ];
  return {
    objects: planned.length,
    states: { region, before, after },
    notes: [
      ...compared.flatMap((one) => notesOf(region, one)),
      ...added.map(({ object, by }) => ({
        region,
        label: objectLabel(object),
        note: `made by ${by.join(', ') || 'somebody unknown'}`,
      })),
    ],
  };
}

function notesOf(region: string, { label, by, notes }: Compared): readonly DriftNote[] {
  const written = by.length === 0 ? [] : [`fields written by ${by.join(', ')}`];
  return [...written, ...notes].map((note) => ({ region, label, note }));
}

function uidsOf({ live }: Compared): readonly string[] {
  const metadata: object | undefined = live?.metadata;
  return metadata !== undefined && 'uid' in metadata && typeof metadata.uid === 'string' ? [metadata.uid] : [];
}

/** Whether anything is not as it was planned. */
export function hasDrifted({ changes, notes }: Drift): boolean {
  return changes.objects.length > 0 || notes.length > 0;
}
