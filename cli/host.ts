import { isRecord, stringAt } from '../constructs/core/json';

/** Somewhere to write text to. */
export interface Stream {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  /** Width in characters. */
  readonly columns?: number;
}

/** The world a command runs in; tests hand in their own. */
export interface Host {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdout: Stream;
  readonly stderr: Stream;
  /** The current date in UTC, `YYYY-MM-DD`. */
  readonly today: string;
}

/** The host of this process. */
export function processHost(): Host {
  const { stdout, stderr, env } = process;
  return { cwd: process.cwd(), env, stdout, stderr, today: new Date().toISOString().slice(0, 10) };
}

/** Whether a stream takes colour: a terminal, unless NO_COLOR (no-color.org) or a dumb terminal says otherwise. */
export function takesColour(stream: Stream, { env }: Host): boolean {
  const refused = env.NO_COLOR !== undefined && env.NO_COLOR !== '';
  return stream.isTTY === true && !refused && env.TERM !== 'dumb';
}

/** The `code` of an error of Node, such as `ENOENT`. */
export function errorCode(error: unknown): string | undefined {
  return stringAt(error, 'code');
}

/** Whether a thrown value is Commander's way to stop: after help, or over a mistake on the command line. */
export function isCommanderError(error: unknown): error is Error & { code: string; exitCode: number } {
  return error instanceof Error && isRecord(error) && error.name === 'CommanderError' && 'exitCode' in error;
}
