import { chmodSync, copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { PACKAGE_ROOT } from '../../stacks/synth/fingerprint';
import { spawnDrun } from '../support/drun';

const URN =
  'urn:pulumi:dev::drun-platform::drun:platform:Layer$kubernetes:core/v1:Namespace::eu-central-1/foundation/A';
const RESOURCE = {
  urn: URN,
  type: 'kubernetes:core/v1:Namespace',
  inputs: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'a' } },
  provider: 'urn:pulumi:dev::drun-platform::pulumi:providers:kubernetes::eu-central-1::7',
};
const state = (...types: readonly string[]) => ({
  manifest: { magic: 'm' },
  resources: [{ urn: URN }],
  pending_operations: types.map((type) => ({ type, resource: RESOURCE })),
});

let folder: string;
let answers: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'drun-resume-'));
  answers = join(folder, 'answers.json');
  copyFileSync(join(PACKAGE_ROOT, 'test/support/stand-in-pulumi.cjs'), join(folder, 'pulumi'));
  chmodSync(join(folder, 'pulumi'), 0o755);
});
afterEach(() => rmSync(folder, { recursive: true }));

function resume(deployment: object | undefined, ...args: readonly string[]) {
  writeFileSync(answers, JSON.stringify({ stacks: { dev: deployment === undefined ? {} : { state: deployment } } }));
  const env = {
    PATH: [folder, dirname(process.execPath), '/usr/bin', '/bin'].join(delimiter),
    STAND_IN_PULUMI: answers,
    KUBECONFIG: join(folder, 'none'),
  };
  const ran = spawnDrun(['resume', 'dev', ...args], { env });
  const file = `${answers}.imported`;
  return { ...ran, imported: existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined };
}

test('a stack without pending operations is left as it is', () => {
  expect(resume(state())).toEqual({ code: 0, out: 'dev: nothing is pending\n', err: '', imported: undefined });
});

test('what the next update does again is settled, and the rest of the document stays', () => {
  const { code, out, imported } = resume(state('updating'));
  expect(out).toBe(
    'eu-central-1/foundation/A is done again by the next update\ndev: 1 operation: resumed; run `drun up` again\n',
  );
  expect({ code, imported }).toEqual({ code: 0, imported: { version: 3, deployment: state() } });
});

test('with a dry run the state stays as it is', () => {
  const { code, out, imported } = resume(state('deleting'), '--dry-run', '--json');
  expect(JSON.parse(out)).toMatchObject({ ok: true, dryRun: true, resumed: [{ urn: URN, outcome: 'to-repeat' }] });
  expect({ code, imported }).toEqual({ code: 0, imported: undefined });
});

test('secrets of the state are never asked for in the clear', () => {
  resume(state('updating'));
  expect(readFileSync(`${answers}.log`, 'utf8')).not.toContain('--show-secrets');
});

test.each([
  ['an operation that cannot be resumed', state('importing'), /^LIV021 /],
  ['a cluster that cannot be asked', state('creating'), /^LIV001 /],
  ['a backend that does not answer', undefined, /^PL126 dev: given "error: the stand-in does not know/],
])('fails with the state as it was over %s', (_, deployment, said) => {
  expect(resume(deployment)).toMatchObject({ code: 2, out: '', err: expect.stringMatching(said), imported: undefined });
});

test('fails over a stack that there is not, and without the program', () => {
  expect(spawnDrun(['resume', 'nowhere'])).toMatchObject({ code: 2, err: expect.stringMatching(/^PL120 /) });
  expect(spawnDrun(['resume', 'dev'], { env: { PATH: '/nowhere' } })).toMatchObject({
    code: 2,
    err: expect.stringMatching(/^PL122 /),
  });
});
