import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PACKAGE_ROOT } from '../../../stacks/synth/fingerprint';

const LIB = join(PACKAGE_ROOT, 'lib');
const out = mkdtempSync(join(tmpdir(), 'drun-without-'));
afterAll(() => rmSync(out, { recursive: true }));

/** Files of `@pulumi` that a process has loaded once it has run `code`. */
function loadedBy(code: string): readonly string[] {
  const tell = `console.log(JSON.stringify(Object.keys(require.cache).filter((file) => file.includes('@pulumi'))))`;
  const printed = execFileSync(process.execPath, ['-e', `const lib = ${JSON.stringify(LIB)}; ${code}; ${tell}`], {
    encoding: 'utf8',
  });
  const files: unknown = JSON.parse(printed.trim().split('\n').at(-1) ?? '');
  return Array.isArray(files) ? files : ['nothing was printed'];
}

const TENANTS = `require(lib + '/stacks/load').tenantsFolder`;

test.each(['dev', 'staging', 'prod'])('synth of %s loads nothing of Pulumi: it costs a second and 120 MB', (name) => {
  const options = `{ environment: '${name}', tenants: ${TENANTS}('${name}'), out: ${JSON.stringify(join(out, name))}, today: '2026-11-22' }`;
  expect(
    loadedBy(
      `const { problems } = require(lib + '/stacks/synth/synth').synth(${options}); if (problems.length > 0) throw new Error('refused')`,
    ),
  ).toEqual([]);
});

test('check and prove load nothing of Pulumi', () => {
  expect(
    loadedBy(`require(lib + '/analysis/rules'); require(lib + '/analysis/network'); require(lib + '/analysis/rbac')`),
  ).toEqual([]);
});

test('what drun up compares is known without the SDK; only the versions of the plugins are read', () => {
  const files = loadedBy(`require(lib + '/stacks/up/up'); require(lib + '/stacks/up/pulumi-runner')`);
  expect(files.length).toBeGreaterThan(0);
  expect(files.filter((file) => !/@pulumi\/(kubernetes|vault)\/package\.json$/.test(file))).toEqual([]);
});

test('fails to stay out where the program itself is loaded', () => {
  expect(loadedBy(`require(lib + '/stacks/sinks/pulumi/program')`).length).toBeGreaterThan(10);
});
