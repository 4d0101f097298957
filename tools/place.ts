import { accessSync, constants, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';

/** Variables of the environment, as `process.env` has them. */
export type Env = Readonly<Record<string, string | undefined>>;

/** Folder of built tools: `DRUN_TOOLS`, or `drun-platform/tools` in the user’s cache (XDG base directories). */
export function toolsFolder(env: Env): string {
  if (isSet(env.DRUN_TOOLS)) return resolve(env.DRUN_TOOLS);
  return join(isSet(env.XDG_CACHE_HOME) ? env.XDG_CACHE_HOME : join(homedir(), '.cache'), 'drun-platform', 'tools');
}

/** Programs of that name that somebody else put there: in `DRUN_TOOLS`, then on the PATH. */
export function standingPrograms(name: string, env: Env): readonly string[] {
  const given = isSet(env.DRUN_TOOLS) ? [resolve(env.DRUN_TOOLS)] : [];
  const path = (env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  return [...given, ...path].map((folder) => join(folder, name)).filter(isProgram);
}

/** Whether there is a file of that path that may be run. */
export function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

function isSet(text: string | undefined): text is string {
  return text !== undefined && text !== '';
}
