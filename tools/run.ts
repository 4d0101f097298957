import { spawn } from 'node:child_process';
import type { Env } from './place';

/** What a program said before it ended. */
export interface Ended {
  /** Exit code; null where a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  /** The end of what it wrote to standard error: a compiler may say more than anybody reads. */
  readonly stderr: string;
  /** It could not be started at all, such as `ENOENT`. */
  readonly refused?: string;
}

/** How to run a program. */
export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Env;
  /** Told each line of standard error as it comes. */
  readonly onLine?: (line: string) => void;
  /** It is ended after so many milliseconds. @default - it may take as long as it takes */
  readonly timeout?: number;
}

const KEPT = 100_000;

/** Runs a program to its end. Never throws: how it ended is the answer. */
export function run(program: string, args: readonly string[], options: RunOptions = {}): Promise<Ended> {
  const { cwd, env, onLine, timeout } = options;
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      killSignal: 'SIGKILL',
      ...(cwd === undefined ? {} : { cwd }),
      ...(env === undefined ? {} : { env: { ...env } }),
      ...(timeout === undefined ? {} : { timeout }),
    });
    let stdout = '';
    let stderr = '';
    let partial = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr = (stderr + text).slice(-KEPT);
      const lines = (partial + text).split('\n');
      partial = lines.pop() ?? '';
      for (const line of lines) onLine?.(line);
    });
    child.on('error', (error) => resolve({ code: null, stdout, stderr, refused: error.message }));
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
}
