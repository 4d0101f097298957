import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ProblemError } from '../constructs/core/problem';
import type { OnBuild } from './build';
import type { EmbeddedFiles, GoProgram } from './catalog';
import { goFailure, goVersion } from './go';
import { groupBy } from './group';
import { type GoModule, linkerFlags, readModule, versionOf } from './module';
import type { Env } from './place';
import { toolError } from './problem';
import { publishedModules } from './published';
import { run } from './run';
import { entryOf, type Source, type Wanted } from './tool';

/** A program that Go builds, with everything that decides whether another one is the same. */
export interface GoWanted extends Wanted<GoProgram> {
  readonly module: GoModule;
  readonly flags: string;
}

/** What a source is made from. */
export interface SourceOptions {
  /** Folder of the pinned modules. */
  readonly root: string;
  readonly cache: string;
  readonly env: Env;
  readonly on: OnBuild;
}

/** Programs of one pinned Go module. */
export async function goSource(
  name: string,
  programs: readonly GoProgram[],
  options: SourceOptions,
): Promise<Source<GoWanted>> {
  const { root, cache, env, on } = options;
  const module = readModule(name, root, programs[0]?.folder);
  const go = await tried(() => goVersion(module, env));
  return {
    wanted: 'value' in go ? programs.map((program) => wantedOf(program, module, go.value, cache)) : [],
    versions: new Map(
      programs.flatMap((program): (readonly [string, string])[] => {
        const version = versionOf(program, module);
        return version === undefined ? [] : [[program.name, version]];
      }),
    ),
    ready: async () => {
      if (!('value' in go)) throw go.error;
    },
    make: async (folder, missing) => {
      for (const [, same] of groupBy(missing, sharedBuild)) await compile(folder, same, env, on);
    },
  };
}

/** What is wanted, for the Go that would build it. */
function wantedOf(program: GoProgram, module: GoModule, go: string, cache: string): GoWanted {
  const version = versionOf(program, module);
  const flags = linkerFlags(program, version);
  const more = [program.tags, program.embeds].filter((one) => one !== undefined);
  const inputs = [program.builds, flags, go, process.platform, process.arch, module.hash, ...more];
  return { program, module, version, flags, entry: entryOf(cache, program.name, version, inputs) };
}

/** Programs of one build share flags and tags; a module's own main package is named after the program, so it is built alone. */
function sharedBuild({ program, flags }: GoWanted): string {
  return JSON.stringify([flags, program.tags, program.builds === '.' ? program.name : undefined]);
}

/** One `go build` for all programs that share flags: what they have in common is compiled once. */
async function compile(folder: string, wanted: readonly GoWanted[], env: Env, on: OnBuild): Promise<void> {
  const [first] = wanted;
  if (first === undefined) return;
  const { module, program, flags } = first;
  const out = program.builds === '.' ? join(folder, program.name) : `${folder}/`;
  const tags = program.tags === undefined ? [] : [`-tags=${program.tags.join(',')}`];
  const laid = program.embeds === undefined ? [] : [`-overlay=${await overlay(folder, module, program.embeds, env)}`];
  const fixed = ['build', '-v', '-mod=readonly', '-trimpath', '-buildvcs=false', ...tags, ...laid, `-ldflags=${flags}`];
  const ended = await run('go', [...fixed, '-o', out, ...wanted.map((one) => one.program.builds)], {
    cwd: module.folder,
    env: { ...env, GOWORK: 'off' },
    onLine: (said) => on({ step: program.module, said }),
  });
  if (ended.code !== 0) throw goFailure(program.folder ?? `tools/${program.module}`, ended);
}

/** Go lets files lie over a folder of ours, and never over one of its module cache. */
async function overlay(folder: string, module: GoModule, embeds: EmbeddedFiles, env: Env): Promise<string> {
  const from = (await publishedModules(module, env)).get(embeds.from);
  if (from === undefined)
    throw toolError('TL005', module.folder, 'files of a module that it does not require', 'a module of its go.mod');
  const laid = embeds.files.map((file) => [join(module.folder, file), join(from, embeds.folder, file)]);
  const path = join(folder, 'overlay.json');
  writeFileSync(path, JSON.stringify({ Replace: Object.fromEntries(laid) }));
  return path;
}

async function tried<T>(work: () => Promise<T>): Promise<{ value: T } | { error: ProblemError }> {
  try {
    return { value: await work() };
  } catch (error) {
    if (error instanceof ProblemError) return { error };
    throw error;
  }
}
