import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PACKAGE_ROOT } from '../../stacks/synth/fingerprint';

jest.setTimeout(60_000);

const LINE = /^(\d+ passed, .*)\n$/m;

describe('cases that need a tool which is not there', () => {
  test('are skipped and counted, and the closing line says why', () => {
    const { out, code } = runFixture({});
    expect({ code, line: LINE.exec(out)?.[1] }).toEqual({
      code: 0,
      line: '1 passed, 0 failed, 2 skipped (no pulumi, no pulumi-resource-kubernetes; `npm run tools` says why)',
    });
  });

  test('fail in a pipeline', () => {
    const record = join(emptyFolder(), 'record');
    writeFileSync(record, '');
    const { code } = runFixture({ DRUN_CLOSING: record });
    expect(code).toBe(1);
    expect(JSON.parse(readFileSync(record, 'utf8'))).toMatchObject({ passed: 1, failed: 1, skipped: 0 });
  });
});

/** Runs the fixture with the reporter of this project, on a machine without tools and without Go. */
function runFixture(env: Readonly<Record<string, string>>) {
  const config = {
    rootDir: PACKAGE_ROOT,
    testMatch: ['<rootDir>/lib/test/support/where-installed/*.fixture.js'],
    transform: {},
    reporters: ['<rootDir>/test/support/closing-line.cjs'],
  };
  const jest = join(PACKAGE_ROOT, 'node_modules', 'jest', 'bin', 'jest.js');
  const ran = spawnSync(process.execPath, [jest, '--config', JSON.stringify(config)], {
    cwd: PACKAGE_ROOT,
    encoding: 'utf8',
    env: { HOME: emptyFolder(), PATH: emptyFolder(), DRUN_TOOLS: emptyFolder(), ...env },
  });
  return { code: ran.status, out: ran.stdout };
}

function emptyFolder(): string {
  return mkdtempSync(join(tmpdir(), 'drun-none-'));
}
