import { type Problem, ProblemError } from '../../constructs/core/problem';
import { sinkProblem } from '../sinks/problem';
import { pooled } from './pool';
import type { Changes, StackRunner } from './runner';
import type { Work } from './work';

/** How a stack came out. */
export interface StackReport {
  readonly stack: string;
  readonly objects: number;
  /** Construct paths of Vault objects that stay out while the stack has no `vault:address`. */
  readonly leftOut: readonly string[];
  /** `pending`: a stack that does not exist yet cannot be previewed; `not-run`: held back by a failure elsewhere. */
  readonly outcome: 'up-to-date' | 'updated' | 'previewed' | 'pending' | 'failed' | 'not-run';
  readonly milliseconds: number;
  /** What the engine did, or would do. */
  readonly changes?: Changes;
  readonly problems?: readonly Problem[];
}

/** How stacks are run. */
export interface DriveOptions {
  readonly runner: StackRunner;
  /** Milliseconds of a clock that never goes back. */
  readonly now: () => number;
  /** Preview instead of update; nothing is made, not even a stack. @default false */
  readonly dryRun?: boolean;
  /** Tenant stacks at a time. @default 2 */
  readonly concurrency?: number;
  /** Whether a tenant stack's failure holds back those not started yet; what runs is let finish. @default stop */
  readonly onFailure?: 'stop' | 'continue';
  /** Told when a stack starts, and how it came out. */
  readonly onEvent?: (event: { readonly started: Work } | { readonly ended: StackReport }) => void;
}

/**
 * Brings stacks to what they should be: the platform alone and first, then the tenants, several at a time. When the platform
 * fails no tenant is touched, whatever `onFailure` says: they need it. Reports come in the order of the work.
 */
export async function drive(work: readonly Work[], options: DriveOptions): Promise<readonly StackReport[]> {
  const run = new Drive(options);
  const platform = work.filter(({ carries }) => carries === 'platform');
  const tenants = work.filter(({ carries }) => carries === 'tenants');
  const first = await pooled(platform, 1, (one) => run.one(one));
  const broken = first.some(({ outcome }) => outcome === 'failed');
  const rest = await pooled(tenants, options.concurrency ?? 2, (one) => (broken ? run.holdBack(one) : run.one(one)));
  return [...first, ...rest];
}

class Drive {
  private stopped = false;

  constructor(private readonly options: DriveOptions) {}

  async one(work: Work): Promise<StackReport> {
    if (this.stopped) return this.holdBack(work);
    const { now, dryRun = false, onFailure = 'stop', onEvent } = this.options;
    if (work.need === 'unchanged' || work.need === 'empty')
      return this.end(work, { outcome: 'up-to-date', milliseconds: 0 });
    if (dryRun && work.need === 'new') return this.end(work, { outcome: 'pending', milliseconds: 0 });
    const start = now();
    onEvent?.({ started: work });
    try {
      const changes = await (dryRun ? this.options.runner.preview(work.stack) : this.options.runner.update(work.stack));
      return this.end(work, { outcome: dryRun ? 'previewed' : 'updated', milliseconds: now() - start, changes });
    } catch (error) {
      if (onFailure === 'stop') this.stopped = true;
      return this.end(work, {
        outcome: 'failed',
        milliseconds: now() - start,
        problems: problemsOf(work.stack, error),
      });
    }
  }

  async holdBack(work: Work): Promise<StackReport> {
    return this.end(work, { outcome: 'not-run', milliseconds: 0 });
  }

  private end(
    { stack, objects, leftOut }: Work,
    result: Omit<StackReport, 'stack' | 'objects' | 'leftOut'>,
  ): StackReport {
    const report = { stack, objects, leftOut, ...result };
    this.options.onEvent?.({ ended: report });
    return report;
  }
}

/** Whatever went wrong belongs to this stack: the others go on or are held back, and all of it is in the report. */
function problemsOf(stack: string, error: unknown): readonly Problem[] {
  if (error instanceof ProblemError) return error.problems;
  return [
    sinkProblem('PL125', stack, error instanceof Error ? error.message : String(error), 'an update that succeeds'),
  ];
}
