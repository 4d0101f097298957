import { objectLabel } from '../../constructs/core/manifest';
import type { Problem } from '../../constructs/core/problem';
import type { ObjectRegistration } from '../../stacks/sinks/pulumi/registration';
import { type GraphResult, runGraph } from './graph';
import type { LiveCluster } from './live-cluster';
import type { PlannedLayer, StackPlan } from './plan';
import { isReadyLate, type Patience, whenGone, whenReadyLate } from './ready';
import type { Removal, RemovalBatch } from './removal';
import { type ApplyEvent, type Counts, NO_COUNTS, type StackOutcome } from './report';
import { type Outcome, write } from './write';

/** How stacks are applied and removed. */
export interface RunOptions {
  /** Milliseconds of a clock that never goes back. */
  readonly now: () => number;
  /** Objects at a time in one cluster. @default 8 */
  readonly concurrency?: number;
  /** Ask the servers what would be, and change nothing. @default false */
  readonly dryRun?: boolean;
  readonly patience?: Patience;
  /** Told what is going on. */
  readonly onEvent?: (event: ApplyEvent) => void;
}

/** One stack in one region on its way: layer after layer, then what nobody wants any more. */
export class StackRun {
  private readonly counts: Record<keyof Counts, number> = { ...NO_COUNTS };
  private readonly warnings: string[] = [];
  private readonly problems: Problem[] = [];
  private readonly heldBack: string[] = [];
  private readonly retained: string[] = [];
  private readonly start: number;

  constructor(
    private readonly live: LiveCluster,
    private readonly region: string,
    private readonly plan: StackPlan,
    private readonly options: RunOptions,
  ) {
    this.start = options.now();
  }

  get failed(): boolean {
    return this.problems.length > 0;
  }

  /** Applies the layers in order; after one that failed the rest is held back. */
  async apply(): Promise<void> {
    for (const layer of this.plan.layers) {
      if (this.failed) this.heldBack.push(...layer.objects.map(({ inputs }) => objectLabel(inputs)));
      else await this.applyLayer(layer);
    }
  }

  /** Removes batch after batch; after one that failed nothing else is touched. */
  async remove({ batches, within, retained }: Removal): Promise<void> {
    this.retained.push(...retained.map(({ label }) => label));
    for (const batch of batches) {
      if (this.failed) this.heldBack.push(...batch.map(({ owned }) => owned.label));
      else await this.removeBatch(batch);
    }
    if (!this.failed) this.counts.removed += within.length;
  }

  /** Takes up what spoke against the run before it began. */
  refuse(problems: readonly Problem[]): void {
    this.problems.push(...problems);
  }

  report(done: 'deployed' | 'removed'): StackOutcome {
    const { region, plan, warnings, problems, heldBack, retained, options } = this;
    return {
      region,
      stack: plan.stack,
      objects: plan.layers.reduce((sum, { objects }) => sum + objects.length, 0),
      outcome: this.failed ? 'failed' : done,
      counts: { ...this.counts },
      heldBack,
      retained,
      warnings: [...new Set(warnings)],
      leftOut: plan.leftOut,
      milliseconds: options.now() - this.start,
      problems,
    };
  }

  private async applyLayer({ path, objects }: PlannedLayer): Promise<void> {
    this.tell(path, 'started');
    const { dryRun = false, patience = {} } = this.options;
    const result = await this.each(objects, async (registration) => {
      const { outcome, warnings } = await write(this.live, registration, { dryRun, patience });
      const label = objectLabel(registration.inputs);
      this.warnings.push(...warnings.map((warning) => `${label}: ${warning}`));
      this.note(label, outcome);
    });
    this.heldBack.push(...result.heldBack.map(({ inputs }) => objectLabel(inputs)));
    if (!dryRun && !this.failed) await this.ready(result.done.filter(({ inputs }) => isReadyLate(inputs)));
  }

  /** Waits for what only the next layer needs. */
  private async ready(objects: readonly ObjectRegistration[]): Promise<void> {
    const { patience = {} } = this.options;
    await this.each(
      objects.map((object) => ({ ...object, dependsOn: [] })),
      async ({ inputs }) => {
        const warnings = await whenReadyLate(this.live, inputs, patience);
        this.warnings.push(...warnings.map((warning) => `${objectLabel(inputs)}: ${warning}`));
      },
    );
  }

  private async removeBatch(batch: RemovalBatch): Promise<void> {
    const { dryRun = false, patience = {} } = this.options;
    const result = await this.each(batch, async ({ owned }) => {
      if (!dryRun) {
        await this.live.delete(owned);
        await whenGone(this.live, owned, patience);
      }
      this.note(owned.label, 'removed');
    });
    this.heldBack.push(...result.heldBack.map(({ owned }) => owned.label));
  }

  private async each<T extends { readonly id: string; readonly dependsOn: readonly string[] }>(
    steps: readonly T[],
    run: (step: T) => Promise<void>,
  ): Promise<GraphResult<T>> {
    const result = await runGraph(steps, this.options.concurrency ?? 8, run);
    this.problems.push(...result.problems);
    for (const { path } of result.problems) this.tell(path, 'failed');
    return result;
  }

  private note(label: string, outcome: Outcome | 'removed'): void {
    this.counts[outcome] += 1;
    this.tell(label, outcome);
  }

  private tell(what: string, outcome: ApplyEvent['outcome']): void {
    this.options.onEvent?.({ region: this.region, stack: this.plan.stack, what, outcome });
  }
}
