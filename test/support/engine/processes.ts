import { run } from '../../../tools/run';

/** A process below another one. */
export interface Below {
  readonly pid: number;
  readonly command: string;
}

/** All processes below a process, whichever process group they moved to: an engine gives its plugins one of their own. */
export async function processesBelow(pid: number): Promise<readonly Below[]> {
  const { stdout } = await run('ps', ['-A', '-o', 'pid=,ppid=,args=']);
  const all = stdout.split('\n').flatMap((line) => {
    const [, own, parent, command = ''] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
    return own === undefined ? [] : [{ pid: Number(own), parent: Number(parent), command }];
  });
  const found: Below[] = [];
  let above = new Set([pid]);
  while (above.size > 0) {
    const next = all.filter(({ parent }) => above.has(parent));
    found.push(...next);
    above = new Set(next.map((one) => one.pid));
  }
  return found;
}

/** Ends processes as a machine does that loses power: no handler runs. Those that are gone already are gone. */
export function killAll(pids: readonly number[]): void {
  for (const pid of pids) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {}
  }
}
