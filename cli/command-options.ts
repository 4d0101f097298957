import { type Command, Option } from 'commander';
import type { Run } from './result';

/** Runs a command; its implementation is loaded only then. */
export type Runner = <Flags>(name: string, load: () => Run<Flags>, flags: Flags) => Promise<void>;

/** What every command has. */
export function common(command: Command, description: string): Command {
  return command
    .description(description)
    .option('--json', 'print one JSON document')
    .helpOption('-h, --help', 'print help');
}

/** An option that may be given several times, or once with several values. */
export function listOption(flags: string, description: string): Option {
  const collect = (text: string, before: readonly string[] = []): readonly string[] => [...before, ...text.split(',')];
  return new Option(flags, `${description}; several with commas, or the option again`).argParser(collect);
}

/** An option that may be given several times. */
export function repeatedOption(flags: string, description: string): Option {
  const collect = (text: string, before: readonly string[] = []): readonly string[] => [...before, text];
  return new Option(flags, `${description}; may be repeated`).argParser(collect);
}

/** `--tenants`. */
export function tenantsOption(): Option {
  return new Option('--tenants <dir>', 'folder of the tenants’ files (default: that of the environment)');
}

/** `--kubeconfig`. */
export function kubeconfigOption(): Option {
  return new Option(
    '--kubeconfig <file>',
    'kubeconfig with a context for each region, named like it (default: where kubectl looks)',
  );
}

/** `--today`. */
export function todayOption(): Option {
  return new Option('--today <date>', 'date that waivers are held against, YYYY-MM-DD (default: the date in UTC)');
}

/** Examples as the help shows them. */
export function examples(...commands: readonly string[]): string {
  return ['', 'Examples:', ...commands.map((command) => `  ${command}`)].join('\n');
}

/** Loads a module when it is needed; what a command works with takes longer to load than the help to print. */
export function lazy<T>(path: string): T {
  const loaded: T = require(path);
  return loaded;
}
