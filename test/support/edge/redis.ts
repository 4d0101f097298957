import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { createAuthority } from '../../../cluster/local/certificates';
import { writeKeyPair, writePrivate } from '../../../cluster/local/host-root';
import { Part } from '../../../cluster/local/part';
import { freePorts } from '../../../cluster/local/ports';
import { type Running, startTogether } from './running';

/** A running Redis that speaks TLS and asks for a password. */
export interface Redis {
  readonly address: string;
  /** File with the authority of its certificate. */
  readonly authority: string;
  readonly password: string;
  readonly stop: () => Promise<void>;
}

const PROGRAM = 'redis-server';

/** Starts the machine's own Redis in a folder. Throws with the remedy where there is none. */
export function startRedis(folder: string, host: string): Promise<Redis> {
  return startTogether((running) => start(running, folder, host));
}

async function start(running: Running, folder: string, host: string): Promise<Omit<Redis, 'stop'>> {
  const found = spawnSync(PROGRAM, ['--version']);
  if (found.error !== undefined)
    throw new Error('no redis-server on the PATH: `apt-get install redis-server`, which has one that speaks TLS');
  const [port = 0] = await freePorts(1);
  const authority = await createAuthority('authority of the store');
  const place = join(folder, 'redis');
  writeKeyPair(place, 'server', await authority.issue({ name: 'redis', hosts: [host] }));
  writePrivate(join(place, 'root.crt'), authority.certificate);
  const password = 'for-this-run-alone';
  const part = new Part<'redis'>({
    name: 'redis',
    program: PROGRAM,
    args: [
      ...['--bind', host, '--port', '0', '--tls-port', String(port), '--tls-auth-clients', 'no'],
      ...['--tls-cert-file', join(place, 'server.crt'), '--tls-key-file', join(place, 'server.key')],
      ...['--tls-ca-cert-file', join(place, 'root.crt'), '--requirepass', password],
      ...['--save', '', '--appendonly', 'no', '--dir', place],
    ],
    log: join(place, 'redis.log'),
    isReady: () => Promise.resolve(isReady(host, port, join(place, 'root.crt'))),
  });
  await running.ends(() => part.kill());
  await part.start();
  return { address: `${host}:${port}`, authority: join(place, 'root.crt'), password };
}

function isReady(host: string, port: number, root: string): boolean {
  const args = ['-h', host, '-p', String(port), '--tls', '--cacert', root, 'PING'];
  return /PONG|NOAUTH/.test(spawnSync('redis-cli', args, { encoding: 'utf8', timeout: 2_000 }).stdout ?? '');
}
