import { runTrials, type TrialResults } from '../../support/waf/trial';

describe('the firewall on a real Envoy', () => {
  test('[NET-2] refuses attacks before they reach a server, lets their twins pass, and nothing without the service', async () => {
    const { boundary = [] } = await runTrials(['boundary']);
    const byClaim = new Map(boundary.map(({ claim, status, reached }) => [claim, [status, reached]]));
    expect(Object.fromEntries(byClaim)).toEqual({
      'an ordinary call passes': [200, true],
      'an attack in a body is refused': [403, false],
      'an attack in a header is refused before the body': [403, false],
      'a prompt passes on its route': [200, true],
      'an attack beside a prompt is refused': [403, false],
      'a prompt is refused on another route': [403, false],
      'a prompt is refused on a route without a typed name': [403, false],
      'a header does not choose the route': [403, false],
      'a body over the limit is refused': [413, false],
      'a name twice is refused': [400, false],
      'the server behind is told the length of a body': [200, true],
      'nothing passes without the service': [500, false],
    });
  });

  test('[NET-2] lets files pass while they arrive, holds little of them, and inspects all around them', async () => {
    const { upload } = await runTrials(['upload']);
    expect(
      Object.fromEntries(upload?.claims.map(({ claim, status, reached }) => [claim, [status, reached]]) ?? []),
    ).toEqual({
      'a file passes, whatever its content is like': [200, true],
      'an attack in a field before a file is refused': [403, false],
      'an attack in the name of a file is refused': [403, false],
      'a field behind a file passes': [200, true],
      'an attack in a field behind a file is refused': [403, false],
      'a field that is too large to hold is refused': [413, false],
      'files over the limit of a route are refused': [413, false],
      'a form without an end is refused': [400, false],
      'text behind a form is refused': [400, false],
      'a slow client’s fields pass': [200, true],
      'a file of 200 MiB passes': [200, true],
      'nothing passes without the service': [500, false],
    });
    expect(upload?.bytes).toBe(200 * 1024 ** 2);
    expect(upload?.envoyKiB).toBeLessThan(16 * 1024);
    expect(upload?.serviceKiB).toBeLessThan(32 * 1024);
  }, 120_000);

  test('[NET-2] passes the tests of the rule set, but for those that are listed with a reason', async () => {
    expectCorpus((await runTrials(['corpus-envoy']))['corpus-envoy']);
  }, 600_000);
});

describe('the engine of the firewall', () => {
  test('[NET-2] passes the tests of the rule set, but for those that are listed with a reason', async () => {
    expectCorpus((await runTrials(['corpus-local']))['corpus-local']);
  }, 600_000);

  test('[NET-2] finds with the screen what it finds without', async () => {
    const { screen } = await runTrials(['screen'], ['-step', '40']);
    expect(screen?.missed).toEqual([]);
    // It says something only if the screen cleared many of them, in all places and at all levels.
    expect(screen?.cleared).toBeGreaterThan(500);
  }, 600_000);

  test('[NET-2] finds attacks on every type of route and refuses neither prompts nor calls', async () => {
    const { detection } = await runTrials(['detection'], ['-prompts', '2000', '-step', '10']);
    if (detection === undefined) throw new Error('no result');
    const { prompts, elsewhere, calls, corpus, public: ordinary } = detection;
    // Level 1 of the rule set alone refuses less than nine in ten, so that this notices when the platform's own rules are gone.
    for (const half of Object.values(corpus['api 1']?.attacks ?? {})) {
      expect(half.refused).toBeGreaterThanOrEqual(half.asked * 0.95);
    }
    expect(Object.values(ordinary['api 1']?.['names'] ?? {}).map(({ refused }) => refused)).toEqual([0, 0]);
    expect(prompts['inference 1']).toMatchObject({ refused: 0 });
    // An attack beside a prompt is refused in every one of them.
    expect(elsewhere['inference 1']?.refused).toBe(elsewhere['inference 1']?.asked);
    expect(elsewhere['inference 2']?.refused).toBe(elsewhere['inference 2']?.asked);
    expect(calls['api 1']?.refused).toBeLessThanOrEqual((calls['api 1']?.asked ?? 0) * 0.001);
    // The same prompts on another route show that it is the route which lets them pass.
    expect(prompts['api 1']?.refused).toBeGreaterThan((prompts['api 1']?.asked ?? 0) * 0.3);
  }, 600_000);
});

function expectCorpus(corpus: TrialResults['corpus-local']): void {
  if (corpus === undefined) throw new Error('no result');
  expect(corpus.failed).toEqual([]);
  expect(corpus.tests).toBeGreaterThanOrEqual(4_674);
  const overridden = Object.keys(corpus.overridden).length;
  expect(corpus.passed / (corpus.tests - overridden)).toBeGreaterThanOrEqual(0.995);
  expect(overridden / corpus.tests).toBeLessThanOrEqual(0.02);
  expect(Object.values(corpus.overridden).filter((reason) => reason.length < 20)).toEqual([]);
}
