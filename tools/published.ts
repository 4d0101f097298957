import { basename } from 'node:path';
import { isRecord, stringAt } from '../constructs/core/json';
import { PUBLISHED } from './catalog';
import { goFailure, goVersion } from './go';
import { type GoModule, readModule } from './module';
import type { Env } from './place';
import { type Ended, run } from './run';

/**
 * Folders of the modules that a pinned module requires, by the name of the module: those of which only files are used, unless
 * another one is given. What is not in Go’s module cache yet is downloaded; Go compares each with the checksum in `go.sum`. Throws a `ProblemError` (TL001 to TL004).
 */
export async function publishedModules(
  module: GoModule = readModule(PUBLISHED),
  env: Env = process.env,
): Promise<ReadonlyMap<string, string>> {
  await goVersion(module, env);
  const names = [...module.requires.keys()];
  const ended = await run('go', ['mod', 'download', '-json', ...names], {
    cwd: module.folder,
    env: { ...env, GOFLAGS: '-mod=readonly', GOWORK: 'off' },
  });
  const folders = ended.code === 0 ? foldersIn(ended.stdout) : new Map<string, string>();
  if (names.some((name) => !folders.has(name))) throw goFailure(`tools/${basename(module.folder)}`, withErrors(ended));
  return folders;
}

/** `go mod download -json` writes one object after the other, each closed by a brace in the first column. */
function objectsIn(stdout: string): readonly unknown[] {
  return stdout
    .split(/(?<=^\})\s*$/m)
    .filter((text) => text.trim() !== '')
    .map((text): unknown => JSON.parse(text));
}

function foldersIn(stdout: string): ReadonlyMap<string, string> {
  const found = objectsIn(stdout).flatMap((one): (readonly [string, string])[] => {
    const [path, folder] = [stringAt(one, 'Path'), stringAt(one, 'Dir')];
    return path === undefined || folder === undefined ? [] : [[path, folder]];
  });
  return new Map(found);
}

/** What it says of a module stands in the objects, not on standard error. */
function withErrors(ended: Ended): Ended {
  if (ended.refused !== undefined) return ended;
  const errors = objectsIn(ended.stdout).flatMap((one) => (isRecord(one) ? (stringAt(one, 'Error') ?? []) : []));
  return { ...ended, stderr: [ended.stderr, ...errors].join('\n') };
}
