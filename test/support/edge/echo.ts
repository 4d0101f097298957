import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { KeyPair } from '../../../cluster/local/certificates';

/** What a workload behind a proxy was asked. */
export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: number;
}

/** A workload that answers with what it was asked. */
export interface Echo {
  readonly port: number;
  /** Everything that reached it, in order. */
  readonly seen: readonly Seen[];
  readonly stop: () => Promise<void>;
}

/** How an echo behaves. */
export interface EchoProps {
  readonly host: string;
  /** @default - a free one */
  readonly port?: number;
  /** Certificate with which it speaks TLS. @default - it speaks plain HTTP */
  readonly pair?: KeyPair;
}

/** Starts a workload; it answers 200 with what it saw as JSON. */
export async function startEcho({ host, port = 0, pair }: EchoProps): Promise<Echo> {
  const seen: Seen[] = [];
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await bytesOf(request);
    if (body === undefined) return;
    const { method = '', url: path = '', headers } = request;
    seen.push({ method, path, headers, body });
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ method, path, headers, body }));
  };
  const options = { maxHeaderSize: 128 * 1024 };
  const server =
    pair === undefined
      ? createServer(options, answer)
      : createSecureServer({ ...options, cert: pair.certificate, key: pair.key }, answer);
  // A proxy that ends a request in the middle is no error of the workload.
  server.on('clientError', (_, socket) => socket.destroy());
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    seen,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Length of a body; undefined where the request was ended in the middle. */
async function bytesOf(request: IncomingMessage): Promise<number | undefined> {
  let bytes = 0;
  try {
    for await (const chunk of request) bytes += Buffer.byteLength(chunk);
  } catch {
    return undefined;
  }
  return bytes;
}
