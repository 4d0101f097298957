import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { GoProgram } from './catalog';
import { type GoModule, linkerFlags, versionOf } from './module';
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

/** A program that is wanted, with everything that decides whether another one is the same. */
export interface Wanted {
  readonly program: GoProgram;
  readonly module: GoModule;
  readonly version: string | undefined;
  readonly flags: string;
  /** Folder that holds it once it is built; named after everything that goes into it. */
  readonly entry: string;
}

/** What is wanted, for the Go that would build it. */
export function wantedOf(program: GoProgram, module: GoModule, go: string, cache: string): Wanted {
  const version = versionOf(program, module);
  const flags = linkerFlags(program, version);
  const { builds, embeds } = program;
  const inputs = [
    builds,
    flags,
    go,
    process.platform,
    process.arch,
    module.hash,
    ...(embeds === undefined ? [] : [embeds]),
  ];
  const key = createHash('sha256').update(JSON.stringify(inputs)).digest('hex').slice(0, 16);
  const entry = join(cache, [program.name, ...(version === undefined ? [] : [version]), key].join('-'));
  return { program, module, version, flags, entry };
}

/** The program that was built earlier. */
export function cachedTool({ program, version, entry }: Wanted): Tool | undefined {
  const path = join(entry, program.name);
  if (!isProgram(path)) return undefined;
  return { name: program.name, path, from: 'cache', ...(version === undefined ? {} : { version }) };
}

/** A program of the wanted version that somebody else put on the PATH or into DRUN_TOOLS: each is asked, in order. */
export async function standingTool(
  program: GoProgram,
  version: string | undefined,
  env: Env,
): Promise<Tool | undefined> {
  if (version === undefined) return undefined;
  for (const path of standingPrograms(program.name, env)) {
    if ((await saidVersion(program, path)) === version) return { name: program.name, version, path, from: 'found' };
  }
  return undefined;
}

/** What a program says its version is; undefined where it says none, or cannot be asked. */
export async function saidVersion({ ask }: GoProgram, path: string): Promise<string | undefined> {
  if (ask === undefined) return undefined;
  const { stdout, stderr } = await run(path, ask.args, { timeout: 20_000 });
  return ask.answer.exec(`${stdout}\n${stderr}`)?.[1];
}
