import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { newFolder, writePrivate } from '../../../cluster/local/host-root';
import { listAt, recordAt, stringAt } from '../../../constructs/core/json';
import { leavesOf, manifestsOf } from '../../../constructs/core/leaves';
import { SNAPSHOTS } from '../../../constructs/vault/vault-names';
import { planInputs } from '../../../stacks/load';
import { buildTree } from '../../../stacks/tree';
import { toolPath } from '../../../tools/provide';
import { vaulted } from './environment';

/** Container of the job, by its name. */
export type Container = 'take' | 'first-region' | 'second-region';

/** How a container ended. */
export interface Ended {
  readonly code: number | null;
  readonly text: string;
}

/** The pod of the job as the tree has it, run as processes: same scripts, same variables, folders of this machine. */
export interface SnapshotPod {
  /** Folder that the containers share. */
  readonly snapshots: string;
  run(name: Container, more: Readonly<Record<string, string>>): Promise<Ended>;
}

/** The tokens that a kubelet would put into the pod. */
export interface PodTokens {
  readonly vault: string;
  readonly cloud: string;
}

/** Lays out a pod. `path` comes before the tools: what is there is run instead of them. */
export async function snapshotPod(
  tokens: PodTokens,
  authority: string,
  path: readonly string[] = [],
): Promise<SnapshotPod> {
  const root = newFolder();
  const at = (folder: string) => join(root, folder);
  for (const [folder, file, text] of [
    ['/var/run/drun/vault', 'token', tokens.vault],
    ['/var/run/drun/cloud', 'token', tokens.cloud],
    ['/var/run/drun/vault-ca', 'ca.crt', authority],
  ] as const) {
    mkdirSync(at(folder), { recursive: true });
    writePrivate(join(at(folder), file), text);
  }
  mkdirSync(at('/snapshots'), { mode: 0o700 });
  const tools = [dirname(await toolPath('vault')), dirname(await toolPath('rclone'))];
  const PATH = [...path, ...tools, process.env.PATH ?? ''].join(delimiter);
  const containers = containersOf();
  return {
    snapshots: at('/snapshots'),
    run: (name, more) => {
      const container = recordAt(containers.find((one) => stringAt(one, 'name') === name));
      const env = Object.fromEntries(
        listAt(container, 'env').map((one) => {
          const value = stringAt(one, 'value') ?? '';
          return [stringAt(one, 'name') ?? '', /^\/(snapshots|var\/)/.test(value) ? at(value) : value];
        }),
      );
      return ended(listAt(container, 'command').map(String), { PATH, ...env, ...more });
    },
  };
}

function containersOf(): readonly unknown[] {
  const objects = leavesOf(buildTree(planInputs(vaulted(false), []))).flatMap(manifestsOf);
  const job = objects.find(({ kind, metadata }) => kind === 'CronJob' && metadata.name === SNAPSHOTS);
  const pod = recordAt(job, 'spec', 'jobTemplate', 'spec', 'template', 'spec');
  return [...listAt(pod, 'initContainers'), ...listAt(pod, 'containers')];
}

function ended([program = '', ...args]: readonly string[], env: Readonly<Record<string, string>>): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    let text = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (piece) => (text += piece));
    child.on('error', reject).on('close', (code) => resolve({ code, text }));
  });
}
