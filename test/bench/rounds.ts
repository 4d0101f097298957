import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ClusterFacts } from '../../constructs/core/cluster-facts';
import { leavesOf, manifestsOf } from '../../constructs/core/leaves';
import type { Manifest } from '../../constructs/core/manifest';
import { environmentNamed } from '../../stacks/environments';
import { planEnvironment } from '../../stacks/plan';
import { buildTree } from '../../stacks/tree';
import { writePopulation } from '../support/population-files';
import { type Entry, empty } from './contest';
import type { Job, Said } from './job';
import { medians, type Run, type Usage } from './measure';
import { differences, type ObjectSet, objectSet } from './outputs';
import { writePeers } from './peers';
import type { Shape } from './shapes';

/** What came of one contestant at one number of tenants. */
export type Cell =
  | { readonly usage: Usage; readonly rounds: number; readonly said: Said }
  | { readonly absent: string };

/** All contestants at one number of tenants. */
export interface Row {
  readonly count: number;
  readonly objects: number;
  readonly cells: ReadonlyMap<string, Cell>;
}

/** How often, and for how long. */
export interface RoundOptions {
  readonly rounds: number;
  /** A single run is stopped after this many milliseconds. */
  readonly timeout: number;
  /** A contestant whose run took longer than this, in milliseconds, is not run again. */
  readonly slow: number;
  readonly onProgress: (text: string) => void;
}

/**
 * Runs every contestant once to compare what it wrote with the literals, object by object, and then in turns, each round
 * starting with another one, so that whatever else the machine does hits all alike.
 *
 * @throws Error where a contestant wrote other objects than the literals, or says of itself what must not be.
 */
export function contest(
  entries: readonly Entry[],
  work: string,
  count: number,
  shapes: readonly Shape[],
  facts: ClusterFacts,
  options: RoundOptions,
): Row {
  const input = join(work, 'input');
  writePopulation(join(input, 'tenants'), count);
  writePeers(input, shapes, count);
  writeFileSync(join(input, 'platform.json'), JSON.stringify(platformObjects()));
  const states = entries.map((entry) => new State(entry, { count, input, facts, out: join(work, entry.id) }));
  let expected: ObjectSet | undefined;
  for (const state of states) {
    options.onProgress(`${count} tenants: comparing ${state.entry.id}`);
    expected = state.compare(expected, options);
  }
  for (let round = 0; round < options.rounds; round += 1) {
    const turn = [...states.slice(round % states.length), ...states.slice(0, round % states.length)];
    for (const state of turn) {
      options.onProgress(`${count} tenants: round ${round + 1} of ${options.rounds}, ${state.entry.id}`);
      state.measure(options);
    }
  }
  return { count, objects: expected?.size ?? 0, cells: new Map(states.map((state) => [state.entry.id, state.cell])) };
}

/** Everything in a cluster without tenants. */
function platformObjects(): readonly Manifest[] {
  return leavesOf(buildTree(planEnvironment(environmentNamed('dev'), []))).flatMap(manifestsOf);
}

class State {
  private readonly usages: Usage[] = [];
  private said: Said = {};
  private absent: string | undefined;
  private last = 0;

  constructor(
    readonly entry: Entry,
    private readonly job: Job,
  ) {
    this.absent = entry.absent ?? (job.count > entry.upTo ? `not run above ${entry.upTo}` : undefined);
  }

  get cell(): Cell {
    if (this.usages.length === 0) return { absent: this.absent ?? 'not run' };
    return { usage: medians(this.usages), rounds: this.usages.length, said: this.said };
  }

  /** The first run: for its objects, and to warm the disk; it counts only where there will be no other. */
  compare(expected: ObjectSet | undefined, options: RoundOptions): ObjectSet | undefined {
    const usage = this.once(options);
    if (usage === undefined) return expected;
    if (usage.wall > options.slow) this.usages.push(usage);
    const { tenantsIn } = this.entry;
    const found = objectSet(this.job.out, this.job.count, (file) => tenantsIn === undefined || tenantsIn.test(file));
    if (expected === undefined) return found;
    const wrong = differences(expected, found);
    if (wrong.length > 0) {
      throw new Error(
        `${this.entry.id}: ${wrong.length} objects are not those of the literals: ${wrong.slice(0, 3).join('; ')}`,
      );
    }
    return expected;
  }

  measure(options: RoundOptions): void {
    if (this.last > options.slow) return;
    const usage = this.once(options);
    if (usage !== undefined) this.usages.push(usage);
  }

  private once({ timeout }: RoundOptions): Usage | undefined {
    if (this.absent !== undefined) return undefined;
    const { prepare = empty, expect, run, id } = this.entry;
    prepare(this.job);
    mkdirSync(this.job.out, { recursive: true });
    const result: Run = run(this.job, timeout);
    if ('failed' in result) {
      this.absent = result.failed;
      return undefined;
    }
    const wrong = expect?.(result.said, this.job);
    if (wrong !== undefined) throw new Error(`${id} at ${this.job.count} tenants: ${wrong}`);
    this.said = result.said;
    this.last = result.usage.wall;
    return result.usage;
  }
}
