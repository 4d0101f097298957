import { stringAt } from '../constructs/core/json';
import { isProblem, type Problem, ProblemError, withoutSecrets } from '../constructs/core/problem';
import { hideSecrets } from '../constructs/core/secret-text';
import type { Runner } from './command-options';
import { EXIT, type ExitCode, exitOver } from './exit';
import { errorCode, type Host, isCommanderError, processHost, takesColour } from './host';
import { program } from './program';
import { progressLine } from './progress';
import type { CommandResult, Run } from './result';
import { paintFor } from './text/paint';
import { peopleProblems, plainProblems } from './text/problems';
import { shortest } from './text/words';

/** Runs `drun` in this process; the exit code is set, never forced, so that what was written arrives. */
export function start(): void {
  // A reader that has seen enough (`| head`) closes the pipe; that is no error.
  process.stdout.on('error', (error) => {
    if (errorCode(error) !== 'EPIPE') throw error;
    process.exit(EXIT.ok);
  });
  const host = processHost();
  void main(process.argv.slice(2), host).then((code) => {
    process.exitCode = code;
  });
}

/** Runs one command line and gives its exit code. Every error ends here; nothing else in the project catches them. */
export async function main(args: readonly string[], host: Host): Promise<ExitCode> {
  let code: ExitCode = EXIT.ok;
  const edge = new Edge(args, host);
  const run: Runner = async (name, load, flags) => {
    code = await edge.run(name, load, flags);
  };
  const drun = program(run);
  for (const command of [drun, ...drun.commands, ...drun.commands.flatMap(({ commands }) => commands)]) {
    command.exitOverride().configureOutput({
      writeOut: (text) => host.stdout.write(text),
      writeErr: () => undefined,
      getOutHelpWidth: () => helpWidth(host),
      getOutHasColors: () => false,
    });
  }
  try {
    await drun.parseAsync([...args], { from: 'user' });
    return code;
  } catch (error) {
    if (isCommanderError(error) && error.exitCode === 0) return EXIT.ok;
    if (isCommanderError(error) && error.code === 'commander.help') {
      const group = drun.commands.find((command) => command.name() === args[0]) ?? drun;
      host.stderr.write(group.helpInformation());
      return EXIT.input;
    }
    return edge.report(commandName(args), error);
  }
}

/** Where results and errors become text, JSON and exit codes. */
class Edge {
  private readonly json: boolean;

  constructor(
    args: readonly string[],
    private readonly host: Host,
  ) {
    this.json = args.includes('--json');
  }

  async run<Flags>(name: string, load: () => Run<Flags>, flags: Flags): Promise<ExitCode> {
    const line = progressLine(this.host, paintFor(takesColour(this.host.stderr, this.host)));
    try {
      const result = await load()(flags, { host: this.host, progress: line.show });
      line.clear();
      return this.write(name, result);
    } catch (error) {
      line.clear();
      return this.report(name, error);
    }
  }

  /** Bad input is told in full; anything else is a defect, of which a person wants to know how to report it. */
  report(name: string, error: unknown): ExitCode {
    if (isCommanderError(error)) return this.refuse(name, [usageProblem(name, error)]);
    if (error instanceof ProblemError) return this.refuse(name, error.problems);
    const refused = fileProblem(error);
    if (refused !== undefined) return this.refuse(name, [refused]);
    const message = hideSecrets(error instanceof Error ? `${error.name}: ${error.message}` : String(error));
    if (this.json) this.print({ ok: false, command: name, exit: EXIT.internal, problems: [], error: message });
    this.host.stderr.write(`drun: internal error in \`drun ${name}\`: ${message}\n`);
    this.host.stderr.write(
      'please report it with the command line and the version (drun --version); DRUN_DEBUG=1 shows where it happened\n',
    );
    if (this.host.env.DRUN_DEBUG === '1' && error instanceof Error) this.host.stderr.write(`${error.stack}\n`);
    return EXIT.internal;
  }

  private refuse(name: string, mistakes: readonly Problem[]): ExitCode {
    return this.write(name, { exit: exitOver(mistakes), json: {}, text: () => '', mistakes });
  }

  private write(name: string, { exit, json, text, findings = [], ...result }: CommandResult): ExitCode {
    const { host } = this;
    const mistakes = (result.mistakes ?? []).map((mistake) => nearby(mistake, host.cwd));
    if (this.json) {
      const ok = exit === EXIT.ok || exit === EXIT.changed;
      this.print({ ok, command: name, exit, ...json, problems: [...mistakes, ...findings] });
      return exit;
    }
    // Mistakes come first, so that the last line at a terminal is the verdict.
    if (mistakes.length > 0) {
      const forPeople = host.stderr.isTTY === true;
      host.stderr.write(
        forPeople ? peopleProblems(mistakes, paintFor(takesColour(host.stderr, host))) : plainProblems(mistakes),
      );
    }
    const said = text(paintFor(takesColour(host.stdout, host)));
    if (said !== '') host.stdout.write(said);
    return exit;
  }

  private print(document: object): void {
    const text = JSON.stringify(document, (_, value: unknown) => (isProblem(value) ? withoutSecrets(value) : value), 2);
    this.host.stdout.write(`${text}\n`);
  }
}

function usageProblem(name: string, error: Error): Problem {
  const [said = '', hint] = error.message.replace(/^error: /, '').split('\n');
  const meant = /Did you mean (.+)\?/.exec(hint ?? '')?.[1];
  return {
    code: 'CLI001',
    path: name === '' ? 'drun' : `drun ${name}`,
    given: said.replace(/\.$/, ''),
    expected: 'a command line as the help describes it',
    remedy: meant === undefined ? `see \`${name === '' ? 'drun' : `drun ${name}`} --help\`` : `did you mean ${meant}?`,
  };
}

/** A problem whose file is named as seen from the current folder. */
function nearby(problem: Problem, cwd: string): Problem {
  const { place } = problem;
  return place === undefined ? problem : { ...problem, place: { ...place, file: shortest(place.file, cwd) } };
}

/** What the file system refuses is no defect of drun: a folder that may not be read, a disk that is full. */
function fileProblem(error: unknown): Problem | undefined {
  const code = errorCode(error);
  if (code === undefined || !FILE_ERRORS.has(code)) return undefined;
  const written = /^(EROFS|ENOSPC|EDQUOT|EEXIST|ENOTEMPTY)$/.test(code);
  return {
    code: written ? 'CLI008' : 'CLI002',
    path: stringAt(error, 'path') ?? 'file system',
    given: (stringAt(error, 'message') ?? code).replace(/^[A-Z]+: /, '').replace(/,[^,]*$/, ''),
    expected: written ? 'a file that can be written' : 'a file or folder that can be used',
    remedy: 'check the path, the rights and the space on the disk',
  };
}

const FILE_ERRORS: ReadonlySet<string> = new Set([
  ...[
    'EACCES',
    'EPERM',
    'ENOENT',
    'ENOTDIR',
    'EISDIR',
    'EROFS',
    'ENOSPC',
    'EDQUOT',
    'EEXIST',
    'ENOTEMPTY',
    'EMFILE',
    'ELOOP',
  ],
  'ENAMETOOLONG',
]);

/** The words of the command line up to the first option, as far as they name a command. */
function commandName(args: readonly string[]): string {
  const [first = '', second = ''] = args;
  if (first.startsWith('-')) return '';
  return first === 'tenant' && /^[a-z]+$/.test(second) ? `tenant ${second}` : first;
}

function helpWidth({ stdout }: Host): number {
  return Math.min(stdout.columns ?? 120, 140);
}
