import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { main } from '../../cli/main';
import { PACKAGE_ROOT } from '../../stacks/synth/fingerprint';

// The first use of a command loads its libraries, which takes its time on a busy machine.
jest.setTimeout(60_000);

/** The day on which all tests of the command line take place. */
export const TODAY = '2026-11-22';

/** What a run of `drun` gave. */
export interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** How to run. */
export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Whether both streams are terminals. */
  readonly tty?: boolean;
}

/** Runs a command line in this process, which saves the start of Node. */
export async function drun(
  args: readonly string[],
  { cwd = PACKAGE_ROOT, env = {}, tty = false }: RunOptions = {},
): Promise<Ran> {
  const out: string[] = [];
  const err: string[] = [];
  const stream = (texts: string[]) => ({ write: (text: string) => texts.push(text), isTTY: tty, columns: 100 });
  const code = await main(args, { cwd, env, stdout: stream(out), stderr: stream(err), today: TODAY });
  return { code, out: out.join(''), err: err.join('') };
}

/** Runs the real program in a process of its own, not at a terminal. */
export function spawnDrun(args: readonly string[], { cwd = PACKAGE_ROOT, env = {} }: RunOptions = {}): Ran {
  const bin = join(PACKAGE_ROOT, 'bin', 'drun.js');
  const { status, stdout, stderr } = spawnSync(process.execPath, [bin, ...args], {
    cwd,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...env },
    encoding: 'utf8',
  });
  return { code: status, out: stdout, err: stderr };
}
