import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PACKAGE_ROOT } from '../../stacks/synth/fingerprint';

const NODE_MODULES = join(PACKAGE_ROOT, 'node_modules');
/** What npm would install beside the package: its dependencies and its peers. */
const INSTALLED = ['cdk8s', 'cdk8s-plus-28', 'constructs', 'zod', 'yaml'];

let project: string;

beforeAll(() => {
  project = mkdtempSync(join(tmpdir(), 'drun-consumer-'));
  const packed = execFileSync('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', project], {
    cwd: PACKAGE_ROOT,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [{ filename }]: readonly [{ readonly filename: string }] = JSON.parse(packed);
  mkdirSync(join(project, 'node_modules/drun-platform'), { recursive: true });
  execFileSync('tar', [
    '-xzf',
    join(project, filename),
    '-C',
    join(project, 'node_modules/drun-platform'),
    '--strip-components=1',
  ]);
  for (const name of INSTALLED) symlinkSync(join(NODE_MODULES, name), join(project, 'node_modules', name));
  writeFileSync(join(project, 'package.json'), '{"name": "consumer", "private": true}');
  writeFileSync(join(project, 'example.ts'), readmeExample());
}, 60_000);
afterAll(() => rmSync(project, { recursive: true, force: true }));

test('the example of the README compiles against the packed library, whose declarations hold by themselves', () => {
  expect(compile('example.ts')).toBe('');
}, 60_000);

test('fails to compile where the example says what the library does not know', () => {
  const text = readFileSync(join(project, 'example.ts'), 'utf8');
  writeFileSync(join(project, 'wrong.ts'), text.replace("trust: 'standard'", "trust: 'blind'"));
  expect(compile('wrong.ts', '--skipLibCheck', '--noEmit')).toContain('\'"blind"\' is not assignable to type');
}, 60_000);

test('[NET-4] the example writes a tenant that is closed and opens one host', () => {
  execFileSync('node', ['example.js'], { cwd: project });
  const yaml = readdirSync(join(project, 'dist'))
    .map((name) => readFileSync(join(project, 'dist', name), 'utf8'))
    .join('\n');
  expect(yaml).toContain('name: default-deny');
  expect(yaml).toContain('- api.openai.com');
}, 60_000);

test('the package holds the library, the command and the schemas, and no tests', () => {
  const files = readdirSync(join(project, 'node_modules/drun-platform'), { recursive: true, encoding: 'utf8' });
  expect(files).toEqual(
    expect.arrayContaining([
      'lib/constructs/index.d.ts',
      'lib/charts/index.js',
      'bin/drun.js',
      'schemas/tenant.schema.json',
      'LICENSE',
    ]),
  );
  expect(files.filter((file) => file.startsWith('lib/test'))).toEqual([]);
});

function readmeExample(): string {
  const [, code] = /```ts\n([\s\S]*?)```/.exec(readFileSync(join(PACKAGE_ROOT, 'README.md'), 'utf8')) ?? [];
  if (code === undefined) throw new Error('the README has no example');
  return code;
}

/** What the compiler says; empty where it has nothing to say. */
function compile(file: string, ...options: readonly string[]): string {
  const tsc = join(NODE_MODULES, 'typescript/bin/tsc');
  const base = ['--strict', '--module', 'node20', '--target', 'es2022', ...options];
  return spawnSync('node', [tsc, ...base, file], { cwd: project, encoding: 'utf8' }).stdout;
}
