import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { connect as connectHttp2 } from 'node:http2';
import { connect, type Socket } from 'node:net';
import { connect as connectTls, type SecureVersion, type TLSSocket } from 'node:tls';
import type { KeyPair } from '../../../cluster/local/certificates';
import { stringAt } from '../../../constructs/core/json';

/** Where a client connects to. */
export interface Destination {
  readonly host: string;
  readonly port: number;
}

/** How a client speaks TLS. */
export interface ClientTls {
  /** Authority that the server is verified with. */
  readonly ca: string;
  /** Name that is asked for and verified. @default - the host of the request */
  readonly servername?: string;
  /** SPIFFE identity that the server has to have, instead of a name. */
  readonly identity?: string;
  readonly client?: KeyPair;
  /** The only version that is spoken. @default - any */
  readonly version?: SecureVersion;
  readonly alpn?: readonly string[];
}

/** A request, sent exactly as it is written here: no path is normalized on the way. */
export interface Ask {
  readonly to: Destination;
  readonly host: string;
  readonly path?: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** @default - plaintext */
  readonly tls?: ClientTls;
  /** Address that the client calls from. @default - any */
  readonly from?: string;
  /** Bytes before everything else, such as a PROXY header. */
  readonly preface?: string;
  /** TLS that everything, other TLS too, travels in. @default - none */
  readonly outer?: ClientTls;
}

/** What came of a request. */
export type Answer =
  | { readonly status: number; readonly headers: IncomingHttpHeaders; readonly body: string }
  /** Nothing was answered: the error’s own code. */
  | { readonly refused: string };

const PATIENCE_MS = 10_000;

/** Sends a request over a connection of its own, as HTTP/1.1. Never throws for what the other side does. */
export async function ask(wanted: Ask): Promise<Answer> {
  try {
    const socket = await dial(wanted);
    return await exchange(socket, wanted);
  } catch (error) {
    return { refused: reasonOf(error) };
  }
}

/** The status of an answer, or why there was none. */
export async function statusOf(wanted: Ask): Promise<number | string> {
  const answer = await ask(wanted);
  return 'refused' in answer ? answer.refused : answer.status;
}

/** Opens a connection, with TLS where it is asked for; resolves once it may be written to. */
export async function dial(wanted: Omit<Ask, 'path' | 'method' | 'headers' | 'body'>): Promise<Socket> {
  const { to, tls, from, host, preface, outer } = wanted;
  const plain = connect({ host: to.host, port: to.port, ...(from === undefined ? {} : { localAddress: from }) });
  plain.setNoDelay(true);
  await settled(plain, 'connect');
  if (preface !== undefined) plain.write(preface);
  const carrier = outer === undefined ? plain : await shaken(secured(plain, outer, host));
  return tls === undefined ? carrier : shaken(secured(carrier, tls, host));
}

async function shaken(socket: TLSSocket): Promise<TLSSocket> {
  await settled(socket, 'secureConnect');
  return socket;
}

function secured(plain: Socket, tls: ClientTls, host: string): TLSSocket {
  const { ca, servername = host, identity, client, version, alpn } = tls;
  return connectTls({
    socket: plain,
    ca,
    servername,
    ...(identity === undefined
      ? {}
      : { checkServerIdentity: (_, { subjectaltname = '' }) => differs(identity, subjectaltname) }),
    ...(client === undefined ? {} : { cert: client.certificate, key: client.key }),
    // OpenSSL speaks nothing older than 1.2 unless it is told that nobody minds.
    ...(version === undefined ? {} : { minVersion: version, maxVersion: version, ciphers: 'DEFAULT:@SECLEVEL=0' }),
    ...(alpn === undefined ? {} : { ALPNProtocols: [...alpn] }),
  });
}

function differs(identity: string, names: string): Error | undefined {
  return names.split(', ').includes(`URI:${identity}`) ? undefined : new Error(`not ${identity}: ${names}`);
}

function settled(socket: Socket, event: string): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.setTimeout(PATIENCE_MS, () => socket.destroy(Object.assign(new Error('silent'), { code: 'SILENT' })));
    // Whatever becomes of the connection later is told by whoever uses it.
    socket.on('error', reject);
    socket.once('close', () => reject(Object.assign(new Error('closed'), { code: 'CLOSED' })));
    socket.once(event, () => resolve());
  });
}

function exchange(socket: Socket, { host, path = '/', method = 'GET', headers = {}, body }: Ask): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = httpRequest({
      createConnection: () => socket,
      method,
      path,
      headers: { host, connection: 'close', ...headers },
    });
    request.on('error', reject);
    request.once('response', (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('error', reject);
      response.once('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }));
    });
    request.end(body);
  });
}

/** A request among several on one connection. */
export interface Stream {
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Sends several requests at once over one HTTP/2 connection; the statuses, or why there was none, in order. */
export async function askTogether(
  wanted: Pick<Ask, 'to' | 'host' | 'from'> & { readonly tls: ClientTls },
  streams: readonly Stream[],
): Promise<readonly (number | string)[]> {
  const socket = await dial({ ...wanted, tls: { ...wanted.tls, alpn: ['h2'] } });
  const session = connectHttp2(`https://${wanted.host}`, { createConnection: () => socket });
  session.on('error', () => undefined);
  // Until then a client does not know how many it may send, and would send them all.
  await new Promise((resolve) => {
    session.once('remoteSettings', resolve);
    session.once('close', resolve);
  });
  const one = ({ path = '/', headers = {} }: Stream) =>
    new Promise<number | string>((resolve) => {
      const stream = session.request({ ':path': path, ...headers });
      stream.once('error', (error) => resolve(reasonOf(error)));
      stream.once('close', () => resolve('CLOSED'));
      stream.once('response', ({ ':status': status = 0 }) => {
        stream.resume();
        resolve(status);
      });
    });
  const answers = await Promise.all(streams.map(one));
  session.destroy();
  return answers;
}

/** An error’s code, without which its words. */
export function reasonOf(error: unknown): string {
  return stringAt(error, 'code') ?? String(error);
}
