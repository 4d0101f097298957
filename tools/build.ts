import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { lock } from 'proper-lockfile';
import { stringAt } from '../constructs/core/json';
import { goFailure } from './go';
import { groupBy } from './group';
import type { Env } from './place';
import { toolError } from './problem';
import { publishedModules } from './published';
import { run } from './run';
import { cachedTool, saidVersion, type Tool, type Wanted } from './tool';

/** What is going on while tools are built. */
export type BuildEvent =
  | { readonly waiting: string }
  | { readonly started: string; readonly programs: readonly string[] }
  | { readonly step: string; readonly said: string }
  | { readonly ended: string; readonly seconds: number; readonly failed: boolean };

/** Told what is going on. */
export type OnBuild = (event: BuildEvent) => void;

/** Where a module is built. */
export interface Workshop {
  /** Name of the module's folder. */
  readonly module: string;
  readonly cache: string;
  readonly env: Env;
  readonly on: OnBuild;
}

/**
 * Builds programs of one module. Two runs at once do not disturb each other: one builds and the other waits, and a program
 * appears in the cache whole or not at all. Throws a `ProblemError` that says what was refused.
 */
export async function buildModule(shop: Workshop, wanted: readonly Wanted[]): Promise<Tool[]> {
  const { module, cache, on } = shop;
  mkdirSync(cache, { recursive: true });
  const release = await locked(join(cache, `${module}.lock`), () => on({ waiting: module }));
  try {
    const missing = wanted.filter((one) => cachedTool(one) === undefined);
    if (missing.length > 0) await reported(module, missing, on, () => buildInto(shop, missing));
    const built = new Set(missing.map(({ program }) => program.name));
    return wanted.flatMap((one) => {
      const tool = cachedTool(one);
      return tool === undefined ? [] : [built.has(tool.name) ? { ...tool, from: 'built' as const } : tool];
    });
  } finally {
    await release();
  }
}

/** A lock that a killed run does not keep: it counts for nothing once nobody has renewed it for half a minute. */
async function locked(path: string, onWait: () => void): Promise<() => Promise<void>> {
  const options = { realpath: false, lockfilePath: path, stale: 30_000, update: 5_000, onCompromised: () => undefined };
  try {
    return unlocking(await lock(path, { ...options, retries: 0 }));
  } catch (error) {
    if (stringAt(error, 'code') !== 'ELOCKED') throw error;
    onWait();
    return unlocking(await lock(path, { ...options, retries: { forever: true, minTimeout: 200, maxTimeout: 2_000 } }));
  }
}

/** A lock that somebody else took over in the meantime is not an error: what was built stands or falls by its rename. */
function unlocking(release: () => Promise<void>): () => Promise<void> {
  return () => release().catch(() => undefined);
}

async function reported(module: string, missing: readonly Wanted[], on: OnBuild, work: () => Promise<void>) {
  const start = performance.now();
  const ended = (failed: boolean) => on({ ended: module, seconds: (performance.now() - start) / 1000, failed });
  on({ started: module, programs: missing.map(({ program }) => program.name) });
  try {
    await work();
  } catch (error) {
    ended(true);
    throw error;
  }
  ended(false);
}

async function buildInto(shop: Workshop, missing: readonly Wanted[]): Promise<void> {
  const { module, cache } = shop;
  const prefix = `.building-${module}.`;
  // Whoever holds the lock is alone: such folders are what killed runs left behind.
  for (const left of readdirSync(cache).filter((name) => name.startsWith(prefix)))
    rmSync(join(cache, left), { recursive: true, force: true });
  const folder = mkdtempSync(join(cache, prefix));
  try {
    for (const [flags, same] of groupBy(missing, (one) => one.flags)) await compile(shop, folder, flags, same);
    for (const one of missing) await keep(folder, one);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** One `go build` for all programs that share flags: what they have in common is compiled once. */
async function compile({ env, on }: Workshop, folder: string, flags: string, wanted: readonly Wanted[]): Promise<void> {
  const [first] = wanted;
  if (first === undefined) return;
  const { module, program } = first;
  const out = program.builds === '.' ? join(folder, program.name) : `${folder}/`;
  const laid = program.embeds === undefined ? [] : [`-overlay=${await overlay(folder, first, env)}`];
  const fixed = [
    'build',
    '-v',
    '-mod=readonly',
    '-trimpath',
    '-buildvcs=false',
    ...laid,
    `-ldflags=${flags}`,
    '-o',
    out,
  ];
  const ended = await run('go', [...fixed, ...wanted.map((one) => one.program.builds)], {
    cwd: module.folder,
    env: { ...env, GOWORK: 'off' },
    onLine: (said) => on({ step: program.module, said }),
  });
  if (ended.code !== 0) throw goFailure(`tools/${program.module}`, ended);
}

/** Go lets files lie over a folder of ours, and never over one of its module cache. */
async function overlay(folder: string, { module, program: { embeds } }: Wanted, env: Env): Promise<string> {
  const from = embeds === undefined ? undefined : (await publishedModules(module, env)).get(embeds.from);
  if (embeds === undefined || from === undefined)
    throw toolError('TL005', module.folder, 'files of a module that it does not require', 'a module of its go.mod');
  const laid = embeds.files.map((file) => [join(module.folder, file), join(from, embeds.folder, file)]);
  const path = join(folder, 'overlay.json');
  writeFileSync(path, JSON.stringify({ Replace: Object.fromEntries(laid) }));
  return path;
}

/** Moves a program into the cache, after it has said what it is. */
async function keep(folder: string, { program, version, entry }: Wanted): Promise<void> {
  const path = join(folder, program.name);
  const said = program.ask === undefined ? version : await saidVersion(program, path);
  if (said !== version) throw toolError('TL005', program.name, `a program of version ${said}`, `version ${version}`);
  const staged = join(folder, `${program.name}.entry`);
  mkdirSync(staged);
  renameSync(path, join(staged, program.name));
  if (!existsSync(entry)) renameSync(staged, entry);
}
