import { availableParallelism } from 'node:os';
import { type Problem, ProblemError } from '../constructs/core/problem';
import { buildModule, type OnBuild } from './build';
import { isGoProgram, isToolName, isWheelProgram, PROGRAMS, type Program, type ToolName } from './catalog';
import { goSource, type SourceOptions } from './go-source';
import { groupBy } from './group';
import { MODULES_ROOT } from './module';
import { type Env, toolsFolder } from './place';
import { toolError, toolProblem } from './problem';
import { cachedTool, type Source, standingTool, type Tool, type Wanted } from './tool';
import { wheelSource } from './wheel-source';

/** How tools are looked for and built. */
export interface ProvideOptions {
  /** Builds what is not there; without it a missing tool is a problem (TL007). */
  readonly build: boolean;
  /** @default - the environment of this process */
  readonly env?: Env;
  /** The programs there are. @default - those of the catalog */
  readonly programs?: readonly Program[];
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
  const programs: readonly Program[] = options.programs ?? PROGRAMS;
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
export const TOOL_NAMES: readonly ToolName[] = PROGRAMS.map(({ name }) => name).filter(isToolName);

async function provideModule(name: string, programs: readonly Program[], options: ProvideOptions): Promise<Tool[]> {
  const env = options.env ?? process.env;
  const root = options.modules ?? MODULES_ROOT;
  const on = options.onBuild ?? (() => undefined);
  const made = { root, cache: toolsFolder(env), env, on };
  const [wheels, others] = [programs.filter(isWheelProgram), programs.filter(isGoProgram)];
  if (wheels.length > 0) return provideFrom(name, wheels, await wheelSource(name, wheels, made), made, options);
  return provideFrom(name, others, await goSource(name, others, made), made, options);
}

async function provideFrom<W extends Wanted>(
  name: string,
  programs: readonly Program[],
  source: Source<W>,
  { cache, env, on }: SourceOptions,
  { build }: ProvideOptions,
): Promise<Tool[]> {
  const cached = source.wanted.flatMap((one) => cachedTool(one) ?? []);
  const rest = programs.filter((program) => !cached.some((tool) => tool.name === program.name));
  const found = await standing(rest, source, env);
  const absent = rest.filter((program) => !found.some((tool) => tool.name === program.name));
  if (absent.length === 0) return [...cached, ...found];
  if (!build) throw new ProblemError(absent.flatMap((program) => missing(program.name).problems));
  // Without Go or Python there may still be programs on the PATH; only now is it missed.
  await source.ready();
  const wanted = source.wanted.filter(({ program }) => absent.includes(program));
  return [...cached, ...found, ...(await buildModule({ module: name, cache, source, on }, wanted))];
}

/** Programs of the pinned version that somebody else put there. */
async function standing(
  programs: readonly Program[],
  { versions }: Pick<Source, 'versions'>,
  env: Env,
): Promise<Tool[]> {
  const asked = await Promise.all(programs.map((program) => standingTool(program, versions.get(program.name), env)));
  return asked.flatMap((tool) => tool ?? []);
}

function missing(name: string): ProblemError {
  return toolError('TL007', name, 'a tool that is not there', 'a program in the cache, on the PATH or in DRUN_TOOLS');
}

async function inParallel<T>(items: readonly T[], many: number, work: (item: T) => Promise<void>): Promise<void> {
  const queue = [...items];
  const worker = async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) await work(next);
  };
  await Promise.all(Array.from({ length: many }, worker));
}
