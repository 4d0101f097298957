import { setTimeout as sleep } from 'node:timers/promises';
import type { IngressProps } from '../../../constructs/ingress/ingress-settings';
import { type Cast, newCast } from '../../support/edge/cast';
import { objects } from '../../support/edge/claims';
import { type Answer, askTogether } from '../../support/edge/client';
import { HOST } from '../../support/edge/fixture';
import { type GatewayLab, type GatewayLabProps, startGateway } from '../../support/edge/gateway';
import { changed } from '../../support/edge/weaken';

const KEY = 'drun.edge_under_attack';
const ON = { [KEY]: '100' };
/** More than a kubelet's step takes until a proxy has noticed it. */
const NOTICED_MS = 1_000;

/** Sixty requests at once from one address while nobody attacks, ten while somebody does; the open pages alone would take 120. */
const NORMAL = { profile: 'normal', perAddress: 600, connections: 1_000 } as const;
const AUTOMATIC: Partial<IngressProps> = {
  alerts: 'prometheus-operator',
  limits: { ...NORMAL, automatic: { image: `registry.example.com/edge-switch@sha256:${'0'.repeat(64)}` } },
};

const RATES = ['spec', 'configPatches'] as const;

describe('[NET-3] the limit of an address over all routes of a host', () => {
  let cast: Cast;
  beforeAll(async () => {
    cast = await newCast();
  });

  const using = async <T>(props: Omit<GatewayLabProps, 'cast'>, work: (lab: GatewayLab) => Promise<T>): Promise<T> => {
    const lab = await startGateway({ cast, ...props });
    try {
      return await work(lab);
    } finally {
      await lab.stop();
    }
  };
  /** How many of so many requests at once from an address are let in, by their limit: others may refuse them. */
  const letIn = async (
    { to }: GatewayLab,
    address: string,
    many: number,
    { path = '/', host = HOST.open }: { readonly path?: string; readonly host?: string } = {},
  ): Promise<number> => {
    const streams = Array.from({ length: many }, () => ({ path, headers: { 'x-forwarded-for': address } }));
    const answers = await askTogether({ to, host, tls: cast.tls }, streams);
    return answers.filter((status) => status !== 429).length;
  };

  test('counts what one address asks of all of them together; no other address with it, and no other host', async () => {
    await using({ edge: { limits: NORMAL } }, async (lab) => {
      // It wants a token there: what is refused for that has been counted before.
      expect(await letIn(lab, '203.0.113.1', 50, { path: '/admin' })).toBe(50);
      const rest = await letIn(lab, '203.0.113.1', 60);
      expect(rest).toBeGreaterThanOrEqual(10);
      expect(rest).toBeLessThan(40);
      // Each server of the gateway has filters of its own: who takes all of one host leaves the other alone.
      expect(await letIn(lab, '203.0.113.1', 50, { host: HOST.api })).toBe(50);
      expect(await letIn(lab, '203.0.113.2', 50)).toBe(50);
      const [limited] = [...(await lab.gateway.stats('edge_address.http_local_rate_limit.rate_limited'))];
      expect(limited?.[1]).toBe(60 - rest);
    });
  });

  test('would be noticed to be missing', async () => {
    const off = changed('EnvoyFilter', 'edge-rates', [
      ...RATES,
      1,
      'patch',
      'value',
      'typed_config',
      'filter_enforced',
    ]);
    await using({ edge: { limits: NORMAL }, change: objects(off) }, async (lab) => {
      expect(await letIn(lab, '203.0.113.1', 50, { path: '/admin' })).toBe(50);
      expect(await letIn(lab, '203.0.113.1', 60)).toBe(60);
    });
  });

  test('is tighter when the switch is turned, and as before when it is turned back; nothing restarts', async () => {
    await using({ edge: AUTOMATIC }, async (lab) => {
      const listeners = () => lab.gateway.stats('listener_manager.listener_(create_success|in_place_updated|removed)$');
      const before = await listeners();
      lab.turn({});
      await sleep(NOTICED_MS);
      expect(await letIn(lab, '203.0.113.10', 50)).toBe(50);
      lab.turn(ON);
      await sleep(NOTICED_MS);
      const tight = await letIn(lab, '203.0.113.11', 50);
      expect(tight).toBeGreaterThanOrEqual(10);
      expect(tight).toBeLessThan(20);
      // Nobody else pays for it, and what is below the tighter limit is served.
      expect(said(await lab.ask(HOST.open, '/', { headers: { 'x-forwarded-for': '203.0.113.12' } }))).toBe(200);
      expect(await letIn(lab, '203.0.113.12', 5)).toBe(5);
      lab.turn({});
      await sleep(NOTICED_MS);
      expect(await letIn(lab, '203.0.113.13', 50)).toBe(50);
      expect(before.size).toBeGreaterThan(1);
      expect(await listeners()).toEqual(before);
    });
  });

  test('says of an attack what it said before, while the switch is on: the alert neither sticks nor flaps', async () => {
    const refused = (lab: GatewayLab) =>
      lab.gateway.stats('edge_(address|attack).http_local_rate_limit.(enabled|rate_limited)$');
    await using({ edge: AUTOMATIC }, async (lab) => {
      lab.turn(ON);
      await sleep(NOTICED_MS);
      await letIn(lab, '203.0.113.20', 50);
      const calm = await refused(lab);
      expect(calm.get('edge_address.http_local_rate_limit.rate_limited')).toBe(0);
      expect(calm.get('edge_address.http_local_rate_limit.enabled')).toBe(50);
      expect(calm.get('edge_attack.http_local_rate_limit.rate_limited')).toBeGreaterThan(30);
      await letIn(lab, '203.0.113.21', 90);
      const attacked = await refused(lab);
      expect(attacked.get('edge_address.http_local_rate_limit.rate_limited')).toBeGreaterThan(20);
    });
  });

  test('would be noticed to be no tighter where the filter does not know the switch', async () => {
    const at = [...RATES, 1, 'patch', 'value', 'typed_config', 'filter_enforced', 'runtime_key'];
    await using({ edge: AUTOMATIC, change: objects(changed('EnvoyFilter', 'edge-rates', at)) }, async (lab) => {
      lab.turn(ON);
      await sleep(NOTICED_MS);
      expect(await letIn(lab, '203.0.113.40', 50)).toBe(50);
    });
  });

  test.each([
    ['a word that is no number', { [KEY]: 'yes' }],
    ['another key', { 'drun.edge_under_attacks': '100' }],
    ['nothing', { [KEY]: '0' }],
  ])('is as before where the switch says %s', async (_, data) => {
    await using({ edge: AUTOMATIC }, async (lab) => {
      lab.turn(data);
      await sleep(NOTICED_MS);
      expect(await letIn(lab, '203.0.113.30', 50)).toBe(50);
    });
  });
});

function said(answer: Answer): number | string {
  return 'refused' in answer ? answer.refused : answer.status;
}
