import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { PACKAGE_ROOT } from '../../../stacks/synth/fingerprint';
import type { ToolName } from '../../../tools/catalog';
import { provideTools } from '../../../tools/provide';
import { type Ended, run } from '../../../tools/run';

/** What the cases with the engine need. */
export const ENGINE: readonly ToolName[] = ['pulumi', 'pulumi-language-nodejs', 'pulumi-resource-kubernetes'];

/** A checkout of this project as a user has it after `npm ci`, with a state and plugins of its own. */
export interface Checkout {
  readonly folder: string;
  /** Folder of the backend: one file for each stack, and what is behind it. */
  readonly state: string;
  readonly env: Readonly<Record<string, string>>;
  pulumi(...args: readonly string[]): Promise<Ended>;
  drun(...args: readonly string[]): Promise<Ended>;
  /** Starts the engine and does not wait for it. */
  start(...args: readonly string[]): ChildProcess;
}

/** An engine that waits for ever is ended, so that what it said is seen: its plugin was once seen to stop half-way. */
const LONGEST_MS = 480_000;

/** Everything of the package that a deployment reads. */
const PARTS = [
  'bin',
  'Pulumi.yaml',
  'package.json',
  'stacks/environments',
  ...['analysis', 'charts', 'cli', 'cluster', 'constructs', 'stacks', 'tools'].map((name) => `lib/${name}`),
];

/**
 * Makes a checkout whose engine reaches clusters by the kubeconfigs given. Plugins are those of the tools, found on the PATH;
 * none is ever downloaded. `env` says more, such as how the web is reached.
 */
export async function checkOut(
  kubeconfigs: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Checkout> {
  const root = mkdtempSync(join(tmpdir(), 'drun-engine-'));
  const [folder, state, home] = ['checkout', 'state', 'home'].map((name) => join(root, name));
  if (folder === undefined || state === undefined || home === undefined) throw new Error('no folders');
  for (const one of [folder, state, home]) mkdirSync(one);
  for (const part of PARTS) cpSync(join(PACKAGE_ROOT, part), join(folder, part), { recursive: true });
  symlinkSync(join(PACKAGE_ROOT, 'node_modules'), join(folder, 'node_modules'));
  const tools = await provideTools(ENGINE, { build: false });
  const all = {
    PATH: [...[...tools.values()].map(({ path }) => dirname(path)), process.env.PATH ?? ''].join(delimiter),
    HOME: home,
    PULUMI_HOME: join(home, '.pulumi'),
    // Without it each file has a second one beside it, and an engine that dies between the two leaves a state that cannot be read.
    PULUMI_BACKEND_URL: `file://${state}?metadata=skip`,
    PULUMI_CONFIG_PASSPHRASE: PASSPHRASE,
    PULUMI_SKIP_UPDATE_CHECK: 'true',
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: 'true',
    KUBECONFIG: kubeconfigs.join(delimiter),
    ...env,
  };
  const options = { cwd: folder, env: all };
  return {
    folder,
    state,
    env: all,
    pulumi: (...args) => run('pulumi', [...args, '--non-interactive'], { ...options, timeout: LONGEST_MS }),
    drun: (...args) => run(process.execPath, [join(folder, 'bin', 'drun.js'), ...args], options),
    start: (...args) => spawn('pulumi', [...args, '--non-interactive'], { ...options, stdio: 'ignore' }),
  };
}

/** What seals the secrets of the state: it must be found nowhere. */
export const PASSPHRASE = 'drun-canary-passphrase-7f3a91';
