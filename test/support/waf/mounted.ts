import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { listAt, recordAt, stringAt, valueAt } from '../../../constructs/core/json';
import type { Manifest } from '../../../constructs/core/manifest';
import { toolPath } from '../../../tools/provide';
import { type Ended, run } from '../../../tools/run';

/** The firewall of an edge as its pod finds it: the arguments of its container, and files where these point to. */
export interface MountedWaf {
  /** The arguments, with the files below a folder of this machine. */
  readonly args: readonly string[];
  /** The container itself, as it was synthesized. */
  readonly container: unknown;
  /** Where what is mounted at a path lies. */
  readonly at: (path: string) => string;
  /** Files of tenants, by name; with `change` they are what lies there. */
  readonly tenants: Readonly<Record<string, string>>;
  readonly remove: () => void;
}

/** What the program is given beside what is synthesized. */
export interface MountOptions {
  /** Other files of tenants than those that are synthesized. */
  readonly tenants?: Readonly<Record<string, string>>;
  /** The platform's file as it would be, had somebody changed it. */
  readonly platform?: (text: string) => string;
}

const FOLDER = '/etc/waf/tenants';

/** Puts the ConfigMaps that belong to a firewall where its containers would find them. */
export function mountWaf(objects: readonly Manifest[], options: MountOptions = {}): MountedWaf {
  const root = mkdtempSync(join(tmpdir(), 'drun-waf-'));
  const at = (path: string) => join(root, path);
  const pod = valueAt(named(objects, 'Deployment', 'waf'), 'spec', 'template', 'spec');
  const [container] = listAt(pod, 'containers').filter((one) => stringAt(one, 'name') === 'waf');
  for (const volume of listAt(pod, 'volumes')) {
    const map = stringAt(volume, 'configMap', 'name');
    if (map === undefined) continue;
    const files = Object.entries(filesOf(named(objects, 'ConfigMap', map)));
    const write = options.platform ?? ((text: string) => text);
    files.map(([name, text]) => put(at(mountPath(container, stringAt(volume, 'name'))), name, write(text)));
  }
  const tenants = options.tenants ?? tenantFiles(objects);
  mkdirSync(at(FOLDER), { recursive: true });
  Object.entries(tenants).map(([name, text]) => put(at(FOLDER), name, text));
  const given = listAt(container, 'args').map((one) => String(one).replace('=/', `=${root}/`));
  const carried = given.some((one) => one.startsWith('--tenants='));
  // Where no image carries them, they are still what it would take.
  const args = carried ? given : [...given, `--tenants=${at(FOLDER)}`];
  return { args, container, at, tenants, remove: () => rmSync(root, { recursive: true, force: true }) };
}

/** What the program says of the files: it reads them all, compiles the rules, and ends. */
export async function checkWaf(objects: readonly Manifest[], options: MountOptions = {}): Promise<Ended> {
  const mounted = mountWaf(objects, options);
  try {
    return await run(await toolPath('waf'), ['--check', ...mounted.args]);
  } finally {
    mounted.remove();
  }
}

/** A firewall that runs with the arguments of its container, but for its addresses. */
export interface RunningWaf {
  /** What its administration answers at a path. */
  readonly get: (path: string) => Promise<{ readonly status: number; readonly text: string }>;
  readonly stop: () => Promise<void>;
}

/** Starts it; throws where it ends before it is ready. */
export async function startWaf(mounted: MountedWaf): Promise<RunningWaf> {
  const free = ['--listen=127.0.0.1:0', '--admin=127.0.0.1:0', '--reload=50ms'];
  const child = spawn(await toolPath('waf'), [...mounted.args, ...free], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const stop = async () => {
    child.kill('SIGTERM');
    await ended;
  };
  for await (const line of createInterface(child.stdout)) {
    const admin = stringAt(JSON.parse(line), 'admin');
    if (admin === undefined) continue;
    child.stdout.resume();
    const get = async (path: string) => {
      const answer = await fetch(`http://${admin}${path}`);
      return { status: answer.status, text: await answer.text() };
    };
    return { get, stop };
  }
  throw new Error('the firewall ended before it was ready');
}

/** Files of tenants as what carries ConfigMaps finds them: by their label. */
export function tenantFiles(objects: readonly Manifest[]): Readonly<Record<string, string>> {
  const labelled = objects.filter(({ kind, metadata }) => {
    return kind === 'ConfigMap' && metadata.labels?.['drun.io/waf-routes'] === 'true';
  });
  return Object.fromEntries(labelled.flatMap((one) => Object.entries(filesOf(one))));
}

function filesOf(map: unknown): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(recordAt(map, 'data')).map(([name, text]) => [name, String(text)]));
}

function named(objects: readonly Manifest[], kind: string, name: string): Manifest {
  const found = objects.find((one) => {
    return one.kind === kind && one.metadata.name === name && one.metadata.namespace === 'drun-ingress';
  });
  if (found === undefined) throw new Error(`no ${kind} ${name}`);
  return found;
}

function mountPath(container: unknown, volume: string | undefined): string {
  const mount = listAt(container, 'volumeMounts').find((one) => stringAt(one, 'name') === volume);
  return stringAt(mount, 'mountPath') ?? 'nowhere';
}

function put(folder: string, name: string, text: string): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, name), text);
}
