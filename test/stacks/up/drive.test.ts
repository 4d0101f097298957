import { type DriveOptions, drive } from '../../../stacks/up/drive';
import type { Work } from '../../../stacks/up/work';
import { StandInEngine, type StandInStack } from '../../support/stand-in-engine';

function work(need: Work['need'], ...shards: Work['need'][]): readonly Work[] {
  const platform: Work = { stack: 'prod', carries: 'platform', objects: 10, tenants: [], leftOut: [], need };
  return [
    platform,
    ...shards.map(
      (one, i): Work => ({
        stack: `prod-tenants-0${i}`,
        carries: 'tenants',
        objects: 5,
        tenants: [`t${i}`],
        leftOut: [],
        need: one,
      }),
    ),
  ];
}

async function driven(
  works: readonly Work[],
  stacks: Readonly<Record<string, StandInStack>> = {},
  options: Partial<DriveOptions> = {},
) {
  const runner = new StandInEngine(stacks);
  let clock = 0;
  const reports = await drive(works, { runner, now: () => (clock += 10), ...options });
  return { runner, reports, outcomes: reports.map(({ outcome }) => outcome) };
}

const broken = { fails: new Error('the cluster is away') };

test('a stack that holds its content already is not touched', async () => {
  const { runner, outcomes } = await driven(work('unchanged', 'unchanged', 'changed'));
  expect(runner.asked).toEqual(['update prod-tenants-01']);
  expect(outcomes).toEqual(['up-to-date', 'up-to-date', 'updated']);
});

test('a shard that carries nothing and was never made is not made', async () => {
  expect((await driven(work('unchanged', 'empty'))).runner.asked).toEqual([]);
});

test('the platform lands alone and first', async () => {
  const { runner } = await driven(work('changed', 'changed', 'new'), {}, { concurrency: 5 });
  expect(runner.asked).toEqual(['update prod', 'update prod-tenants-00', 'update prod-tenants-01']);
});

test.each([1, 2, 4])('never more than %d tenant stacks run at once, and so many do', async (concurrency) => {
  const { runner } = await driven(
    work('unchanged', ...new Array<Work['need']>(9).fill('changed')),
    {},
    { concurrency },
  );
  expect(runner.atOnce).toBe(concurrency);
});

test('two run at once where nothing else is said', async () => {
  expect((await driven(work('unchanged', 'changed', 'changed', 'changed'))).runner.atOnce).toBe(2);
});

test('fails closed: when the platform fails no tenant is touched, even where failures do not stop', async () => {
  const { runner, outcomes } = await driven(
    work('changed', 'changed', 'changed'),
    { prod: broken },
    { onFailure: 'continue' },
  );
  expect(runner.asked).toEqual(['update prod']);
  expect(outcomes).toEqual(['failed', 'not-run', 'not-run']);
});

test('fails one by one: a tenant stack’s failure lets those finish that run and holds back the rest', async () => {
  const { outcomes, reports } = await driven(work('unchanged', 'changed', 'changed', 'changed', 'changed'), {
    'prod-tenants-00': broken,
  });
  expect(outcomes).toEqual(['up-to-date', 'failed', 'updated', 'not-run', 'not-run']);
  expect(reports[1]?.problems).toEqual([
    expect.objectContaining({ code: 'PL125', path: 'prod-tenants-00', given: 'the cluster is away' }),
  ]);
});

test('fails and goes on where that was asked for', async () => {
  const { outcomes } = await driven(
    work('unchanged', 'changed', 'changed', 'changed'),
    { 'prod-tenants-00': broken },
    { onFailure: 'continue' },
  );
  expect(outcomes).toEqual(['up-to-date', 'failed', 'updated', 'updated']);
});

test('a dry run previews what changed, updates nothing and makes no stack', async () => {
  const { runner, outcomes } = await driven(work('changed', 'unchanged', 'changed', 'new'), {}, { dryRun: true });
  expect(runner.asked).toEqual(['preview prod', 'preview prod-tenants-01']);
  expect(outcomes).toEqual(['previewed', 'up-to-date', 'previewed', 'pending']);
});

test('a report says how long a stack took and what changed', async () => {
  const { reports } = await driven(work('changed'));
  expect(reports[0]).toEqual({
    stack: 'prod',
    objects: 10,
    leftOut: [],
    outcome: 'updated',
    milliseconds: 10,
    changes: { same: 1 },
  });
});

test('whoever listens hears each start and each end', async () => {
  const heard: string[] = [];
  await driven(
    work('changed', 'unchanged'),
    {},
    {
      onEvent: (event) =>
        heard.push('started' in event ? `start ${event.started.stack}` : `${event.ended.outcome} ${event.ended.stack}`),
    },
  );
  expect(heard).toEqual(['start prod', 'updated prod', 'up-to-date prod-tenants-00']);
});
