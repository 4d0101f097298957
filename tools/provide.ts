import { availableParallelism } from 'node:os';
import { type Problem, ProblemError } from '../constructs/core/problem';
import { buildModule, type OnBuild } from './build';
import { GO_PROGRAMS, type GoProgram, isToolName, type ToolName } from './catalog';
import { goVersion } from './go';
import { groupBy } from './group';
import { type GoModule, MODULES_ROOT, readModule, versionOf } from './module';
import { type Env, toolsFolder } from './place';
import { toolError, toolProblem } from './problem';
import { cachedTool, standingTool, type Tool, type Wanted, wantedOf } from './tool';

/** How tools are looked for and built. */
export interface ProvideOptions {
  /** Builds what is not there; without it a missing tool is a problem (TL007). */
  readonly build: boolean;
  /** @default - the environment of this process */
  readonly env?: Env;
  /** The programs there are. @default - those of the catalog */
  readonly programs?: readonly GoProgram[];
  /** Folder of the pinned modules. @default - `tools/` of this package */
  readonly modules?: string;
  readonly onBuild?: OnBuild;
}

/**
 * The named programs, from the cache, from the PATH, or built now; at most two modules are built at a time. Throws a
 * `ProblemError` with everything that is missing or was refused.
 */
export async function provideTools(
  names: readonly string[],
  options: ProvideOptions,
): Promise<ReadonlyMap<string, Tool>> {
  const programs: readonly GoProgram[] = options.programs ?? GO_PROGRAMS;
  const unknown = names.filter((name) => !programs.some((program) => program.name === name));
  if (unknown.length > 0) {
    const known = programs.map(({ name }) => name).join(', ');
    throw new ProblemError(unknown.map((name) => toolProblem('TL006', name, 'no such tool', `one of ${known}`)));
  }
  const chosen = programs.filter(({ name }) => names.includes(name));
  const groups = [...groupBy(chosen, ({ module }) => module)];
  const tools: Tool[] = [];
  const problems: Problem[] = [];
  await inParallel(groups, Math.min(2, availableParallelism()), async ([module, members]) => {
    try {
      tools.push(...(await provideModule(module, members, options)));
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
      problems.push(...error.problems);
    }
  });
  // Whichever module was done first: the report is the same.
  if (problems.length > 0) throw new ProblemError(problems.sort((a, b) => (a.path < b.path ? -1 : 1)));
  return new Map(tools.map((tool) => [tool.name, tool]));
}

/** Path of one program that is there already. Throws a `ProblemError` (TL007) where it is not. */
export async function toolPath(name: ToolName): Promise<string> {
  const found = (await provideTools([name], { build: false })).get(name);
  if (found === undefined) throw missing(name);
  return found.path;
}

/** All names of the catalog. */
export const TOOL_NAMES: readonly ToolName[] = GO_PROGRAMS.map(({ name }) => name).filter(isToolName);

async function provideModule(name: string, programs: readonly GoProgram[], options: ProvideOptions): Promise<Tool[]> {
  const env = options.env ?? process.env;
  const module = readModule(name, options.modules ?? MODULES_ROOT);
  const cache = toolsFolder(env);
  const go = await tried(() => goVersion(module, env));
  const wanted = 'value' in go ? programs.map((program) => wantedOf(program, module, go.value, cache)) : [];
  const cached = wanted.flatMap((one) => cachedTool(one) ?? []);
  const rest = programs.filter((program) => !cached.some((tool) => tool.name === program.name));
  const found = await standing(rest, module, env);
  const absent = rest.filter((program) => !found.some((tool) => tool.name === program.name));
  if (absent.length === 0) return [...cached, ...found];
  if (!options.build) throw new ProblemError(absent.flatMap((program) => missing(program.name).problems));
  // Without Go there may still be programs on the PATH; only now is it missed.
  if (!('value' in go)) throw go.error;
  const on = options.onBuild ?? (() => undefined);
  const built = await buildModule({ module: name, cache, env, on }, of(wanted, absent));
  return [...cached, ...found, ...built];
}

async function standing(programs: readonly GoProgram[], module: GoModule, env: Env): Promise<Tool[]> {
  const asked = await Promise.all(programs.map((program) => standingTool(program, versionOf(program, module), env)));
  return asked.flatMap((tool) => tool ?? []);
}

function of(wanted: readonly Wanted[], programs: readonly GoProgram[]): readonly Wanted[] {
  return wanted.filter(({ program }) => programs.includes(program));
}

function missing(name: string): ProblemError {
  return toolError('TL007', name, 'a tool that is not there', 'a program in the cache, on the PATH or in DRUN_TOOLS');
}

async function tried<T>(work: () => Promise<T>): Promise<{ value: T } | { error: ProblemError }> {
  try {
    return { value: await work() };
  } catch (error) {
    if (error instanceof ProblemError) return { error };
    throw error;
  }
}

async function inParallel<T>(items: readonly T[], many: number, work: (item: T) => Promise<void>): Promise<void> {
  const queue = [...items];
  const worker = async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) await work(next);
  };
  await Promise.all(Array.from({ length: many }, worker));
}
