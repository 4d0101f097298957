import { type Problem, ProblemError } from '../../constructs/core/problem';

/** Something to do, once other things are done. */
export interface Step {
  readonly id: string;
  /** Ids of steps that come first; those that are not among the steps at hand count as done. */
  readonly dependsOn: readonly string[];
}

/** What came of the steps. */
export interface GraphResult<T> {
  readonly done: readonly T[];
  readonly problems: readonly Problem[];
  /** Steps that were not started, because what they need failed, or because the server went away. */
  readonly heldBack: readonly T[];
}

/** Codes after which nothing else can succeed either: no answer, no credentials. */
const FATAL: readonly string[] = ['LIV002', 'LIV003'];

/**
 * Runs every step as soon as what it depends on has ended well, at most `concurrency` at a time and otherwise in the given
 * order. A `ProblemError` holds back what depends on the step, and nothing else; any other error is thrown once what runs
 * has ended.
 */
export async function runGraph<T extends Step>(
  steps: readonly T[],
  concurrency: number,
  run: (step: T) => Promise<void>,
): Promise<GraphResult<T>> {
  const graph = new Graph(steps, run);
  await graph.run(concurrency);
  return graph.result();
}

/** The same steps the other way round: each after those that depended on it, and the last first. */
export function reversed<T extends Step>(steps: readonly T[]): readonly T[] {
  const dependents = new Map<string, string[]>(steps.map(({ id }) => [id, []]));
  for (const { id, dependsOn } of steps) for (const first of dependsOn) dependents.get(first)?.push(id);
  return steps.map((step) => ({ ...step, dependsOn: dependents.get(step.id) ?? [] })).reverse();
}

class Graph<T extends Step> {
  private readonly waiting: Map<string, T>;
  private readonly unfinished: Set<string>;
  private readonly done: T[] = [];
  private readonly problems: Problem[] = [];
  private readonly running = new Set<Promise<void>>();
  private defect: { readonly error: unknown } | undefined;
  private stopped = false;

  constructor(
    steps: readonly T[],
    private readonly step: (step: T) => Promise<void>,
  ) {
    this.waiting = new Map(steps.map((step) => [step.id, step]));
    this.unfinished = new Set(this.waiting.keys());
  }

  async run(concurrency: number): Promise<void> {
    for (;;) {
      this.startReady(concurrency);
      if (this.running.size === 0) break;
      await Promise.race(this.running);
    }
    if (this.defect !== undefined) throw this.defect.error;
  }

  result(): GraphResult<T> {
    return { done: this.done, problems: this.problems, heldBack: [...this.waiting.values()] };
  }

  private startReady(concurrency: number): void {
    if (this.stopped) return;
    for (const step of this.waiting.values()) {
      if (this.running.size >= concurrency) return;
      if (step.dependsOn.some((first) => this.unfinished.has(first))) continue;
      this.waiting.delete(step.id);
      const running: Promise<void> = this.one(step).finally(() => this.running.delete(running));
      this.running.add(running);
    }
  }

  private async one(step: T): Promise<void> {
    try {
      await this.step(step);
      this.unfinished.delete(step.id);
      this.done.push(step);
    } catch (error) {
      if (error instanceof ProblemError) this.problems.push(...error.problems);
      else this.defect ??= { error };
      this.stopped ||= !(error instanceof ProblemError) || error.problems.some(({ code }) => FATAL.includes(code));
    }
  }
}
