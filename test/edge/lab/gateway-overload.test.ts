import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Cast, newCast } from '../../support/edge/cast';
import { type Answer, dial } from '../../support/edge/client';
import { HOST } from '../../support/edge/fixture';
import { type Change, type GatewayLab, type GatewayLabProps, startGateway } from '../../support/edge/gateway';
import { memoryOverload, SECOND_MONITOR } from '../../support/edge/overload';
import { without } from '../../support/edge/weaken';

const REFUSED = expect.stringMatching(/ECONNRESET|CLOSED/);

describe('[NET-3] an overloaded gateway', () => {
  let cast: Cast;
  beforeAll(async () => {
    cast = await newCast();
  });

  const using = async (props: Omit<GatewayLabProps, 'cast'>, work: (lab: GatewayLab) => Promise<void>) => {
    const lab = await startGateway({ cast, ...props });
    try {
      await work(lab);
    } finally {
      await lab.stop();
    }
  };

  test('refuses the connection after the last that the process may have, and takes it when another one ends', async () => {
    await using({ change: proxyConfig({ proxyMetadata: limit('6') }) }, async (lab) => {
      expect(await oneTooMany(lab, cast, 6)).toEqual({ before: REFUSED, after: 200 });
      const overflows = await lab.gateway.stats('_8443.downstream_global_cx_overflow');
      expect([...overflows.values()]).toEqual([1]);
    });
    await using({ change: proxyConfig({}) }, async (lab) => {
      expect(await oneTooMany(lab, cast, 6)).toEqual({ before: 200, after: 200 });
    });
  });

  test('refuses the connection after the last that a listener may have', async () => {
    const limited = { 'envoy.resource_limits.listener.0.0.0.0_8443.connection_limit': '6' };
    const change = proxyConfig({ runtimeValues: limited });
    await using({ change }, async (lab) => {
      expect(await oneTooMany(lab, cast, 6)).toEqual({ before: REFUSED, after: 200 });
    });
  });

  test('is not limited by the two fields of connectionSettings that Istio accepts and does not read yet', async () => {
    const settings = { connectionSettings: { listenerConnectionLimit: 6, globalDownstreamConnectionLimit: 6 } };
    await using({ change: proxyConfig(settings) }, async (lab) => {
      expect(await oneTooMany(lab, cast, 6)).toEqual({ before: 200, after: 200 });
    });
  });

  test('refuses requests when its memory runs out, and only then', async () => {
    await using({ override: memoryOverload(1 << 30) }, async (lab) => {
      expect(said(await lab.ask(HOST.open))).toBe(200);
      expect([...(await lab.gateway.stats('overload.envoy.resource_monitors.fixed_heap.pressure')).values()]).toEqual([
        expect.any(Number),
      ]);
    });
    await using({ override: memoryOverload(1 << 20) }, async (lab) => {
      // It looks at its memory four times a second, for the first time a while after it has started.
      await sleep(500);
      expect(said(await lab.ask(HOST.open))).toEqual(REFUSED);
      expect(lab.echo.seen).toHaveLength(0);
    });
  });

  test('fails to start where the bootstrap names Istio’s own monitor again', async () => {
    await expect(using({ override: SECOND_MONITOR }, async () => undefined)).rejects.toThrow(
      /Duplicate resource monitor/,
    );
  });
});

function limit(connections: string) {
  return { ISTIO_META_GLOBAL_DOWNSTREAM_MAX_CONNECTIONS: connections };
}

/** The gateway pod’s own settings, without the limits of connections that would be noticed first. */
function proxyConfig(config: object): Change {
  return (fixture) => ({
    ...fixture,
    objects: without('EnvoyFilter', 'connection-limits')(fixture.objects),
    annotations: { 'proxy.istio.io/config': JSON.stringify(config) },
  });
}

async function oneTooMany(lab: GatewayLab, { publicRoot: ca }: Cast, limited: number) {
  const connect = (): Promise<Socket> => dial({ to: lab.to, host: HOST.open, tls: { ca } });
  const open = await Promise.all(Array.from({ length: limited }, connect));
  const before = said(await lab.ask(HOST.open));
  open.pop()?.destroy();
  await sleep(200);
  const after = said(await lab.ask(HOST.open));
  for (const socket of open) socket.destroy();
  return { before, after };
}

function said(answer: Answer): number | string {
  return 'refused' in answer ? answer.refused : answer.status;
}
