import { resolve } from 'node:path';
import { nearest } from '../../constructs/core/nearest';
import { ProblemError, show } from '../../constructs/core/problem';
import { ENVIRONMENTS, environmentNamed } from '../../stacks/environments';
import { tenantsFolder } from '../../stacks/load';
import type { Environment } from '../../stacks/spec/environment';
import type { Context } from '../result';
import { isFolder, tenantsOf } from './flags';

/** An environment and the folder of its tenants. */
export interface EnvironmentTarget {
  readonly kind: 'environment';
  readonly environment: Environment;
  readonly tenants: string;
}

/** What a command looks at: an environment of this repository, or a directory of YAML. */
export type Target = EnvironmentTarget | { readonly kind: 'directory'; readonly path: string };

/** Resolves `<environment|dir>`. A name of an environment wins; `./prod` is the directory. Throws a `ProblemError`. */
export function targetNamed(name: string, tenants: string | undefined, context: Context): Target {
  const names = ENVIRONMENTS.map((environment) => environment.name);
  if (names.includes(name)) return environmentTarget(name, tenants, context);
  const path = resolve(context.host.cwd, name);
  if (isFolder(path)) return { kind: 'directory', path };
  const close = nearest(name, names);
  const expected = `one of ${names.join(', ')}, or a directory that exists`;
  const remedy = close === undefined ? 'correct the name or the path' : `did you mean ${close}?`;
  throw new ProblemError([{ code: 'CLI002', path: '<environment|dir>', given: show(name), expected, remedy }]);
}

/** Resolves `<environment>`. Throws a `ProblemError` where it or the folder of its tenants does not exist. */
export function environmentTarget(name: string, tenants: string | undefined, context: Context): EnvironmentTarget {
  const environment = environmentNamed(name);
  return { kind: 'environment', environment, tenants: tenantsOf(tenants, tenantsFolder(name), context) };
}
