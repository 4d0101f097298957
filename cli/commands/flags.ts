import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Problem, ProblemError, show } from '../../constructs/core/problem';
import { COMMAND_CODES } from '../../stacks/spec/command-codes';
import type { Context } from '../result';

/** The date of `--today`, or the host's. Throws a `ProblemError` where it is no date. */
export function dateOf(today: string | undefined, { host }: Context): string {
  if (today === undefined) return host.today;
  const parsed = new Date(`${today}T00:00:00Z`);
  const isDate = /^\d{4}-\d{2}-\d{2}$/.test(today) && !Number.isNaN(parsed.getTime());
  if (isDate && parsed.toISOString().startsWith(today)) return today;
  throw new ProblemError([usage('--today', show(today), 'a date such as 2026-11-22', 'write it as YYYY-MM-DD')]);
}

/** The folder of `--tenants`, or the one given. Throws a `ProblemError` where it does not exist. */
export function tenantsOf(wanted: string | undefined, otherwise: string, { host }: Context): string {
  const folder = wanted === undefined ? otherwise : resolve(host.cwd, wanted);
  if (isFolder(folder)) return folder;
  const problem = {
    code: 'CLI002',
    path: '--tenants',
    given: show(wanted ?? folder),
    expected: 'a folder that exists',
  };
  throw new ProblemError([{ ...problem, remedy: COMMAND_CODES.CLI002.remedy }]);
}

/** A mistake on the command line. */
export function usage(path: string, given: string, expected: string, remedy: string): Problem {
  return { code: 'CLI001', path, given, expected, remedy };
}

/** Whether there is a folder of that path. */
export function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
