import { createSecureServer } from 'node:http2';
import { connect } from 'node:net';
import type { KeyPair } from '../../../cluster/local/certificates';
import type { Destination } from './client';

/** What stands in for the node’s agent in front of an ambient workload. */
export interface Ztunnel {
  /** Identities that opened a tunnel, with where to. */
  readonly tunnels: readonly { readonly from: string; readonly to: string }[];
  readonly stop: () => Promise<void>;
}

/** How the stand-in is started. */
export interface ZtunnelProps {
  /** Address of the pod; the port is the mesh’s own. */
  readonly host: string;
  /** Certificate of the workload, and what callers are verified with. */
  readonly own: KeyPair;
  readonly root: string;
}

const PORT = 15_008;

/** Ends tunnels of the mesh (HTTP/2 CONNECT inside mutual TLS 1.3) at a pod’s address, and hands on to the port that they ask for. */
export async function startZtunnel({ host, own, root }: ZtunnelProps): Promise<Ztunnel> {
  const tunnels: { from: string; to: string }[] = [];
  const server = createSecureServer({
    cert: own.certificate,
    key: own.key,
    ca: root,
    requestCert: true,
    rejectUnauthorized: true,
    minVersion: 'TLSv1.3',
  });
  const identities = new Map<number | undefined, string>();
  server.on('secureConnection', (socket) =>
    identities.set(socket.remotePort, socket.getPeerCertificate().subjectaltname ?? ''),
  );
  server.on('stream', (stream, headers) => {
    const to = String(headers[':authority']);
    if (headers[':method'] !== 'CONNECT') return stream.close();
    tunnels.push({ from: identities.get(stream.session?.socket.remotePort) ?? '', to });
    const inner = connect(destination(to));
    const end = () => {
      inner.destroy();
      stream.destroy();
    };
    inner.on('error', end).on('close', end);
    stream.on('error', end).on('close', end);
    stream.respond({ ':status': 200 });
    stream.pipe(inner);
    inner.pipe(stream);
  });
  server.on('sessionError', () => undefined);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(PORT, host, resolve);
  });
  return {
    tunnels,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
      }),
  };
}

function destination(authority: string): Destination {
  const [host = '', port] = authority.split(':');
  return { host, port: Number(port) };
}
