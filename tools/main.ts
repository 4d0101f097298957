import { Command, Option } from 'commander';
import { formatProblem, type Problem, ProblemError } from '../constructs/core/problem';
import type { OnBuild } from './build';
import { SUITE_TOOLS, type Suite, type ToolName } from './catalog';
import { provideTools, TOOL_NAMES } from './provide';
import { publishedModules } from './published';
import { buildReport } from './report';
import type { Tool } from './tool';

interface Flags {
  readonly spare?: readonly string[];
  readonly check?: boolean;
  readonly json?: boolean;
  readonly for?: Suite;
}

interface Outcome {
  readonly tools: readonly Tool[];
  readonly modules: ReadonlyMap<string, string>;
  readonly problems: readonly Problem[];
  /** Why something cannot be had that may be missing. */
  readonly spared: readonly Problem[];
}

/** `npm run tools [-- names]`: builds the programs that tests and local control planes run. */
async function main(): Promise<void> {
  const command = new Command('npm run tools --')
    .description('build the programs that tests on real parts run, or those that are named')
    .argument('[names...]', `any of ${TOOL_NAMES.join(', ')}; all of them when left out`)
    .addOption(new Option('--for <suite>', 'only what these tests run').choices(Object.keys(SUITE_TOOLS)))
    .option('--check', 'build nothing; exit with 1 where something is missing')
    .option('--json', 'print one JSON document')
    .option('--spare <names...>', 'go on where these cannot be had: the cases that need them are skipped then')
    .helpOption('-h, --help', 'print help');
  command.parse();
  const flags = command.opts<Flags>();
  const report = buildReport(process.stderr);
  const outcome = await work(command.args, flags, report.on);
  report.stop();
  process.stdout.write(flags.json === true ? jsonText(outcome) : peopleText(outcome));
  for (const problem of [...outcome.spared, ...outcome.problems]) process.stderr.write(`${formatProblem(problem)}\n`);
  process.exitCode = outcome.problems.length === 0 ? 0 : exitCode(outcome.problems);
}

async function work(names: readonly string[], flags: Flags, onBuild: OnBuild): Promise<Outcome> {
  const wanted: readonly string[] = names.length === 0 ? namesFor(flags) : names;
  const { spare = [], check = false } = flags;
  const problems: Problem[] = [];
  const spared: Problem[] = [];
  const needed = wanted.filter((name) => !spare.includes(name));
  // One by one where nothing is built, so that each that is missing is told.
  const groups = [...(check ? needed.map((name) => [name]) : [needed]), ...spare.map((name) => [name])];
  const tools: Tool[] = [];
  for (const group of groups) {
    const refused = group.some((name) => spare.includes(name)) ? spared : problems;
    const provided = await collected(provideTools(group, { build: !check, onBuild }), refused);
    tools.push(...(provided?.values() ?? []));
  }
  const modules =
    names.length > 0 || (flags.for ?? 'cluster') !== 'cluster'
      ? undefined
      : await collected(publishedModules(), problems);
  return { tools, modules: modules ?? new Map(), problems, spared };
}

function namesFor(flags: Flags): readonly ToolName[] {
  return flags.for === undefined ? TOOL_NAMES : SUITE_TOOLS[flags.for];
}

async function collected<T>(work: Promise<T>, problems: Problem[]): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    problems.push(...error.problems);
    return undefined;
  }
}

function jsonText({ tools, modules, problems, spared }: Outcome): string {
  const document = { ok: problems.length === 0, tools, modules: Object.fromEntries(modules), problems, spared };
  return `${JSON.stringify(document, undefined, 2)}\n`;
}

function peopleText({ tools, modules }: Outcome): string {
  const rows = [
    ...tools.map(({ name, version = 'our own', from, path }) => [name, version, from, path]),
    ...[...modules].map(([name, folder]) => [name, /@v([^/]+)$/.exec(folder)?.[1] ?? '', 'module', folder]),
  ];
  const widths = [0, 1, 2].map((at) => Math.max(0, ...rows.map((row) => row[at]?.length ?? 0)));
  return rows.map((row) => `${row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join('  ')}\n`).join('');
}

/** Something that is only missing is a finding; anything else was refused. */
function exitCode(problems: readonly Problem[]): number {
  return problems.every(({ code }) => code === 'TL007') ? 1 : 2;
}

void main();
