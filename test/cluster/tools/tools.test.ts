import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { definitionsFor, publishedDefinitions } from '../../../cluster/local/definitions';
import { listAt, stringAt } from '../../../constructs/core/json';
import { GO_PROGRAMS, type GoProgram, SUITE_TOOLS } from '../../../tools/catalog';
import { MODULES_ROOT, readModule } from '../../../tools/module';
import { provideTools } from '../../../tools/provide';
import { publishedModules } from '../../../tools/published';
import { renderedRegions } from '../../support/rendered';

const TINY: GoProgram = {
  name: 'tiny',
  module: 'tiny',
  builds: '.',
  versionOf: 'example.com/none',
  variables: { 'main.version': '%' },
  ask: { args: [], answer: /^tiny (\S+)/m },
};
const SOURCE = 'package main\n\nimport "fmt"\n\nvar version string\n\nfunc main() { fmt.Println("tiny", version) }\n';

describe('tools', () => {
  test('are all there, and say the versions that go.mod pins', async () => {
    const names = SUITE_TOOLS.cluster;
    const tools = await provideTools(names, { build: false });
    expect([...tools.keys()].sort()).toEqual([...names].sort());
  });

  test('are built by go itself, with the version of their module', async () => {
    const modules = bench('tiny', { 'main.go': SOURCE });
    const tool = (await provide(modules, TINY)).get('tiny');
    expect(tool).toMatchObject({ from: 'built', version: '1.2.3' });
    expect(execFileSync(tool?.path ?? '', { encoding: 'utf8' })).toBe('tiny 1.2.3\n');
  });

  test('fail with the compiler’s words', async () => {
    const modules = bench('tiny', { 'main.go': SOURCE.replace('version)', 'verzion)') });
    await expect(provide(modules, TINY)).rejects.toThrow(/TL005 tools\/tiny: given .*undefined: verzion/);
  });

  test('fail for a module whose bytes are not those that were pinned', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'drun-tiny-'));
    cpSync(join(MODULES_ROOT, 'local-kms'), join(folder, 'local-kms'), { recursive: true });
    const sums = join(folder, 'local-kms', 'go.sum');
    const changed = readFileSync(sums, 'utf8').replace(/^(k8s\.io\/kms v\S+ h1:)..../m, '$1AAAA');
    writeFileSync(sums, changed);
    const program = GO_PROGRAMS.find(({ name }) => name === 'local-kms');
    if (program === undefined) throw new Error('the catalog has no key service');
    await expect(provide(folder, program)).rejects.toThrow(/TL004 tools\/local-kms: .*checksum/);
  });
});

describe('published files', () => {
  test('come in the versions that go.mod pins', async () => {
    const folders = await publishedModules();
    for (const [name, version] of readModule('published').requires) {
      const folder = folders.get(name) ?? '';
      expect([name, folder.endsWith(`@v${version}`), existsSync(folder)]).toEqual([name, true, true]);
    }
  });

  test('define every third-party kind of every environment, in the version that is used', async () => {
    const objects = renderedRegions().flatMap((region) => region.objects);
    const definitions = await definitionsFor(objects);
    const served = new Set(definitions.flatMap(servedKinds));
    const groups = new Set(definitions.map((one) => stringAt(one, 'spec', 'group')));
    const foreign = objects.filter(({ apiVersion }) => groups.has(apiVersion.split('/')[0]));
    const kinds = new Set(foreign.map(({ apiVersion, kind }) => `${apiVersion} ${kind}`));
    expect(kinds.size).toBeGreaterThan(5);
    expect([...kinds].filter((kind) => !served.has(kind))).toEqual([]);
  });

  test('define what Flux and Argo CD pull with', async () => {
    const served = new Set((await publishedDefinitions()).flatMap(servedKinds));
    for (const kind of [
      'source.toolkit.fluxcd.io/v1 GitRepository',
      'source.toolkit.fluxcd.io/v1 HelmRepository',
      'source.toolkit.fluxcd.io/v1 OCIRepository',
      'kustomize.toolkit.fluxcd.io/v1 Kustomization',
      'helm.toolkit.fluxcd.io/v2 HelmRelease',
      'argoproj.io/v1alpha1 Application',
      'argoproj.io/v1alpha1 AppProject',
    ])
      expect(served).toContain(kind);
  });
});

function servedKinds(definition: unknown): readonly string[] {
  const [group, kind] = [stringAt(definition, 'spec', 'group'), stringAt(definition, 'spec', 'names', 'kind')];
  return listAt(definition, 'spec', 'versions').map((version) => `${group}/${stringAt(version, 'name')} ${kind}`);
}

function bench(name: string, files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'drun-tiny-'));
  mkdirSync(join(folder, name));
  // A version to say, of a module that nothing imports and so nobody downloads.
  writeFileSync(
    join(folder, name, 'go.mod'),
    `module drun.io/${name}\n\ngo 1.26.0\n\nrequire example.com/none v1.2.3\n`,
  );
  for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, name, file), text);
  return folder;
}

function provide(modules: string, program: GoProgram) {
  const env = { ...process.env, DRUN_TOOLS: join(modules, 'cache') };
  return provideTools([program.name], { build: true, env, modules, programs: [program] });
}
