/** How many resources an operation creates, updates, deletes or leaves, by what Pulumi calls it. */
export type Changes = Readonly<Record<string, number>>;

/** A stack that the backend knows. */
export interface KnownStack {
  readonly name: string;
  /** Absent where the backend does not count. */
  readonly resources?: number;
}

/** What is known of a stack before anything is done to it. */
export interface StackState {
  /**
   * Hash that the stack recorded with its last operation, if that was an update which succeeded. After a refresh, an import
   * or a failure it says nothing about what is there, and is absent.
   */
  readonly hash?: string;
  /** Tenants that the stack said it carries. */
  readonly tenants: readonly string[];
  /** Configuration of the stack, by full key such as `vault:address`. */
  readonly config: Readonly<Record<string, string>>;
}

/** The engine, as far as `drun up` needs one. Every method rejects with a `ProblemError`, and never with half an answer. */
export interface StackRunner {
  /** Every stack of this project in the backend. */
  stacks(): Promise<readonly KnownStack[]>;
  /** State of a stack that is there. */
  state(stack: string): Promise<StackState>;
  /** Updates a stack, and makes it first where it is not there. */
  update(stack: string): Promise<Changes>;
  /** Previews a stack that is there. */
  preview(stack: string): Promise<Changes>;
}
