import { type Cast, newCast } from '../../support/edge/cast';
import { objects } from '../../support/edge/claims';
import type { Answer } from '../../support/edge/client';
import { HOST } from '../../support/edge/fixture';
import { type GatewayLab, startGateway } from '../../support/edge/gateway';
import { changed, without } from '../../support/edge/weaken';

const ORDER = [
  'drun.edge_address_rate',
  'envoy.filters.http.local_ratelimit',
  'envoy.filters.http.jwt_authn',
  // What is denied, then what is let in.
  'envoy.filters.http.rbac',
  'envoy.filters.http.rbac',
  'drun.waf_whole',
  'envoy.filters.http.ext_proc',
  'drun.waf_length',
  'envoy.filters.http.router',
];
const JUDGE = ['spec', 'configPatches', 1, 'patch', 'value', 'typed_config'] as const;

describe('[NET-2] the firewall of the gateway', () => {
  let cast: Cast;
  beforeAll(async () => {
    cast = await newCast();
  });

  test('is asked about every request, and changes none', async () => {
    await using(await startGateway({ cast }), async (lab) => {
      expect(said(await lab.ask(HOST.open, '/attack'))).toBe(403);
      expect(said(await lab.ask(HOST.open, '/benign'))).toBe(200);
      expect(lab.echo.seen.map(({ path, headers }) => [path, headers['x-judged-route']])).toEqual([
        ['/benign', undefined],
      ]);
    });
  });

  test('is told which route a request takes: the stand-in writes it into a header where it may', async () => {
    const free = objects(changed('EnvoyFilter', 'edge-waf', [...JUDGE, 'mutation_rules'], {}));
    await using(await startGateway({ cast, change: free }), async (lab) => {
      const bearer = { headers: { authorization: `Bearer ${await cast.token()}` } };
      await lab.ask(HOST.open, '/benign');
      await lab.ask(HOST.api, '/orders', bearer);
      expect(lab.echo.seen.map(({ path, headers }) => [path, headers['x-judged-route']])).toEqual([
        ['/benign', 'console/acme/open'],
        ['/orders', 'api/acme/api'],
      ]);
    });
  });

  test('fails closed: without it nothing passes, and with it again everything does', async () => {
    await using(await startGateway({ cast }), async (lab) => {
      expect(said(await lab.ask(HOST.open))).toBe(200);
      await lab.judge.stop();
      expect(said(await lab.ask(HOST.open))).toBe(503);
      expect(lab.echo.seen).toHaveLength(1);
    });
  });

  test('stands behind limits, tokens and policies: nobody without a right to call costs an inspection', async () => {
    await using(await startGateway({ cast }), async (lab) => {
      const config = await lab.gateway.admin('/config_dump?resource=dynamic_listeners');
      const filters = [...config.matchAll(/"name": "((?:envoy\.filters\.http|drun)\.[a-z_]+)"/g)].map(
        ([, name]) => name,
      );
      const known = filters.filter((name) => ORDER.includes(name ?? ''));
      expect(known.slice(0, ORDER.length)).toEqual(ORDER);
    });
  });

  test('is noticed to be gone, and to fail open', async () => {
    const gone = objects(without('EnvoyFilter', 'edge-waf'));
    await using(await startGateway({ cast, change: gone }), async (lab) => {
      expect(said(await lab.ask(HOST.open, '/attack'))).toBe(200);
    });
    const open = objects(changed('EnvoyFilter', 'edge-waf', [...JUDGE, 'failure_mode_allow'], true));
    await using(await startGateway({ cast, change: open }), async (lab) => {
      await lab.judge.stop();
      expect(said(await lab.ask(HOST.open, '/attack'))).toBe(200);
    });
  });
});

async function using(lab: GatewayLab, work: (lab: GatewayLab) => Promise<void>): Promise<void> {
  try {
    await work(lab);
  } finally {
    await lab.stop();
  }
}

function said(answer: Answer): number | string {
  return 'refused' in answer ? answer.refused : answer.status;
}
