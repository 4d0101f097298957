import { type Cast, newCast } from '../../support/edge/cast';
import { objects } from '../../support/edge/claims';
import type { Answer } from '../../support/edge/client';
import { HOST } from '../../support/edge/fixture';
import { type GatewayLab, startGateway } from '../../support/edge/gateway';
import { changed, without } from '../../support/edge/weaken';

const ORDER = ['local_ratelimit', 'ext_proc', 'jwt_authn', 'rbac'].map((name) => `envoy.filters.http.${name}`);
const JUDGE = ['spec', 'configPatches', 0, 'patch', 'value', 'typed_config'] as const;

describe('[NET-2] the firewall of the gateway', () => {
  let cast: Cast;
  beforeAll(async () => {
    cast = await newCast();
  });

  test('is asked about every request, and told which route it takes', async () => {
    await using(await startGateway({ cast }), async (lab) => {
      expect(said(await lab.ask(HOST.open, '/attack'))).toBe(403);
      expect(said(await lab.ask(HOST.open, '/benign'))).toBe(200);
      const token = await cast.token();
      await lab.ask(HOST.api, '/orders', { headers: { authorization: `Bearer ${token}` } });
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

  test('stands behind the limit of requests, which is cheaper, and before tokens and policies', async () => {
    await using(await startGateway({ cast }), async (lab) => {
      const config = await lab.gateway.admin('/config_dump?resource=dynamic_listeners');
      const filters = [...config.matchAll(/"name": "(envoy\.filters\.http\.[a-z_]+)"/g)].map(([, name]) => name);
      expect(filters.slice(0, 4)).toEqual(ORDER);
    });
  });

  test('is noticed to be gone, and to fail open', async () => {
    const gone = objects(without('EnvoyFilter', 'waf'));
    await using(await startGateway({ cast, change: gone }), async (lab) => {
      expect(said(await lab.ask(HOST.open, '/attack'))).toBe(200);
    });
    const open = objects(changed('EnvoyFilter', 'waf', [...JUDGE, 'failure_mode_allow'], true));
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
