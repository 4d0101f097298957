import { setTimeout as sleep } from 'node:timers/promises';
import { type Ask, dial, reasonOf } from './client';

/** What the other side said about streams that were opened all at once. */
export interface Flood {
  /** Streams that were answered, and those that were reset. */
  readonly answered: number;
  readonly reset: number;
  /** The whole connection was ended. */
  readonly goneAway: boolean;
}

const PREFACE = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';
const TYPE = { headers: 1, reset: 3, settings: 4, goAway: 7 } as const;
const END = { stream: 1, headers: 4 } as const;

/**
 * Opens so many requests at once over one HTTP/2 connection, whatever the other side allows: a well-behaved client, such as
 * Node's, waits until it may (RFC 9113, 5.1.2).
 */
export async function flood(
  wanted: Pick<Ask, 'to' | 'tls' | 'host'>,
  streams: number,
  patience: number,
): Promise<Flood> {
  const { tls } = wanted;
  const socket = await dial({ ...wanted, ...(tls === undefined ? {} : { tls: { ...tls, alpn: ['h2'] } }) });
  const seen = { answered: 0, reset: 0, goneAway: false };
  let buffer = Buffer.alloc(0);
  socket.on('data', (chunk: Buffer) => {
    buffer = Buffer.concat([buffer, chunk]);
    while (buffer.length >= 9 && buffer.length >= 9 + buffer.readUIntBE(0, 3)) {
      const type = buffer[3];
      if (type === TYPE.headers) seen.answered += 1;
      if (type === TYPE.reset) seen.reset += 1;
      if (type === TYPE.goAway) seen.goneAway = true;
      buffer = buffer.subarray(9 + buffer.readUIntBE(0, 3));
    }
  });
  socket.on('error', (error) => reasonOf(error));
  const requests = Array.from({ length: streams }, (_, at) =>
    frame(TYPE.headers, END.stream | END.headers, 1 + 2 * at, get(wanted.host)),
  );
  socket.write(Buffer.concat([Buffer.from(PREFACE), frame(TYPE.settings, 0, 0, Buffer.alloc(0)), ...requests]));
  await sleep(patience);
  socket.destroy();
  return seen;
}

function frame(type: number, flags: number, stream: number, payload: Buffer): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head.writeUInt8(type, 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

/** `GET https://<host>/` in HPACK without a dynamic table: three entries of the static one, and the host as a literal (RFC 7541). */
function get(host: string): Buffer {
  return Buffer.concat([Buffer.from([0x82, 0x87, 0x84, 0x01, host.length]), Buffer.from(host, 'latin1')]);
}
