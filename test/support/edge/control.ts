import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { recordAt, stringAt } from '../../../constructs/core/json';
import { type Running, startTogether } from './running';

/** A running control plane, or what stands beside one. */
export interface Control {
  /** Kinds of which it ignored objects, with how many. */
  readonly ignored: Readonly<Record<string, unknown>>;
  readonly log: () => string;
  readonly stop: () => Promise<void>;
}

/**
 * Settings of istiod that the lab needs: Envoy as its makers release it knows none of the three filters that Istio adds to its
 * own, and the lab signs certificates itself. Ambient is on, as in the platform's own installation.
 */
const SETTINGS = {
  PILOT_ENABLE_METADATA_EXCHANGE: 'false',
  PILOT_ENABLE_ALPN_FILTER: 'false',
  ENABLE_CA_SERVER: 'false',
  PILOT_CERT_PROVIDER: 'none',
  PILOT_ENABLE_AMBIENT: 'true',
} as const;

/** Starts Istio's control plane on a folder and waits until it serves. Throws with its log where it does not. */
export function startControl(program: string, folder: string): Promise<Control> {
  return startHelper(program, ['--folder', folder], join(folder, 'control.log'));
}

/** Starts what stands in for a web application firewall. */
export function startJudge(program: string, address: string, folder: string): Promise<Control> {
  return startHelper(program, ['--ext-proc', address], join(folder, 'judge.log'));
}

function startHelper(program: string, args: readonly string[], log: string): Promise<Control> {
  return startTogether((running) => start(running, program, args, log));
}

async function start(running: Running, program: string, args: readonly string[], log: string) {
  const out = openSync(log, 'a', 0o600);
  const child = spawn(program, [...args], {
    stdio: ['pipe', 'pipe', out],
    detached: true,
    env: { ...process.env, ...SETTINGS },
  });
  closeSync(out);
  const read = () => readFileSync(log, 'utf8');
  const gone = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  await running.ends(async () => {
    child.stdin?.end();
    await gone;
  });
  const line = await Promise.race([firstLine(child), gone]);
  if (line === undefined) throw new Error(`${args[0]} ended: ${lastLines(read())}`);
  return { ignored: recordAt(line, 'ignored'), log: read };
}

function firstLine({ stdout }: ChildProcess): Promise<unknown> {
  return new Promise((resolve) => {
    let text = '';
    stdout?.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      const [line, rest] = text.split('\n');
      if (rest === undefined) return;
      const said: unknown = JSON.parse(line ?? '');
      if (stringAt(said, 'address') !== undefined) resolve(said);
    });
  });
}

/** The end of a log. */
export function lastLines(text: string, many = 12): string {
  return text.trimEnd().split('\n').slice(-many).join('\n');
}
