import { request as httpRequest } from 'node:http';
import { connect as connectHttp2 } from 'node:http2';
import { type Answer, type ClientTls, type Destination, dial, reasonOf } from './client';

/** A call through the mesh’s tunnel, as a node’s ztunnel makes it for a workload. */
export interface Tunnelled {
  /** The waypoint. */
  readonly to: Destination;
  /** How the workload proves who it is. */
  readonly tls: ClientTls;
  /** Service or pod, as address and port, that the tunnel leads to. */
  readonly authority: string;
  readonly host: string;
  readonly path?: string;
  readonly method?: string;
}

/** Sends an HTTP/1.1 request through a tunnel (HTTP/2 CONNECT inside mutual TLS). */
export async function askThrough({ to, tls, authority, host, path = '/', method = 'GET' }: Tunnelled): Promise<Answer> {
  try {
    const socket = await dial({ to, host: authority, tls: { ...tls, alpn: ['h2'] } });
    const session = connectHttp2(`https://${authority}`, { createConnection: () => socket });
    try {
      return await new Promise<Answer>((resolve, reject) => {
        session.on('error', reject);
        const tunnel = session.request({ ':method': 'CONNECT', ':authority': authority });
        tunnel.on('error', reject);
        tunnel.once('close', () => reject(Object.assign(new Error('closed'), { code: 'CLOSED' })));
        tunnel.once('response', ({ ':status': status = 0 }) => {
          if (status !== 200) return resolve({ refused: `CONNECT ${status}` });
          const inner = httpRequest({
            createConnection: () => tunnel,
            method,
            path,
            headers: { host, connection: 'close' },
          });
          inner.on('error', reject);
          inner.once('response', (response) => {
            let body = '';
            response.setEncoding('utf8').on('data', (text: string) => {
              body += text;
            });
            response.once('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }));
          });
          inner.end();
        });
      });
    } finally {
      session.destroy();
    }
  } catch (error) {
    return { refused: reasonOf(error) };
  }
}
