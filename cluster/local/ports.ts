import { randomInt } from 'node:crypto';
import { createServer, type Server } from 'node:net';

/** Below the range from which systems take ports for outgoing connections, so that none of those takes one meanwhile. */
const FIRST = 20_000;
const END = 32_000;

/** Ports of this machine that nobody listens on, all different. They are free now; a start on one may still fail. */
export async function freePorts(many: number): Promise<readonly number[]> {
  const servers: Server[] = [];
  while (servers.length < many) {
    const server = await listening(randomInt(FIRST, END));
    if (server !== undefined) servers.push(server);
  }
  const ports = servers.map(portOf);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

function listening(port: number): Promise<Server | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}
