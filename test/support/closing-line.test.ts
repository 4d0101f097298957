import { execFileSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PACKAGE_ROOT } from '../../stacks/synth/fingerprint';

const suite = (name: string, passed: number, failed = 0, skipped = 0) => ({
  suite: name,
  passed,
  failed,
  skipped,
  seconds: 1.25,
});
const step = (name: string, code: number) => ({ step: name, code, seconds: 3 });

describe('the closing line of a pipeline', () => {
  test('sums the suites of all runs and stands alone at the end', () => {
    const text = told([
      suite('a', 3),
      step('npm test', 0),
      suite('cluster/b', 4, 0, 2),
      step('npm run test:cluster', 0),
    ]);
    expect(text.split('\n').slice(-3)).toEqual(['', '7 passed, 0 failed, 2 skipped', '']);
    expect(text).toMatch(/^cluster\/b +4 +0 +2 +1\.3$/m);
  });

  test('fails for a step in which no test ran, such as a tool that is missing', () => {
    const text = told([step('npm run lint', 0), suite('a', 3), step('npm test', 0), step('npm run tools', 2)]);
    expect(text).toMatch(/^npm run tools +0 +1 +0 /m);
    expect(text).toMatch(/\n3 passed, 1 failed\n$/);
  });

  test('counts a failed test once, not again for its step', () => {
    expect(told([suite('a', 3, 1), step('npm test', 1)])).toMatch(/\n3 passed, 1 failed\n$/);
  });
});

function told(records: readonly object[]): string {
  const file = join(mkdtempSync(join(tmpdir(), 'drun-closing-')), 'record');
  writeFileSync(file, records.map((record) => `${JSON.stringify(record)}\n`).join(''));
  return execFileSync(process.execPath, [join(PACKAGE_ROOT, 'test/support/closing-line.cjs'), file], {
    encoding: 'utf8',
  });
}
