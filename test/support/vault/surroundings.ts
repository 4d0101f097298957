import { createServer, type Server, type Socket } from 'node:net';
import type { Endpoint } from '../../../cluster/local/https';
import { isRecord, type JsonObject } from '../../../constructs/core/json';
import type { VaultResource } from './apply';

/** What stands around a Vault of a test, at addresses of this machine. */
export interface Surroundings {
  readonly apiServer: Endpoint;
  /** Token of the account that Vault runs as: there is no pod that it could be mounted into. */
  readonly reviewer: string;
  /** Address of what takes audit events. */
  readonly collector: string;
  /** What the region's Vault is. @default vault */
  readonly provider?: 'vault' | 'openbao';
  /** Address of the database. @default - none */
  readonly database?: string;
}

/** A resource as the platform has it, but for addresses that only a cluster has. */
export function inSurroundings({ type, args }: VaultResource, around: Surroundings): VaultResource {
  switch (type) {
    case 'vault:kubernetes/authBackendConfig:AuthBackendConfig': {
      const { url, authority } = around.apiServer;
      const own = { kubernetesHost: url, kubernetesCaCert: authority, tokenReviewerJwt: around.reviewer };
      return { type, args: { ...args, ...own, disableLocalCaJwt: true } };
    }
    case 'vault:index/audit:Audit':
      return args.type === 'socket' ? { type, args: withOption(args, 'address', around.collector) } : { type, args };
    case 'vault:database/secretBackendConnection:SecretBackendConnection':
      return { type, args: { ...args, postgresql: atAddress(args.postgresql, around.database) } };
    default:
      return { type, args };
  }
}

function withOption(args: JsonObject, name: string, value: string): JsonObject {
  const { options } = args;
  return { ...args, options: { ...(isRecord(options) ? jsonOf(options) : {}), [name]: value } };
}

function atAddress(postgresql: unknown, address: string | undefined): JsonObject {
  const given = isRecord(postgresql) ? jsonOf(postgresql) : {};
  if (address === undefined) return given;
  const url = String(given.connectionUrl).replace(/@[^/]+\//, `@${address}/`);
  return { ...given, connectionUrl: url };
}

function jsonOf(value: Readonly<Record<string, unknown>>): JsonObject {
  return JSON.parse(JSON.stringify(value));
}

/** Something that takes audit events over TCP. */
export interface Collector {
  readonly address: string;
  /** Events so far, one a line. */
  readonly events: () => readonly string[];
  stop(): Promise<void>;
}

/** Starts a collector of audit events. */
export async function startCollector(): Promise<Collector> {
  let text = '';
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.setEncoding('utf8').on('data', (piece) => {
      text += String(piece);
    });
    socket.on('error', () => undefined);
  });
  const port = await new Promise<number>((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
  return {
    address: `127.0.0.1:${port}`,
    events: () => text.split('\n').filter((line) => line !== ''),
    stop: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
