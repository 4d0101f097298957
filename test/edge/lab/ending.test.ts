import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newCast } from '../../support/edge/cast';
import { objects } from '../../support/edge/claims';
import { requestLimit } from '../../support/edge/fixture';
import { startGateway } from '../../support/edge/gateway';
import { newLoopback } from '../../support/edge/loopback';
import { startRedis } from '../../support/edge/redis';
import { startTogether, stopEverything } from '../../support/edge/running';
import { changed } from '../../support/edge/weaken';

/** Programs that this process has started and that still run, but for the shells that watch over them and end just after. */
function children(): readonly string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const [, name = '', rest = ''] = /\((.+)\) (.+)$/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8').trim()) ?? [];
        const [state, parent] = rest.split(' ');
        return Number(parent) === process.pid && state !== 'Z' && name !== 'sh' ? [name] : [];
      } catch {
        // It ended while this was looking.
        return [];
      }
    });
}

describe('a lab', () => {
  test('runs until it is stopped, and then nothing of it does', async () => {
    const lab = await startGateway({ cast: await newCast() });
    expect(children()).toEqual(expect.arrayContaining(['envoy', 'edge-lab']));
    await lab.stop();
    expect(children()).toEqual([]);
  });

  test('that fails as it starts leaves nothing running, whatever was started before', async () => {
    const refused = changed('EnvoyFilter', 'edge-requests', requestLimit('max_request_headers_kb'), 1_000_000);
    const starting = startGateway({ cast: await newCast(), change: objects(refused) });
    await expect(starting).rejects.toThrow(/envoy refused its configuration/);
    expect(children()).toEqual([]);
  });

  test('for which a test no longer waits ends with the others, and starts nothing more', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'drun-ending-'));
    const net = newLoopback();
    let ended: () => void = () => undefined;
    const stopped = new Promise<void>((resolve) => {
      ended = resolve;
    });
    const reached = new Promise<{ readonly starting: Promise<object> }>((resolve) => {
      const starting = startTogether(async (running) => {
        await running.has(startRedis(folder, net(50)));
        resolve({ starting });
        await stopped;
        return running.has(startRedis(folder, net(51)));
      });
      starting.catch(() => undefined);
    });
    const { starting } = await reached;
    expect(children()).toContain('redis-server');
    await stopEverything();
    ended();
    await expect(starting).rejects.toThrow('what this belongs to has ended already');
    expect(children()).toEqual([]);
    rmSync(folder, { recursive: true, force: true });
  });
});
