import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ProblemError } from '../../../constructs/core/problem';
import { readSettings } from '../../../stacks/config/settings';
import { dev } from '../../../stacks/environments/dev';
import { prod } from '../../../stacks/environments/prod';
import { loadPlan, tenantsFolder } from '../../../stacks/load';
import { admit } from '../../../stacks/sinks/admit';
import { contentHash, stackContent } from '../../../stacks/sinks/pulumi/content';
import { targetsOf } from '../../../stacks/sinks/target';
import type { Environment } from '../../../stacks/spec/environment';
import { type UpOptions, up } from '../../../stacks/up/up';
import { recordStack, TODAY } from '../../support/recorded-stack';
import { StandInEngine, type StandInStack } from '../../support/stand-in-engine';

jest.setTimeout(60_000);

const BASE = { today: TODAY, now: () => 0 };

/** Stacks as an `up` that succeeded leaves them. */
function landed(environment: Environment, tenants?: string): Readonly<Record<string, StandInStack>> {
  const admitted = admit(environment, TODAY, tenants);
  const settings = readSettings(() => undefined);
  return Object.fromEntries(
    targetsOf(environment).map((target) => {
      const content = stackContent(admitted, target, settings);
      return [target.stack, { hash: contentHash(content), tenants: content.tenants, resources: 9 }];
    }),
  );
}

async function upWith(
  environment: Environment,
  stacks: Readonly<Record<string, StandInStack>>,
  options: Partial<UpOptions> = {},
) {
  const runner = new StandInEngine(stacks);
  const report = await up({ ...BASE, environment, runner, ...options });
  return { asked: runner.asked, report, outcomes: report.stacks.map(({ outcome }) => outcome) };
}

test('the hash that a stack records is the hash that is expected of it', async () => {
  const recorded = await recordStack('dev-tenants-00');
  expect(recorded.hash).toBe(landed(dev)['dev-tenants-00']?.hash);
});

test('nothing is run where every stack holds what it should', async () => {
  const { asked, report } = await upWith(prod, landed(prod));
  expect(asked).toEqual([]);
  expect(report).toMatchObject({ environment: 'prod', ok: true, dryRun: false });
});

test('everything is run where that is forced', async () => {
  expect((await upWith(dev, landed(dev), { force: true })).asked).toEqual(['update dev', 'update dev-tenants-00']);
});

test('everything is run where there is nothing yet', async () => {
  expect((await upWith(prod, {})).asked).toEqual(['update prod', 'update prod-tenants-00', 'update prod-tenants-01']);
});

test('a change of one tenant touches its stack and no other', async () => {
  const before = landed(prod);
  const shard = loadPlan(prod).tenants.find(({ source }) => source.outline.name === 'atlas-apps')?.shard;
  const folder = copyWith('prod', 'atlas-apps.yaml', (text) => text.replace('pods: 100', 'pods: 101'));
  try {
    const { asked } = await upWith(prod, before, { tenants: folder });
    expect(asked).toEqual([`update prod-tenants-0${shard}`]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('fails closed: a stack whose last update did not record a hash is run', async () => {
  const stacks = landed(dev);
  const { hash: _, ...unsure } = stacks['dev-tenants-00'] ?? {};
  expect((await upWith(dev, { ...stacks, 'dev-tenants-00': unsure })).asked).toEqual(['update dev-tenants-00']);
});

test('a stack is run where its configuration changed what it holds', async () => {
  const stacks = landed(dev);
  const off = { ...stacks['dev-tenants-00'], config: { 'drun:unprotect': 'team-alpha', 'kubernetes:context': 'x' } };
  expect((await upWith(dev, { ...stacks, 'dev-tenants-00': off })).asked).toEqual(['update dev-tenants-00']);
});

describe('refusals, with nothing touched', () => {
  test('fails with PL121 on an environment that is pulled', async () => {
    await expectProblems('staging', {}, [{ code: 'PL121' }]);
  });

  test('fails with PL123 where a tenant stack is there that is not planned any more', async () => {
    await expectProblems(dev, { ...landed(dev), 'dev-tenants-01': { resources: 12 } }, [
      { code: 'PL123', path: 'dev-tenants-01', given: 'a stack of 12 resources' },
    ]);
  });

  test('an emptied tenant stack that was left behind is no reason to refuse', async () => {
    expect((await upWith(dev, { ...landed(dev), 'dev-tenants-01': { resources: 0 } })).report.ok).toBe(true);
  });

  test('fails with PL124 where a tenant would be in two stacks', async () => {
    const stacks = landed(prod);
    const [moved = ''] = stacks['prod-tenants-01']?.tenants ?? [];
    const first = { ...stacks['prod-tenants-00'], tenants: [moved] };
    await expectProblems(prod, { ...stacks, 'prod-tenants-00': first }, [
      { code: 'PL124', path: moved, remedy: expect.stringContaining('`shard: 0`') },
    ]);
  });

  test('fails with every mistake of the files before the engine is asked for anything', async () => {
    const folder = copyWith('dev', 'team-alpha.yaml', (text) => `${text}nonsense: 1\nmore: 2\n`);
    const runner = new StandInEngine({});
    const stacks = jest.spyOn(runner, 'stacks');
    try {
      const error = await up({ ...BASE, environment: dev, runner, tenants: folder }).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(ProblemError);
      expect(error).toMatchObject({
        problems: expect.arrayContaining([
          expect.objectContaining({ path: 'nonsense' }),
          expect.objectContaining({ path: 'more' }),
        ]),
      });
      expect(stacks).not.toHaveBeenCalled();
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('fails where the state cannot be read, and runs nothing', async () => {
    const runner = new StandInEngine(landed(dev));
    jest
      .spyOn(runner, 'state')
      .mockRejectedValue(
        new ProblemError([{ code: 'PL126', path: 'dev', given: 'no login', expected: 'an answer', remedy: 'log in' }]),
      );
    await expect(up({ ...BASE, environment: dev, runner })).rejects.toThrow('PL126');
    expect(runner.asked).toEqual([]);
  });
});

test('fails as a whole where one stack does', async () => {
  const { report } = await upWith(dev, { dev: { fails: new Error('away') } });
  expect(report.ok).toBe(false);
});

async function expectProblems(
  environment: string | Environment,
  stacks: Readonly<Record<string, StandInStack>>,
  expected: readonly object[],
) {
  const runner = new StandInEngine(stacks);
  const error = await up({ ...BASE, environment, runner }).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ProblemError);
  expect(error).toMatchObject({ problems: expected });
  expect(runner.asked).toEqual([]);
}

function copyWith(environment: string, file: string, change: (text: string) => string): string {
  const folder = mkdtempSync(join(tmpdir(), 'drun-up-'));
  cpSync(tenantsFolder(environment), folder, { recursive: true });
  writeFileSync(join(folder, file), change(readFileSync(join(folder, file), 'utf8')));
  return folder;
}
