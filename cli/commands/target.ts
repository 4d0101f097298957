import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { nearest } from '../../constructs/core/nearest';
import { type Problem, ProblemError, show } from '../../constructs/core/problem';
import { ENVIRONMENTS, environmentNamed } from '../../stacks/environments';
import { tenantsFolder } from '../../stacks/load';
import { COMMAND_CODES } from '../../stacks/spec/command-codes';
import type { Environment } from '../../stacks/spec/environment';
import type { Context } from '../result';

/** What a command looks at: an environment of this repository, or a directory of YAML. */
export type Target =
  | { readonly kind: 'environment'; readonly environment: Environment; readonly tenants: string }
  | { readonly kind: 'directory'; readonly path: string };

/** Resolves `<environment|dir>`. A name of an environment wins; `./prod` is the directory. Throws a `ProblemError`. */
export function targetNamed(name: string, tenants: string | undefined, context: Context): Target {
  if (ENVIRONMENTS.some((environment) => environment.name === name)) {
    return { kind: 'environment', ...environmentAndTenants(name, tenants, context) };
  }
  const path = resolve(context.host.cwd, name);
  if (isFolder(path)) return { kind: 'directory', path };
  const names = ENVIRONMENTS.map((environment) => environment.name);
  const close = nearest(name, names);
  const problem = { path: '<environment|dir>', given: show(name), expected: `one of ${names.join(', ')}, or a directory that exists` };
  throw new ProblemError([{ code: 'CLI002', ...problem, remedy: close === undefined ? 'correct the name or the path' : `did you mean ${close}?` }]);
}

/** An environment and the folder of its tenants. Throws a `ProblemError` where either does not exist. */
export function environmentAndTenants(
  name: string,
  tenants: string | undefined,
  { host }: Context,
): { readonly environment: Environment; readonly tenants: string } {
  const environment = environmentNamed(name);
  const folder = tenants === undefined ? tenantsFolder(name) : resolve(host.cwd, tenants);
  if (isFolder(folder)) return { environment, tenants: folder };
  const problem = { code: 'CLI002', path: '--tenants', given: show(tenants ?? folder), expected: 'a folder that exists' };
  throw new ProblemError([{ ...problem, remedy: COMMAND_CODES.CLI002.remedy }]);
}

/** The date of `--today`, or the host's. Throws a `ProblemError` where it is no date. */
export function dateOf(today: string | undefined, { host }: Context): string {
  if (today === undefined) return host.today;
  const parsed = new Date(`${today}T00:00:00Z`);
  if (/^\d{4}-\d{2}-\d{2}$/.test(today) && !Number.isNaN(parsed.getTime()) && parsed.toISOString().startsWith(today)) return today;
  throw new ProblemError([usage('--today', show(today), 'a date such as 2026-11-22', 'write it as YYYY-MM-DD')]);
}

/** A mistake on the command line. */
export function usage(path: string, given: string, expected: string, remedy: string): Problem {
  return { code: 'CLI001', path, given, expected, remedy };
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
