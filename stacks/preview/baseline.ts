import { statSync } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';
import type { Manifest } from '../../constructs/core/manifest';
import { type Problem, ProblemError, show } from '../../constructs/core/problem';
import { renderPlan } from '../examine';
import { planEnvironment } from '../plan';
import { readRegion } from '../read-cluster';
import { COMMAND_CODES } from '../spec/command-codes';
import type { Environment } from '../spec/environment';
import { parseTenant } from '../spec/tenant-source';
import type { Input } from '../synth/inputs';
import { type Commit, commitAt, type NoCommit } from './git';

/** What a preview compares with. */
export type Against =
  | { readonly kind: 'commit'; readonly ref: string; readonly commit: Commit }
  | { readonly kind: 'directory'; readonly path: string }
  | { readonly kind: 'nothing'; readonly because: string };

/** The earlier state of an environment, by region. */
export interface Baseline {
  readonly regions: ReadonlyMap<string, readonly Manifest[]>;
  /** What could not be taken into account, in words. */
  readonly notes: readonly string[];
}

const NO_COMMIT: Readonly<Record<NoCommit, string>> = {
  'no-git': 'git is not installed',
  'no-repository': 'the tenants are in no git repository',
  'unknown-ref': 'the repository has no commit yet',
};

/**
 * Finds what to compare with. Without `wanted` that is HEAD, or nothing where there is none. Throws a `ProblemError`
 * where what was asked for does not exist.
 */
export function findAgainst(wanted: string | undefined, tenants: string, cwd: string): Against {
  if (wanted !== undefined && isMeantAsFolder(wanted, cwd)) return folderAgainst(wanted, cwd);
  const ref = wanted ?? 'HEAD';
  const commit = commitAt(tenants, ref);
  if (typeof commit !== 'string') return { kind: 'commit', ref, commit };
  if (wanted === undefined) return { kind: 'nothing', because: NO_COMMIT[commit] };
  const unknown = commit === 'unknown-ref';
  throw refused(
    unknown ? show(wanted) : `${show(wanted)}, and ${NO_COMMIT[commit]}`,
    unknown
      ? 'a commit, branch or tag of the repository that holds the tenants, or a folder'
      : 'tenants in a git repository, or a folder of rendered YAML',
  );
}

/** The tenants of a commit, rendered with the present code. A file that was not valid then counts as absent, and says so. */
export function commitBaseline(environment: Environment, inputs: readonly Input[], ref: string): Baseline {
  const read = inputs.map((input) => ({ input, parsed: parseTenant(input.bytes, input.path) }));
  const sources = read.flatMap(({ parsed }) => ('source' in parsed ? [parsed.source] : []));
  const { regions } = renderPlan(planEnvironment(environment, sources));
  const notes = read
    .filter(({ parsed }) => 'problems' in parsed)
    .map(({ input }) => `${input.name} at ${ref} is not valid for the present code: it counts as absent there`);
  return {
    regions: new Map(regions.map(({ planned, objects, vault }) => [planned.region.name, [...objects, ...vault]])),
    notes,
  };
}

/** Rendered YAML as `drun synth` writes it: a folder per region. Throws a `ProblemError` where it cannot be read. */
export function directoryBaseline(environment: Environment, path: string): Baseline {
  const folder = isFolder(join(path, environment.name)) ? join(path, environment.name) : path;
  const problems: Problem[] = [];
  const notes: string[] = [];
  const regions = environment.regions.map(({ name }): [string, readonly Manifest[]] => {
    const region = join(folder, name);
    if (!isFolder(region)) {
      notes.push(`${region} does not exist: everything in ${name} counts as new`);
      return [name, []];
    }
    const read = readRegion(region);
    problems.push(...read.problems);
    return [name, read.objects];
  });
  if (problems.length > 0) throw new ProblemError(problems);
  return { regions: new Map(regions), notes };
}

function folderAgainst(wanted: string, cwd: string): Against {
  const path = resolve(cwd, wanted);
  if (isFolder(path)) return { kind: 'directory', path };
  throw refused(show(wanted), 'a folder of rendered YAML that exists');
}

function refused(given: string, expected: string): ProblemError {
  return new ProblemError([
    { code: 'CLI003', path: '--against', given, expected, remedy: COMMAND_CODES.CLI003.remedy },
  ]);
}

/** Where it could be both, `./name` is the folder and `refs/heads/name` the branch. */
function isMeantAsFolder(text: string, cwd: string): boolean {
  if (text === '') return false;
  return isAbsolute(text) || /^\.{1,2}([\\/]|$)/.test(text) || isFolder(resolve(cwd, text));
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
