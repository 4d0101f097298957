import type { Changes, KnownStack, StackRunner, StackState } from '../../stacks/up/runner';

/** What a stack of the stand-in holds, and how it answers. */
export interface StandInStack extends Partial<StackState> {
  readonly resources?: number;
  /** What an update or preview is rejected with. */
  readonly fails?: Error;
}

/**
 * Stands in for the Pulumi engine in memory: it knows stacks, answers, fails on request, and writes down what it was asked
 * and what ran at the same time. It shows who is asked what and when. It does not show that the real engine records a hash,
 * refuses a protected deletion, locks a stack or prints what the runner reads.
 */
export class StandInEngine implements StackRunner {
  readonly asked: string[] = [];
  atOnce = 0;
  private running = 0;

  constructor(private readonly known: Readonly<Record<string, StandInStack>> = {}) {}

  async stacks(): Promise<readonly KnownStack[]> {
    return Object.entries(this.known).map(([name, { resources }]) =>
      resources === undefined ? { name } : { name, resources },
    );
  }

  async state(stack: string): Promise<StackState> {
    const { hash, tenants = [], config = {} } = this.known[stack] ?? {};
    return { tenants, config, ...(hash === undefined ? {} : { hash }) };
  }

  update(stack: string): Promise<Changes> {
    return this.run(`update ${stack}`, stack);
  }

  preview(stack: string): Promise<Changes> {
    return this.run(`preview ${stack}`, stack);
  }

  private async run(what: string, stack: string): Promise<Changes> {
    this.asked.push(what);
    this.running += 1;
    this.atOnce = Math.max(this.atOnce, this.running);
    await new Promise((resolve) => setTimeout(resolve, 5));
    this.running -= 1;
    const { fails } = this.known[stack] ?? {};
    if (fails !== undefined) throw fails;
    return { same: 1 };
  }
}
