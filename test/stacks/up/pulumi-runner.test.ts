import { chmodSync, copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { PACKAGE_ROOT } from '../../../stacks/synth/fingerprint';
import { isOnPath } from '../../../stacks/up/on-path';
import { pulumiRunner } from '../../../stacks/up/pulumi-runner';

jest.setTimeout(60_000);

const folder = mkdtempSync(join(tmpdir(), 'drun-runner-'));
const answers = join(folder, 'answers.json');
const { PATH, STAND_IN_PULUMI } = process.env;

const ENTRY = {
  startTime: '2026-11-22T10:00:00Z',
  endTime: '2026-11-22T10:01:00Z',
  message: '',
  environment: {},
  config: {},
  version: 3,
};
const OUTPUTS = { contentHash: 'abc', objects: 3, tenants: ['acme'], leftOut: [] };
const LANDED = {
  lands: { create: 2 },
  history: [{ ...ENTRY, kind: 'update', result: 'succeeded', resourceChanges: { create: 2 } }],
};
const STACKS = {
  good: {
    outputs: OUTPUTS,
    history: [{ ...ENTRY, kind: 'update', result: 'succeeded' }],
    summary: { resourceCount: 7 },
    config: { 'vault:address': { value: 'https://vault' }, 'x:token': { value: 'hush', secret: true } },
  },
  failed: { outputs: OUTPUTS, history: [{ ...ENTRY, kind: 'update', result: 'failed' }] },
  refreshed: { outputs: OUTPUTS, history: [{ ...ENTRY, kind: 'refresh', result: 'succeeded' }] },
  fresh: {},
  landing: {
    summary: { resourceCount: 3 },
    previews: true,
    lands: { create: 2, same: 1 },
    history: [{ ...ENTRY, kind: 'update', result: 'succeeded', resourceChanges: { create: 2, same: 1 } }],
  },
  empty: { ...LANDED, summary: { resourceCount: 0 }, says: 'no preview of nothing' },
  holding: { ...LANDED, summary: { resourceCount: 3 }, says: 'Preview failed: it cannot be deleted' },
  refusing: { says: 'Running program failed with an unhandled exception' },
};

beforeAll(() => {
  const program = join(folder, 'pulumi');
  copyFileSync(join(PACKAGE_ROOT, 'test', 'support', 'stand-in-pulumi.cjs'), program);
  chmodSync(program, 0o755);
  writeFileSync(answers, JSON.stringify({ stacks: STACKS }));
  process.env.STAND_IN_PULUMI = answers;
});
beforeEach(() => {
  process.env.PATH = [folder, dirname(process.execPath), '/usr/bin', '/bin'].join(delimiter);
});
afterAll(() => {
  process.env.PATH = PATH;
  if (STAND_IN_PULUMI === undefined) delete process.env.STAND_IN_PULUMI;
  rmSync(folder, { recursive: true });
});

test('fails with PL122 and where to get it where there is no pulumi on the PATH', async () => {
  process.env.PATH = '/nowhere';
  await expect(pulumiRunner()).rejects.toMatchObject({
    problems: [{ code: 'PL122', remedy: expect.stringContaining('pulumi.com') }],
  });
});

test('a program counts only where it can be run', () => {
  writeFileSync(join(folder, 'plain'), '');
  expect(isOnPath('pulumi', `/nowhere${delimiter}${folder}`)).toBe(true);
  expect(isOnPath('plain', folder)).toBe(false);
  expect(isOnPath('pulumi', '')).toBe(false);
});

test('every stack of the project is listed with what it holds', async () => {
  const stacks = await (await pulumiRunner()).stacks();
  expect(stacks).toContainEqual({ name: 'good', resources: 7 });
  expect(stacks).toContainEqual({ name: 'fresh' });
});

test('a hash is believed after an update that succeeded', async () => {
  const state = await (await pulumiRunner()).state('good');
  expect(state).toEqual({ hash: 'abc', tenants: ['acme'], config: { 'vault:address': 'https://vault' } });
});

test.each(['failed', 'refreshed', 'fresh'])('fails closed: no hash is believed of a stack that is %s', async (name) => {
  expect((await (await pulumiRunner()).state(name)).hash).toBeUndefined();
});

test('[ENC-3] a secret of the stack’s configuration goes no further', async () => {
  expect(JSON.stringify(await (await pulumiRunner()).state('good'))).not.toContain('hush');
});

test('an update tells what changed, and what the engine says is passed on', async () => {
  const said: string[] = [];
  const runner = await pulumiRunner({ onOutput: (stack, text) => said.push(`${stack}: ${text.trim()}`) });
  expect(await runner.update('landing')).toEqual({ create: 2, same: 1 });
  expect(said).toContain('landing: updating');
});

test('[BDR-2] fails with nothing updated where the preview of a stack that holds something is refused', async () => {
  const runner = await pulumiRunner();
  await expect(runner.update('holding')).rejects.toMatchObject({ problems: [{ code: 'PL125', path: 'holding' }] });
  expect(await runner.update('empty')).toEqual({ create: 2 });
  const log = readFileSync(`${answers}.log`, 'utf8').split('\n');
  const ran = log.flatMap((line) => /^(up|preview) .*--stack (\w+)/.exec(line)?.slice(1, 3).join(' ') ?? []);
  expect(ran.filter((one) => !one.includes('landing'))).toEqual(['preview holding', 'up empty']);
});

test('fails with PL125, what the engine said and how to see all of it where an update fails', async () => {
  const runner = await pulumiRunner();
  await expect(runner.update('refusing')).rejects.toMatchObject({
    problems: [
      {
        code: 'PL125',
        path: 'refusing',
        given: expect.stringContaining('unhandled exception'),
        remedy: expect.stringContaining('pulumi up --stack refusing'),
      },
    ],
  });
});

test('fails with PL126 where the backend does not answer', async () => {
  writeFileSync(answers, 'not json');
  await expect(pulumiRunner()).rejects.toMatchObject({ problems: [{ code: 'PL126' }] });
  writeFileSync(answers, JSON.stringify({ stacks: STACKS }));
});

test('the engine runs with Outputs that throw when they are taken for text', async () => {
  await (await pulumiRunner()).stacks();
  expect(readFileSync(`${answers}.log`, 'utf8')).toMatch(/^stack ls .*true$/m);
});
