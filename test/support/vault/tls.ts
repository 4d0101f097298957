import { once } from 'node:events';
import { connect, createServer } from 'node:tls';

/** A certificate with its chain, and its key. */
export interface Served {
  readonly certificate: string;
  readonly key: string;
}

/** How a handshake ended: the version that both speak, or why there is none. */
export async function handshake(served: Served, host: string, authority: string): Promise<string> {
  const server = createServer({ cert: served.certificate, key: served.key, minVersion: 'TLSv1.3' }, (socket) =>
    socket.end(),
  );
  server.on('tlsClientError', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  try {
    return await new Promise<string>((resolve) => {
      const socket = connect(
        { host: '127.0.0.1', port, servername: host, ca: authority, minVersion: 'TLSv1.3' },
        () => {
          resolve(socket.authorized ? String(socket.getProtocol()) : String(socket.authorizationError));
          socket.destroy();
        },
      );
      socket.on('error', (error) => resolve('code' in error ? String(error.code) : error.message));
    });
  } finally {
    server.close();
  }
}
