import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { listAt } from '../../../constructs/core/json';
import { BOOTSTRAP, bootstrap } from '../../../constructs/ingress/edge-gateway';
import { type Cast, newCast } from '../../support/edge/cast';
import { objects, proxyConfig } from '../../support/edge/claims';
import { type Answer, dial } from '../../support/edge/client';
import { HOST } from '../../support/edge/fixture';
import { type Change, type GatewayLab, type GatewayLabProps, startGateway } from '../../support/edge/gateway';
import { changed, replaced, without } from '../../support/edge/weaken';

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
    await using({ change: unbounded(limit('6')) }, async (lab) => {
      expect(await oneTooMany(lab, cast, 6)).toEqual({ before: REFUSED, after: 200 });
      const overflows = await lab.gateway.stats('_8443.downstream_global_cx_overflow');
      expect([...overflows.values()]).toEqual([1]);
    });
    await using({ change: unbounded() }, async (lab) => {
      expect(await oneTooMany(lab, cast, 6)).toEqual({ before: 200, after: 200 });
    });
  });

  test('refuses the connection after the last that a listener may have', async () => {
    const limited = { 'envoy.resource_limits.listener.0.0.0.0_8443.connection_limit': '6' };
    const change = unbounded(proxyConfig(['runtimeValues'], limited));
    await using({ change }, async (lab) => {
      expect(await oneTooMany(lab, cast, 6)).toEqual({ before: REFUSED, after: 200 });
    });
  });

  test('is not limited by the two fields of connectionSettings that Istio accepts and does not read yet', async () => {
    const settings = { listenerConnectionLimit: 6, globalDownstreamConnectionLimit: 6 };
    await using({ change: unbounded(proxyConfig(['connectionSettings'], settings)) }, async (lab) => {
      expect(await oneTooMany(lab, cast, 6)).toEqual({ before: 200, after: 200 });
    });
  });

  test('refuses requests when its memory runs out, and only then', async () => {
    await using({}, async (lab) => {
      expect(said(await lab.ask(HOST.open))).toBe(200);
      expect([...(await lab.gateway.stats('overload.envoy.resource_monitors.fixed_heap.pressure')).values()]).toEqual([
        expect.any(Number),
      ]);
    });
    await using({ change: memory(1 << 20) }, async (lab) => {
      // It looks at its memory four times a second, for the first time a while after it has started.
      await sleep(500);
      expect(said(await lab.ask(HOST.open))).toEqual(REFUSED);
      expect(lab.echo.seen).toHaveLength(0);
    });
  });

  test('fails to start where the bootstrap names Istio’s own monitor again', async () => {
    await expect(using({ change: SECOND_MONITOR }, async () => undefined)).rejects.toThrow(
      /Duplicate resource monitor/,
    );
  });
});

/** A gateway with so many connections for the process: fewer than its settings may say. */
function limit(connections: string): Change {
  return proxyConfig(['proxyMetadata', 'ISTIO_META_GLOBAL_DOWNSTREAM_MAX_CONNECTIONS'], connections);
}

/** A gateway without the limit of connections of each host, which would be noticed first. */
function unbounded(more: Change = (as) => as): Change {
  return (fixture) => objects(without('EnvoyFilter', 'edge-connections'))(more(fixture));
}

/** A gateway whose bootstrap is the platform's, changed. */
function started(path: readonly (string | number)[], value: unknown): Change {
  const text = JSON.stringify(replaced(bootstrap(), ['overload_manager', 'resource_monitors', ...path], value));
  return objects(changed('ConfigMap', BOOTSTRAP, ['data', 'custom_bootstrap.json'], text));
}

function memory(bytes: number): Change {
  return started([0, 'typed_config', 'max_heap_size_bytes'], bytes);
}

/** Istio’s own monitor once more. */
const SECOND_MONITOR = started(
  [],
  [
    ...listAt(bootstrap(), 'overload_manager', 'resource_monitors'),
    {
      name: 'envoy.resource_monitors.global_downstream_max_connections',
      typed_config: {
        '@type':
          'type.googleapis.com/envoy.extensions.resource_monitors.downstream_connections.v3.DownstreamConnectionsConfig',
        max_active_downstream_connections: 10,
      },
    },
  ],
);

async function oneTooMany(lab: GatewayLab, { tls }: Cast, limited: number) {
  const connect = (): Promise<Socket> => dial({ to: lab.to, host: HOST.open, tls });
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
