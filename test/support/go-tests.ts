import { join } from 'node:path';
import { stringAt } from '../../constructs/core/json';
import { PACKAGE_ROOT } from '../../stacks/synth/fingerprint';
import { run } from '../../tools/run';

/** How the tests of a Go module ended. */
export interface GoTests {
  readonly code: number | null;
  /** Package and name of each that failed. */
  readonly failed: readonly string[];
  readonly passed: number;
  /** The last of what Go said beside the tests, such as why something does not compile. */
  readonly said: string;
}

/** Runs a service's own tests, which stand beside it in Go, so that one command runs everything. */
export async function goTests(service: string, tags: readonly string[] = []): Promise<GoTests> {
  const tagged = tags.length === 0 ? [] : ['-tags', tags.join(',')];
  const ended = await run('go', ['test', '-json', ...tagged, './...'], {
    cwd: join(PACKAGE_ROOT, 'services', service),
    env: { ...process.env, GOWORK: 'off', GOFLAGS: '-mod=readonly' },
  });
  const events = ended.stdout
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line): unknown => JSON.parse(line));
  const endedAs = (action: string) =>
    events.filter((one) => stringAt(one, 'Action') === action && stringAt(one, 'Test') !== undefined);
  return {
    code: ended.code,
    failed: endedAs('fail').map((one) => `${stringAt(one, 'Package')} ${stringAt(one, 'Test')}`),
    passed: endedAs('pass').length,
    said: ended.stderr.slice(-2000),
  };
}
