import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Program } from './catalog';
import { type Env, isProgram, standingPrograms } from './place';
import { run } from './run';

/** A program that is ready to run. */
export interface Tool {
  readonly name: string;
  /** Absent where the program is our own. */
  readonly version?: string;
  readonly path: string;
  /** `cache`: built earlier; `found`: of that version on the PATH or in DRUN_TOOLS; `built`: just now. */
  readonly from: 'cache' | 'found' | 'built';
}

/** A program that is wanted. */
export interface Wanted<P extends Program = Program> {
  readonly program: P;
  readonly version: string | undefined;
  /** Folder that holds it once it is made; named after everything that goes into it. */
  readonly entry: string;
}

/** Where programs of one module come from. */
export interface Source<W extends Wanted = Wanted> {
  /** What is wanted; empty where it cannot be known, because what would make it is not there. */
  readonly wanted: readonly W[];
  /** Pinned version of each program that has one, by name. */
  readonly versions: ReadonlyMap<string, string>;
  /** Throws a `ProblemError` where nothing can be made here, before anything is tried. */
  readonly ready: () => Promise<void>;
  /** Makes the programs, each as a file of its name in the folder. Throws a `ProblemError`. */
  readonly make: (folder: string, missing: readonly W[]) => Promise<void>;
}

/** Name of the folder in the cache for a program that these inputs make. */
export function entryOf(cache: string, name: string, version: string | undefined, inputs: readonly unknown[]): string {
  const key = createHash('sha256').update(JSON.stringify(inputs)).digest('hex').slice(0, 16);
  return join(cache, [name, ...(version === undefined ? [] : [version]), key].join('-'));
}

/** The program that was built earlier. */
export function cachedTool({ program, version, entry }: Wanted): Tool | undefined {
  const path = join(entry, program.name);
  if (!isProgram(path)) return undefined;
  return { name: program.name, path, from: 'cache', ...(version === undefined ? {} : { version }) };
}

/** A program of the wanted version that somebody else put on the PATH or into DRUN_TOOLS: each is asked, in order. */
export async function standingTool(program: Program, version: string | undefined, env: Env): Promise<Tool | undefined> {
  if (version === undefined) return undefined;
  for (const path of standingPrograms(program.name, env)) {
    if ((await saidVersion(program, path)) === version) return { name: program.name, version, path, from: 'found' };
  }
  return undefined;
}

/** What a program says its version is; undefined where it says none, or cannot be asked. */
export async function saidVersion({ ask }: Program, path: string): Promise<string | undefined> {
  if (ask === undefined) return undefined;
  const { stdout, stderr } = await run(path, ask.args, { timeout: 20_000 });
  return ask.answer.exec(`${stdout}\n${stderr}`)?.[1];
}
