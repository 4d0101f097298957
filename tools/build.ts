import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { lock } from 'proper-lockfile';
import { stringAt } from '../constructs/core/json';
import { toolError } from './problem';
import { cachedTool, type Source, saidVersion, type Tool, type Wanted } from './tool';

/** What is going on while tools are built. */
export type BuildEvent =
  | { readonly waiting: string }
  | { readonly started: string; readonly programs: readonly string[] }
  | { readonly step: string; readonly said: string }
  | { readonly ended: string; readonly seconds: number; readonly failed: boolean };

/** Told what is going on. */
export type OnBuild = (event: BuildEvent) => void;

/** Where the programs of a module are made. */
export interface Workshop<W extends Wanted> {
  /** Name of the module's folder. */
  readonly module: string;
  readonly cache: string;
  readonly source: Pick<Source<W>, 'make'>;
  readonly on: OnBuild;
}

/**
 * Makes programs of one module. Two runs at once do not disturb each other: one builds and the other waits, and a program
 * appears in the cache whole or not at all. Throws a `ProblemError` that says what was refused.
 */
export async function buildModule<W extends Wanted>(shop: Workshop<W>, wanted: readonly W[]): Promise<Tool[]> {
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

async function buildInto<W extends Wanted>(shop: Workshop<W>, missing: readonly W[]): Promise<void> {
  const { module, cache } = shop;
  const prefix = `.building-${module}.`;
  // Whoever holds the lock is alone: such folders are what killed runs left behind.
  for (const left of readdirSync(cache).filter((name) => name.startsWith(prefix)))
    rmSync(join(cache, left), { recursive: true, force: true });
  const folder = mkdtempSync(join(cache, prefix));
  try {
    await shop.source.make(folder, missing);
    for (const one of missing) await keep(folder, one);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
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
