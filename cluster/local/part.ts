import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { localError } from './problem';

/** Name of a program of a control plane. */
export type PartName = 'local-kms' | 'etcd' | 'kube-apiserver' | 'kube-controller-manager' | 'kube-scheduler';

/** One program, of a control plane unless said otherwise, and how to tell that it works. */
export interface PartProps<Name extends string = PartName> {
  readonly name: Name;
  readonly program: string;
  readonly args: readonly string[];
  /** Variables besides those of this process. */
  readonly env?: Readonly<Record<string, string>>;
  /** File that its output is appended to. */
  readonly log: string;
  /** Whether it does its work. */
  readonly isReady: () => Promise<boolean>;
}

/** Kills a process once the end of its standard input says that the parent is gone, however it went. */
const LEASH = 'read -r _; kill -KILL "$1" 2>/dev/null';

const READY_WITHIN_MS = 120_000;
const STOP_WITHIN_MS = 10_000;

/** A running program: started, watched, killed and started again. */
export class Part<Name extends string = PartName> {
  readonly name: Name;
  private running:
    | { readonly child: ChildProcess; readonly leash: ChildProcess; readonly gone: Promise<void> }
    | undefined;

  constructor(readonly props: PartProps<Name>) {
    this.name = props.name;
  }

  /** Process id while it runs. */
  get pid(): number | undefined {
    return this.running?.child.pid;
  }

  /** Starts it and waits until it works. Throws a `ProblemError` (LC002) with the end of its log where it does not. */
  async start(): Promise<void> {
    if (this.running === undefined) this.launch();
    const until = performance.now() + READY_WITHIN_MS;
    for (let pause = 20; !(await this.props.isReady()); pause = Math.min(pause * 1.5, 250)) {
      if (this.running === undefined || performance.now() > until) throw this.failure();
      await sleep(pause);
    }
  }

  /** Asks it to end, and makes it end after ten seconds. */
  async stop(): Promise<void> {
    const { running } = this;
    if (running === undefined) return;
    running.child.kill('SIGTERM');
    const late = new AbortController();
    const force = sleep(STOP_WITHIN_MS, undefined, { signal: late.signal }).then(
      () => running.child.kill('SIGKILL'),
      () => false,
    );
    await running.gone;
    late.abort();
    await force;
  }

  /** Ends it at once, as a crash would. */
  async kill(): Promise<void> {
    const { running } = this;
    if (running === undefined) return;
    running.child.kill('SIGKILL');
    await running.gone;
  }

  private launch(): void {
    const { program, args, env, log } = this.props;
    const out = openSync(log, 'a', 0o600);
    // A session of its own: Ctrl-C reaches the one who started it, and that one ends the parts in order.
    const child = spawn(program, args, {
      stdio: ['ignore', out, out],
      detached: true,
      env: { ...process.env, ...env },
    });
    closeSync(out);
    const leash = spawn('sh', ['-c', LEASH, 'leash', String(child.pid)], {
      stdio: ['pipe', 'ignore', 'ignore'],
      detached: true,
    });
    const gone = new Promise<void>((resolve) => {
      const ended = () => {
        leash.kill('SIGKILL');
        this.running = undefined;
        resolve();
      };
      child.once('exit', ended);
      child.once('error', ended);
    });
    // A leash that ends by itself is noticed at the next fault trial, not as an error of this process.
    leash.on('error', () => undefined);
    leash.stdin.on('error', () => undefined);
    this.running = { child, leash, gone };
  }

  private failure(): Error {
    const said = readFileSync(this.props.log, 'utf8').trimEnd().split('\n').slice(-5).join(' | ');
    const given =
      this.running === undefined ? 'a part that ended' : `a part that is not ready after ${READY_WITHIN_MS / 1000} s`;
    return localError('LC002', this.props.log, `${given}: ${said.slice(-1500)}`, `${this.name} at work`);
  }
}
