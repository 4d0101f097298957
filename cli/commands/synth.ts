import { join, resolve } from 'node:path';
import type * as Environments from '../../stacks/environments';
import { PACKAGE_ROOT } from '../../stacks/synth/fingerprint';
import { synth } from '../../stacks/synth/synth';
import { EXIT, exitOver } from '../exit';
import type { CommandResult, Context } from '../result';
import { count, shortest } from '../text/words';
import { dateOf, isFolder, tenantsOf } from './flags';

/** Options of `drun synth`. */
export interface SynthFlags {
  readonly environment: string;
  readonly out?: string;
  readonly cache: boolean;
  readonly tenants?: string;
  readonly today?: string;
}

/** Writes an environment's YAML; with a single mistake anywhere the old output stays as it was. */
export function synthCommand(flags: SynthFlags, context: Context): CommandResult {
  const { environment } = flags;
  const folder = knownFolder(environment);
  const tenants = tenantsOf(flags.tenants, folder, context);
  const { cwd } = context.host;
  const out = resolve(cwd, flags.out ?? join('dist', environment));
  const result = synth({
    environment,
    tenants,
    out,
    today: dateOf(flags.today, context),
    cache: flags.cache,
    onProgress: (done, all, what) => context.progress(`${environment}: ${what} (${done}/${all})`),
  });
  const { problems, ...figures } = result;
  const json = { environment, out, ...figures };
  // A refused synth writes nothing, so what speaks against it is all there is to say.
  if (problems.length > 0) return { exit: exitOver(problems), json, text: () => '', mistakes: problems };
  const { regions, objects, filesWritten, filesRemoved, filesUnchanged } = result;
  const files = [`${filesWritten} written`, `${filesRemoved} removed`, `${filesUnchanged} unchanged`].join(', ');
  const what = [count(regions, 'region'), count(result.tenants, 'tenant'), count(objects, 'object')].join(', ');
  return {
    exit: EXIT.ok,
    json,
    text: (paint) => `${paint.bold(environment)}: ${what}\n${paint.bold(shortest(out, cwd))}: files ${files}\n`,
  };
}

/**
 * Folder of an environment's tenants. The environments themselves are loaded only to say that one does not exist: an
 * unchanged output is recognized in less time than they take to load. Throws a `ProblemError`.
 */
function knownFolder(name: string): string {
  const folder = join(PACKAGE_ROOT, 'stacks', 'environments', name, 'tenants');
  if (/^[a-z][a-z0-9-]*$/.test(name) && isFolder(folder)) return folder;
  const { environmentNamed }: typeof Environments = require('../../stacks/environments');
  environmentNamed(name);
  return folder;
}
