import { join, resolve } from 'node:path';
import { synth } from '../../stacks/synth/synth';
import { EXIT } from '../exit';
import type { Context, CommandResult } from '../result';
import { count, shortest } from '../text/words';
import { dateOf, environmentAndTenants } from './target';

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
  const { environment, tenants } = environmentAndTenants(flags.environment, flags.tenants, context);
  const { cwd } = context.host;
  const out = resolve(cwd, flags.out ?? join('dist', environment.name));
  const result = synth({
    environment: environment.name,
    tenants,
    out,
    today: dateOf(flags.today, context),
    cache: flags.cache,
    onProgress: (done, all, what) => context.progress(`${environment.name}: ${what} (${done}/${all})`),
  });
  const { problems, ...figures } = result;
  const json = { environment: environment.name, out, ...figures };
  // A refused synth writes nothing, so what speaks against it is all there is to say.
  if (problems.length > 0) return { exit: problems.every(isFinding) ? EXIT.findings : EXIT.input, json, text: () => '', mistakes: problems };
  const { regions, objects, filesWritten, filesRemoved, filesUnchanged } = result;
  const files = [`${filesWritten} written`, `${filesRemoved} removed`, `${filesUnchanged} unchanged`].join(', ');
  const what = [count(regions, 'region'), count(result.tenants, 'tenant'), count(objects, 'object')].join(', ');
  return {
    exit: EXIT.ok,
    json,
    text: (paint) => `${paint.bold(environment.name)}: ${what}\n${paint.bold(shortest(out, cwd))}: files ${files}\n`,
  };
}

/** A rule's breach, as opposed to a mistake in the input. */
function isFinding({ code }: { readonly code: string }): boolean {
  return /^(DRN|PRV|PL003)/.test(code);
}
