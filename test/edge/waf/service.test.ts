import { join } from 'node:path';
import { stringAt } from '../../../constructs/core/json';
import { PACKAGE_ROOT } from '../../../stacks/synth/fingerprint';
import { run } from '../../../tools/run';

/** The service's own tests stand beside it, in Go; this one runs them, so that one command runs everything. */
test('[NET-2] the parts of the firewall hold by themselves', async () => {
  const ended = await run('go', ['test', '-json', '-tags', 'no_fs_access', './...'], {
    cwd: join(PACKAGE_ROOT, 'services', 'waf'),
    env: { ...process.env, GOWORK: 'off', GOFLAGS: '-mod=readonly' },
  });
  const events = ended.stdout
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line): unknown => JSON.parse(line));
  const endedAs = (action: string) =>
    events.filter((one) => stringAt(one, 'Action') === action && stringAt(one, 'Test') !== undefined);
  expect(endedAs('fail').map((one) => `${stringAt(one, 'Package')} ${stringAt(one, 'Test')}`)).toEqual([]);
  expect(ended.code).toBe(0);
  expect(endedAs('pass').length).toBeGreaterThan(40);
}, 900_000);
