import { nearest } from '../../constructs/core/nearest';
import { ProblemError, show } from '../../constructs/core/problem';
import type { Environment } from '../spec/environment';
import { dev } from './dev';
import { prod } from './prod';
import { staging } from './staging';

/** Every environment, in the order in which a change travels through them. */
export const ENVIRONMENTS: readonly Environment[] = [dev, staging, prod];

/** The environment of that name. Throws a `ProblemError` that lists the names there are. */
export function environmentNamed(name: string): Environment {
  const found = ENVIRONMENTS.find((environment) => environment.name === name);
  if (found !== undefined) return found;
  const names = ENVIRONMENTS.map((environment) => environment.name);
  const close = nearest(name, names);
  throw new ProblemError([
    {
      code: 'PL100',
      path: 'environment',
      given: show(name),
      expected: `one of ${names.join(', ')}`,
      remedy: close === undefined ? 'name one of them' : `did you mean ${close}?`,
    },
  ]);
}
