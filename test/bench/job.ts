import type { ClusterFacts } from '../../constructs/core/cluster-facts';

/** One run of one contestant: everything is on disk before the clock starts. */
export interface Job {
  readonly count: number;
  /** Folder with `tenants/`, `literals.js`, the Helm chart and the jsonnet file. */
  readonly input: string;
  /** Folder that the contestant writes to. */
  readonly out: string;
  readonly facts: ClusterFacts;
}

/** What a contestant says of its run; checked by the bench. */
export type Said = Readonly<Record<string, number | string | boolean>>;

/** A contestant that runs in Node. */
export type Contestant = (job: Job) => Said;

/** Any day will do: no waiver is used. */
export const TODAY = '2026-11-22';
