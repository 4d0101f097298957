import { setTimeout as sleep } from 'node:timers/promises';
import { type Cast, newCast } from '../../support/edge/cast';
import type { Answer } from '../../support/edge/client';
import { type CountingLab, startCounting } from '../../support/edge/counting';
import { HOST } from '../../support/edge/fixture';

const MOST = 10;
/** A minute and more: counts are those of the clock's minutes. */
jest.setTimeout(180_000);

type Headers = Readonly<Record<string, string>>;

/** Waits until so much of the clock's minute is left that a test fits into it. */
async function freshMinute(): Promise<void> {
  const left = 60_000 - (Date.now() % 60_000);
  if (left < 20_000) await sleep(left + 200);
}

/** Asks the two proxies in turns, and says each answer's status. */
async function inTurns(lab: CountingLab, host: string, headers: Headers, many: number): Promise<readonly unknown[]> {
  const statuses: unknown[] = [];
  for (let i = 0; i < many; i += 1) statuses.push(said(await lab.ask(i % 2 === 0 ? 0 : 1, host, headers)));
  return statuses;
}

function said(answer: Answer): number | string {
  return 'refused' in answer ? answer.refused : answer.status;
}

const ALLOWED = Array.from({ length: MOST }, () => 200);
const from = (address: string): Headers => ({ 'x-forwarded-for': address });

describe('[NET-3] two proxies of one edge', () => {
  let cast: Cast;
  let lab: CountingLab;
  const as = async (sub: string, more: Headers = {}): Promise<Headers> => ({
    authorization: `Bearer ${await cast.token({ sub })}`,
    ...from('203.0.113.40'),
    ...more,
  });
  beforeAll(async () => {
    cast = await newCast();
    lab = await startCounting({ cast, perKey: MOST, perAddress: MOST });
  });
  afterAll(() => lab?.stop());

  test('count a caller together by the subject of the token, whatever else is said, and nobody else with it', async () => {
    await freshMinute();
    expect(await inTurns(lab, HOST.api, await as('ada'), MOST)).toEqual(ALLOWED);
    const [first, second] = [await lab.ask(0, HOST.api, await as('ada')), await lab.ask(1, HOST.api, await as('ada'))];
    expect([said(first), said(second)]).toEqual([429, 429]);
    expect('headers' in first && first.headers).toMatchObject({
      'x-envoy-ratelimited': 'true',
      'x-ratelimit-remaining': expect.stringMatching(/^0/),
    });
    const spoofed = { 'x-subject': 'eve', 'x-user': 'eve', 'x-jwt-payload': 'eyJzdWIiOiJldmUifQ', subject: 'eve' };
    expect(said(await lab.ask(0, HOST.api, await as('ada', { ...spoofed, ...from('203.0.113.41') })))).toBe(429);
    expect(said(await lab.ask(0, HOST.api, await as('bob')))).toBe(200);
    expect(said(await lab.ask(1, HOST.api, await as('bob', { 'x-subject': 'ada' })))).toBe(200);
  });

  test('count no caller whose token is refused', async () => {
    await freshMinute();
    const forged = { authorization: `Bearer ${await cast.token({ sub: 'carol' }, 'theirs')}`, ...from('203.0.113.42') };
    expect(await inTurns(lab, HOST.api, forged, MOST + 2)).toEqual(Array.from({ length: MOST + 2 }, () => 401));
    expect(await inTurns(lab, HOST.api, await as('carol'), MOST)).toEqual(ALLOWED);
  });

  test('count an address together, and let it in again in the next minute', async () => {
    await freshMinute();
    expect(await inTurns(lab, HOST.open, from('203.0.113.50'), MOST)).toEqual(ALLOWED);
    expect(await inTurns(lab, HOST.open, from('203.0.113.50'), 2)).toEqual([429, 429]);
    expect(said(await lab.ask(0, HOST.open, from('198.51.100.9, 203.0.113.50')))).toBe(429);
    expect(said(await lab.ask(0, HOST.open, from('203.0.113.51')))).toBe(200);
    await sleep(60_000 - (Date.now() % 60_000) + 300);
    expect(await inTurns(lab, HOST.open, from('203.0.113.50'), MOST)).toEqual(ALLOWED);
  });

  test('refuse with 503 what nobody counts, and serve again when somebody does', async () => {
    await lab.service.kill();
    expect(said(await lab.ask(0, HOST.open, from('203.0.113.60')))).toBe(503);
    expect(said(await lab.ask(1, HOST.api, await as('dan')))).toBe(503);
    await lab.service.start();
    await sleep(1_500);
    expect(said(await lab.ask(0, HOST.open, from('203.0.113.60')))).toBe(200);
    await lab.redis.stop();
    expect(said(await lab.ask(0, HOST.open, from('203.0.113.61')))).toBe(503);
  });
});

test('[NET-3] count all that a tenant publishes together, whoever calls', async () => {
  const cast = await newCast();
  const lab = await startCounting({ cast, perKey: 60, perAddress: 60, perTenant: MOST });
  const authorization = async (sub: string) => ({ authorization: `Bearer ${await cast.token({ sub })}` });
  try {
    await freshMinute();
    expect(await inTurns(lab, HOST.open, from('203.0.113.90'), MOST / 2)).toEqual(ALLOWED.slice(MOST / 2));
    expect(await inTurns(lab, HOST.api, await authorization('ada'), MOST / 2)).toEqual(ALLOWED.slice(MOST / 2));
    expect(said(await lab.ask(1, HOST.open, from('203.0.113.91')))).toBe(429);
    expect(said(await lab.ask(0, HOST.api, await authorization('bob')))).toBe(429);
  } finally {
    await lab.stop();
  }
});

test('[NET-3] where somebody said why, proxies let pass what nobody counts', async () => {
  const lab = await startCounting({ cast: await newCast(), perKey: MOST, perAddress: MOST, localOnly: true });
  try {
    await lab.service.kill();
    expect(said(await lab.ask(0, HOST.open, from('203.0.113.70')))).toBe(200);
  } finally {
    await lab.stop();
  }
});

test('[NET-3] without the filter nothing of it holds: the claims above can fail', async () => {
  const without = 'edge-global-rates';
  const lab = await startCounting({ cast: await newCast(), perKey: MOST, perAddress: MOST, without });
  try {
    await freshMinute();
    expect(await inTurns(lab, HOST.open, from('203.0.113.80'), MOST + 1)).toEqual([...ALLOWED, 200]);
  } finally {
    await lab.stop();
  }
});
