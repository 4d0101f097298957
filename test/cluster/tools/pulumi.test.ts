import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { PACKAGE_ROOT } from '../../../stacks/synth/fingerprint';
import { provideTools } from '../../../tools/provide';
import { run } from '../../../tools/run';

const PROGRAM = `
const pulumi = require('@pulumi/pulumi');
new pulumi.ComponentResource('drun:test:Thing', 'thing');
exports.answer = 42;
`;

describe('the Pulumi engine that npm run tools builds', () => {
  test('runs a program of the SDK that this project has: up, the same again, destroy', async () => {
    const pulumi = await workspace();
    expect(await pulumi('stack', 'init', 'dev')).toMatchObject({ code: 0 });
    const first = await pulumi('up', '--yes', '--skip-preview', '--stack', 'dev');
    expect(first).toMatchObject({ code: 0, stdout: expect.stringMatching(/answer: 42.*2 created/s) });
    const second = await pulumi('up', '--yes', '--skip-preview', '--stack', 'dev', '--expect-no-changes');
    expect(second).toMatchObject({ code: 0, stdout: expect.stringContaining('2 unchanged') });
    const gone = await pulumi('destroy', '--yes', '--skip-preview', '--stack', 'dev');
    expect(gone).toMatchObject({ code: 0, stdout: expect.stringContaining('2 deleted') });
  });
});

/** A project with a state of its own, in a folder for temporary files. */
async function workspace() {
  const folder = mkdtempSync(join(tmpdir(), 'drun-pulumi-'));
  for (const name of ['state', 'home']) mkdirSync(join(folder, name));
  symlinkSync(join(PACKAGE_ROOT, 'node_modules'), join(folder, 'node_modules'));
  writeFileSync(
    join(folder, 'Pulumi.yaml'),
    'name: tiny\nruntime:\n  name: nodejs\n  options: { typescript: false }\n',
  );
  writeFileSync(join(folder, 'package.json'), '{ "name": "tiny", "main": "index.js" }\n');
  writeFileSync(join(folder, 'index.js'), PROGRAM);
  const tools = await provideTools(['pulumi', 'pulumi-language-nodejs'], { build: false });
  const env = {
    ...process.env,
    PATH: [...[...tools.values()].map(({ path }) => dirname(path)), process.env.PATH ?? ''].join(delimiter),
    PULUMI_HOME: join(folder, 'home'),
    PULUMI_BACKEND_URL: `file://${join(folder, 'state')}`,
    PULUMI_CONFIG_PASSPHRASE: 'a state without secrets',
    PULUMI_SKIP_UPDATE_CHECK: 'true',
  };
  const program = tools.get('pulumi')?.path ?? 'pulumi';
  return (...args: readonly string[]) => run(program, [...args, '--non-interactive'], { cwd: folder, env });
}
