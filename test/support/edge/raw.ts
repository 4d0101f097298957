import { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from 'node:tls';
import { type Ask, dial, reasonOf } from './client';

/** What came of bytes on a connection. */
export interface Spoken {
  /** Everything that was received. */
  readonly received: string;
  /** Milliseconds after the first byte when the other side closed the connection; undefined where it did not. */
  readonly closedAfter: number | undefined;
}

/** A piece of what is said, and how long to wait before it. */
export type Utterance = string | Buffer | { readonly after: number; readonly bytes: string };

/** Writes bytes as they are, slowly where told so, and listens until the other side closes or patience ends. */
export async function speak(
  wanted: Pick<Ask, 'to' | 'tls' | 'from' | 'host' | 'preface'>,
  utterances: readonly Utterance[],
  patience: number,
): Promise<Spoken | { readonly refused: string }> {
  const socket = await dial(wanted).catch((error: unknown) => ({ refused: reasonOf(error) }));
  if ('refused' in socket) return socket;
  socket.setTimeout(0);
  const start = performance.now();
  let received = '';
  let closedAfter: number | undefined;
  socket.setEncoding('utf8').on('data', (text: string) => {
    received += text;
  });
  socket.on('error', () => undefined);
  const closed = new Promise<void>((resolve) => {
    socket.once('close', () => {
      closedAfter = performance.now() - start;
      resolve();
    });
  });
  for (const one of utterances) {
    const { after, bytes } = typeof one === 'string' || Buffer.isBuffer(one) ? { after: 0, bytes: one } : one;
    await Promise.race([sleep(after), closed]);
    if (socket.destroyed) break;
    socket.write(bytes);
  }
  const late = new AbortController();
  await Promise.race([
    sleep(Math.max(0, patience - (performance.now() - start)), undefined, { signal: late.signal }).catch(
      () => undefined,
    ),
    closed,
  ]);
  late.abort();
  const answer = { received, closedAfter };
  socket.destroy();
  return answer;
}

/** The first message of a handshake, as a client would send it that wants to speak to a host. */
export function clientHello(servername: string): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const wire = new Duplex({
      read: () => undefined,
      write: (chunk: Buffer, _, done) => {
        resolve(chunk);
        done();
      },
    });
    connect({ socket: wire, servername }).on('error', reject);
  });
}
