import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PACKAGE_ROOT } from '../../stacks/synth/fingerprint';
import type { BuildEvent } from '../../tools/build';
import type { GoProgram } from '../../tools/catalog';
import { provideTools } from '../../tools/provide';

const ASK = { args: ['version'], answer: /^tool version (\S+)/m };
const PROGRAMS: readonly GoProgram[] = [
  tool('alpha', 'pair'),
  tool('beta', 'pair'),
  { name: 'own', module: 'own', builds: '.', variables: {} },
];

describe('tools', () => {
  test('are built once, together where they share a module, and then come from the cache', async () => {
    const bench = newBench();
    const first = await provide(bench, ['alpha', 'beta', 'own']);
    expect([...first.values()].map(({ name, version, from }) => [name, version, from]).sort()).toEqual([
      ['alpha', '1.2.3', 'built'],
      ['beta', '1.2.3', 'built'],
      ['own', undefined, 'built'],
    ]);
    const second = await provide(bench, ['alpha', 'beta', 'own']);
    expect([...second.values()].map(({ from }) => from)).toEqual(['cache', 'cache', 'cache']);
    expect(builds(bench).sort()).toEqual(['own', 'pair']);
  });

  test('are built again after anything that is pinned has changed', async () => {
    const bench = newBench();
    await provide(bench, ['alpha', 'own']);
    writeFileSync(join(bench.modules, 'own', 'main.go'), 'package main // changed\n');
    writeFileSync(join(bench.modules, 'pair', 'go.sum'), 'changed\n');
    const again = await provide(bench, ['alpha', 'own']);
    expect([...again.values()].map(({ from }) => from)).toEqual(['built', 'built']);
  });

  test('are built again for another go', async () => {
    const bench = newBench();
    await provide(bench, ['own']);
    expect((await provide({ ...bench, go: { version: 'go1.26.9' } }, ['own'])).get('own')?.from).toBe('built');
  });

  test('are built with files of a required module laid over their folder', async () => {
    const bench = newBench();
    const embeds = { from: 'example.com/tool', folder: 'cmd/tool', files: ['schema.json'] };
    const laid: GoProgram = { ...tool('alpha', 'pair'), embeds };
    const answer = { Path: 'example.com/tool', Dir: '/modules/tool@v1.2.3' };
    writeFileSync(join(bench.modules, 'pair', 'download.json'), `${JSON.stringify(answer, undefined, 1)}\n`);
    const built = (await provide(bench, ['alpha'], [], true, [laid])).get('alpha');
    expect(built?.from).toBe('built');
    expect(JSON.parse(readFileSync(`${bench.log}.overlay`, 'utf8'))).toEqual({
      Replace: { [join(bench.modules, 'pair', 'schema.json')]: '/modules/tool@v1.2.3/cmd/tool/schema.json' },
    });
    // Other files, another program.
    const other: GoProgram = { ...laid, embeds: { ...embeds, folder: 'other' } };
    expect((await provide(bench, ['alpha'], [], true, [other])).get('alpha')?.from).toBe('built');
  });

  test('fail to be built with files of a module that is not required', async () => {
    const bench = newBench();
    const laid: GoProgram = { ...tool('alpha', 'pair'), embeds: { from: 'example.com/x', folder: '.', files: ['a'] } };
    const answer = { Path: 'example.com/tool', Dir: '/modules/tool@v1.2.3' };
    writeFileSync(join(bench.modules, 'pair', 'download.json'), `${JSON.stringify(answer, undefined, 1)}\n`);
    await expect(provide(bench, ['alpha'], [], true, [laid])).rejects.toThrow(/TL005 .*does not require/);
  });

  test('are built once where two runs want them at the same time', async () => {
    const bench = newBench();
    const slow = { ...bench, go: { slow: 300 } };
    const events: BuildEvent[] = [];
    const runs = await Promise.all([provide(slow, ['alpha']), provide(slow, ['alpha'], events)]);
    expect(runs.map((tools) => tools.get('alpha')?.path)).toEqual([
      runs[0]?.get('alpha')?.path,
      runs[0]?.get('alpha')?.path,
    ]);
    expect(builds(bench)).toEqual(['pair']);
    expect(readdirSync(bench.cache).filter((name) => /^\.building|lock$/.test(name))).toEqual([]);
  });

  test('are taken from the PATH or DRUN_TOOLS where they say the right version', async () => {
    const bench = newBench();
    program(join(bench.bin, 'alpha'), '1.2.3');
    expect((await provide(bench, ['alpha'])).get('alpha')).toMatchObject({
      from: 'found',
      path: join(bench.bin, 'alpha'),
    });
    program(join(bench.cache, 'beta'), '1.2.3');
    expect((await provide(bench, ['beta'])).get('beta')).toMatchObject({
      from: 'found',
      path: join(bench.cache, 'beta'),
    });
    expect(builds(bench)).toEqual([]);
  });

  test('fail to be taken from the PATH where they say another version, or nothing', async () => {
    const bench = newBench();
    program(join(bench.bin, 'alpha'), '1.2.4');
    writeFileSync(join(bench.bin, 'own'), '#!/bin/sh\n', { mode: 0o755 });
    const tools = await provide(bench, ['alpha', 'own']);
    expect([...tools.values()].map(({ from }) => from)).toEqual(['built', 'built']);
  });

  test('are found without go', async () => {
    const bench = newBench();
    program(join(bench.bin, 'alpha'), '1.2.3');
    const tools = await provide({ ...bench, go: undefined }, ['alpha']);
    expect(tools.get('alpha')?.from).toBe('found');
  });

  test('fail one by one with a code and a remedy', async () => {
    const bench = newBench();
    const failing = async (go: Bench['go'], names = ['alpha']) =>
      provide({ ...bench, go }, names).then(() => 'nothing failed', String);
    expect(await failing(undefined)).toMatch(/TL001 go: .*install go/);
    expect(await failing({ version: 'go1.25.9' })).toMatch(/TL002 .*go1\.25\.9, expected go 1\.26\.0 or newer/);
    expect(await failing({ fails: 'reading https://proxy.golang.org/x/@v/v1.zip: 403 Forbidden' })).toMatch(
      /TL003 .*GOPROXY/,
    );
    expect(await failing({ fails: 'verifying x: checksum mismatch' })).toMatch(/TL004 .*never switch/);
    expect(await failing({ fails: './main.go:3: undefined: x' })).toMatch(/TL005 tools\/pair: given .*undefined: x/);
    expect(await failing({ says: '9.9.9' })).toMatch(/TL005 alpha: given a program of version 9\.9\.9/);
    expect(await failing({}, ['alfa'])).toMatch(/TL006 alfa: .*alpha, beta, own/);
    // A failure is not kept: the next run builds.
    expect((await provide(bench, ['alpha'])).get('alpha')?.from).toBe('built');
  });

  test('fail where they are missing and nobody asked to build them', async () => {
    const bench = newBench();
    await expect(provide(bench, ['alpha', 'own'], [], false)).rejects.toThrow(/TL007 alpha.*TL007 own/s);
    expect(builds(bench)).toEqual([]);
  });

  test('leave behind nothing of a run that was killed', async () => {
    const bench = newBench();
    const [left, another] = ['.building-pair.left', '.building-pair-of-others.left'].map((name) =>
      join(bench.cache, name),
    );
    for (const folder of [left, another]) mkdirSync(folder ?? '', { recursive: true });
    await provide(bench, ['alpha']);
    expect([left, another].map((folder) => existsSync(folder ?? ''))).toEqual([false, true]);
  });
});

interface Bench {
  readonly modules: string;
  readonly cache: string;
  readonly bin: string;
  readonly log: string;
  /** How the stand-in for go behaves; undefined where there is none. */
  readonly go: Readonly<Record<string, unknown>> | undefined;
}

function tool(name: string, module: string): GoProgram {
  return {
    name,
    module,
    builds: `example.com/${name}`,
    versionOf: 'example.com/tool',
    variables: { 'main.version': '%' },
    ask: ASK,
  };
}

function newBench(): Bench {
  const root = mkdtempSync(join(tmpdir(), 'drun-tools-'));
  const [modules, cache, bin, log] = ['modules', 'cache', 'bin', 'log'].map((name) => join(root, name));
  if (modules === undefined || cache === undefined || bin === undefined || log === undefined)
    throw new Error('no folders');
  for (const [name, required] of [
    ['pair', 'require example.com/tool v1.2.3\n'],
    ['own', ''],
  ] as const) {
    mkdirSync(join(modules, name), { recursive: true });
    writeFileSync(join(modules, name, 'go.mod'), `module drun.io/${name}\n\ngo 1.26.0\n\n${required}`);
    writeFileSync(join(modules, name, 'main.go'), 'package main\n');
  }
  mkdirSync(cache);
  mkdirSync(bin);
  writeFileSync(log, '');
  return { modules, cache, bin, log, go: {} };
}

/** The stand-in for go lies beside the programs that somebody put on the PATH. */
function provide(
  { modules, cache, bin, log, go }: Bench,
  names: readonly string[],
  events: BuildEvent[] = [],
  build = true,
  programs = PROGRAMS,
) {
  const shim = mkdtempSync(join(tmpdir(), 'drun-go-'));
  if (go !== undefined) symlinkSync(join(PACKAGE_ROOT, 'test/support/stand-in-go.cjs'), join(shim, 'go'));
  symlinkSync(process.execPath, join(shim, 'node'));
  const PATH = [shim, bin].join(':');
  const env = { DRUN_TOOLS: cache, PATH, STAND_IN_GO: JSON.stringify(go ?? {}), STAND_IN_LOG: log };
  return provideTools(names, { build, env, modules, programs, onBuild: (event) => events.push(event) });
}

function builds({ log }: Bench): string[] {
  return readFileSync(log, 'utf8')
    .split('\n')
    .filter((line) => line !== '');
}

function program(path: string, version: string): void {
  writeFileSync(path, `#!/bin/sh\necho "tool version ${version}"\n`);
  chmodSync(path, 0o755);
}
