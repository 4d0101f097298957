import type { Problem } from '../constructs/core/problem';
import type { ExitCode } from './exit';
import type { Host } from './host';
import type { Paint } from './text/paint';

/** What a command hands back; only the edge writes it out. */
export interface CommandResult {
  readonly exit: ExitCode;
  /** Fields of the JSON document besides `ok`, `command` and `problems`. */
  readonly json: Readonly<Record<string, unknown>>;
  /** Text for standard output; called only where no JSON was asked for. */
  readonly text: (paint: Paint) => string;
  /** Mistakes in the input or on the command line: they go to standard error, and into the JSON document. */
  readonly mistakes?: readonly Problem[];
  /** What rules and proofs found: the text tells them, and the JSON document lists them. */
  readonly findings?: readonly Problem[];
}

/** Shows what is going on, on a terminal only. */
export type Progress = (what: string) => void;

/** What a command is given besides its own arguments. */
export interface Context {
  readonly host: Host;
  readonly progress: Progress;
}

/** A command's implementation; loaded only when the command runs. */
export type Run<Flags> = (flags: Flags, context: Context) => CommandResult | Promise<CommandResult>;
