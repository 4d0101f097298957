import { type Problem, ProblemError } from '../constructs/core/problem';
import { EXIT, type ExitCode } from './exit';
import { errorCode, type Host, isCommanderError, processHost, takesColour } from './host';
import { type Runner, program } from './program';
import { progressLine } from './progress';
import type { CommandResult, Run } from './result';
import { paintFor } from './text/paint';
import { paintedProblems, plainProblems } from './text/problems';

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
      host.stderr.write(drun.helpInformation());
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
    const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    if (this.json) this.print({ ok: false, command: name, exit: EXIT.internal, problems: [], error: message });
    this.host.stderr.write(`drun: internal error in \`drun ${name}\`: ${message}\n`);
    this.host.stderr.write('please report it with the command line and the version (drun --version); DRUN_DEBUG=1 shows where it happened\n');
    if (this.host.env['DRUN_DEBUG'] === '1' && error instanceof Error) this.host.stderr.write(`${error.stack}\n`);
    return EXIT.internal;
  }

  private refuse(name: string, problems: readonly Problem[]): ExitCode {
    return this.write(name, { exit: EXIT.input, json: {}, text: () => '', problems });
  }

  private write(name: string, { exit, json, text, problems = [] }: CommandResult): ExitCode {
    const { host } = this;
    if (this.json) {
      this.print({ ok: exit === EXIT.ok || exit === EXIT.changed, command: name, exit, ...json, problems });
      return exit;
    }
    host.stdout.write(text(paintFor(takesColour(host.stdout, host))));
    if (problems.length === 0) return exit;
    const forPeople = host.stderr.isTTY === true;
    host.stderr.write(forPeople ? paintedProblems(problems, paintFor(takesColour(host.stderr, host))) : plainProblems(problems));
    return exit;
  }

  private print(document: object): void {
    this.host.stdout.write(`${JSON.stringify(document, undefined, 2)}\n`);
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

/** The words of the command line up to the first option, as far as they name a command. */
function commandName(args: readonly string[]): string {
  const [first = '', second = ''] = args;
  if (first.startsWith('-')) return '';
  return first === 'tenant' && /^[a-z]+$/.test(second) ? `tenant ${second}` : first;
}

function helpWidth({ stdout }: Host): number {
  return Math.min(stdout.columns ?? 120, 140);
}
