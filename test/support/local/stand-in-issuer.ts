import { createServer as createProxy, type Server as ProxyServer } from 'node:http';
import { createServer, type Server } from 'node:https';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import { createAuthority } from '../../../cluster/local/certificates';
import { writePrivate } from '../../../cluster/local/host-root';

/** Claims of a token; times are seconds from now. */
export interface Claims {
  readonly email?: string;
  readonly email_verified?: boolean;
  readonly groups?: readonly string[];
  readonly iss?: string;
  readonly aud?: string;
  readonly issuedAt?: number;
  readonly expires?: number;
}

/** An identity provider that stands in for the one of an environment, under the very address that the environment names. */
export interface StandInIssuer {
  /** Variables with which a program written in Go finds the issuer, and believes that it is the one. */
  readonly env: Readonly<Record<string, string>>;
  /** A token of this issuer. */
  sign(claims: Claims): Promise<string>;
  /** A token with the issuer's name and key id, signed by somebody else. */
  forge(claims: Claims): Promise<string>;
  stop(): Promise<void>;
}

/**
 * Starts the issuer: discovery and keys over https, and a proxy that leads everybody who asks for the issuer's host to it.
 * So the API server runs with the configuration that ships, down to the address.
 */
export async function startIssuer(issuer: string, audience: string, folder: string): Promise<StandInIssuer> {
  const { hostname, pathname } = new URL(issuer);
  const authority = await createAuthority('stand-in for the web');
  const identity = await authority.issue({ name: hostname, hosts: [hostname] });
  const own = await generateKeyPair('ES256');
  const foreign = await generateKeyPair('ES256');
  const documents: Readonly<Record<string, unknown>> = {
    [`${pathname}/.well-known/openid-configuration`]: discovery(issuer),
    [`${pathname}/keys`]: {
      keys: [{ ...(await exportJWK(own.publicKey)), kid: 'stand-in', alg: 'ES256', use: 'sig' }],
    },
  };
  const server = createServer({ cert: identity.certificate, key: identity.key }, (request, response) => {
    const document = documents[request.url ?? ''];
    response.writeHead(document === undefined ? 404 : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(document ?? {}));
  });
  const port = await listen(server);
  const tunnels = new Set<Duplex>();
  const proxy = proxyTo(hostname, port, tunnels);
  const trusted = join(folder, 'web.crt');
  writePrivate(trusted, authority.certificate);
  const signed = (key: Awaited<ReturnType<typeof generateKeyPair>>['privateKey']) => (claims: Claims) =>
    new SignJWT(payload({ iss: issuer, aud: audience, ...claims }))
      .setProtectedHeader({ alg: 'ES256', kid: 'stand-in' })
      .sign(key);
  return {
    env: { HTTPS_PROXY: `http://127.0.0.1:${await listen(proxy)}`, SSL_CERT_FILE: trusted },
    sign: signed(own.privateKey),
    forge: signed(foreign.privateKey),
    stop: async () => {
      // A tunnel is no connection of the proxy's any more, and would keep this process running.
      for (const tunnel of tunnels) tunnel.destroy();
      await Promise.all([closed(server), closed(proxy)]);
    },
  };
}

function discovery(issuer: string): object {
  return {
    issuer,
    jwks_uri: `${issuer}/keys`,
    authorization_endpoint: `${issuer}/auth`,
    token_endpoint: `${issuer}/token`,
    response_types_supported: ['code'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['ES256'],
  };
}

function payload({ issuedAt = 0, expires = 3600, ...claims }: Claims): JWTPayload {
  const now = Math.floor(Date.now() / 1000);
  return { sub: claims.email ?? 'nobody', iat: now + issuedAt, exp: now + expires, ...claims };
}

/** A proxy that knows one host; both ends of each tunnel are noted. */
function proxyTo(hostname: string, port: number, tunnels: Set<Duplex>): ProxyServer {
  const proxy = createProxy((_, response) => response.writeHead(403).end());
  proxy.on('connect', (request, client: Duplex) => {
    if (request.url !== `${hostname}:443`) return client.end('HTTP/1.1 403 Forbidden\r\n\r\n');
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

function listen(server: Server | ProxyServer): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address: AddressInfo | string | null = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
}

function closed(server: Server | ProxyServer): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}
