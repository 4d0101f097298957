import { createServer as createProxy, type Server as ProxyServer, type RequestListener } from 'node:http';
import { createServer, type Server } from 'node:https';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { createAuthority } from '../../../cluster/local/certificates';
import { writePrivate } from '../../../cluster/local/host-root';

/** A few hosts of the web, each under its own address. */
export interface StandInWeb {
  /** Variables with which a program written in Go finds the hosts, and believes that they are the ones. */
  readonly env: Readonly<Record<string, string>>;
  /** Hosts that somebody asked for and that this web does not have. */
  readonly refused: readonly string[];
  stop(): Promise<void>;
}

/**
 * Starts a server that answers for all hosts, over https, and a proxy that leads everybody who asks for one of them to it and
 * nobody anywhere else. So a program runs with the configuration that ships, down to the address.
 */
export async function startWeb(hosts: readonly string[], answer: RequestListener, folder: string): Promise<StandInWeb> {
  const authority = await createAuthority('stand-in for the web');
  const identity = await authority.issue({ name: hosts[0] ?? '', hosts });
  const server = createServer({ cert: identity.certificate, key: identity.key }, answer);
  const tunnels = new Set<Duplex>();
  const refused: string[] = [];
  const proxy = proxyTo(hosts, await listening(server), tunnels, refused);
  const trusted = join(folder, 'web.crt');
  writePrivate(trusted, authority.certificate);
  return {
    env: { HTTPS_PROXY: `http://127.0.0.1:${await listening(proxy)}`, SSL_CERT_FILE: trusted },
    refused,
    stop: async () => {
      // A tunnel is no connection of the proxy's any more, and would keep this process running.
      for (const tunnel of tunnels) tunnel.destroy();
      await Promise.all([closed(server), closed(proxy)]);
    },
  };
}

/** A proxy that knows some hosts; both ends of each tunnel are noted. */
function proxyTo(hosts: readonly string[], port: number, tunnels: Set<Duplex>, refused: string[]): ProxyServer {
  const proxy = createProxy((_, response) => response.writeHead(403).end());
  proxy.on('connect', ({ url = '' }, client: Duplex) => {
    if (!hosts.some((host) => url === `${host}:443`)) {
      refused.push(url);
      return client.end('HTTP/1.1 403 Forbidden\r\n\r\n');
    }
    const upstream: Socket = connect(port, '127.0.0.1', () => {
      client.write('HTTP/1.1 200 OK\r\n\r\n');
      upstream.pipe(client).pipe(upstream);
    });
    tunnels.add(client).add(upstream);
    upstream.on('error', () => client.destroy());
    client.on('error', () => upstream.destroy());
    return client;
  });
  return proxy;
}

/** Lets a server listen on a port of this machine that nobody uses, and says which. */
export function listening(server: Server | ProxyServer): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address: AddressInfo | string | null = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
}

/** Ends a server and every connection to it. */
export function closed(server: Server | ProxyServer): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}
