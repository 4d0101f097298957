import { request } from 'node:https';
import type { Json } from '../../constructs/core/json';
import type { KeyPair } from './certificates';

/** A server of the control plane, and who one is there. */
export interface Endpoint {
  readonly url: string;
  /** Certificate of the authority that the server's certificate must come from. */
  readonly authority: string;
  /** The caller's own certificate; anonymous without it. */
  readonly client?: KeyPair;
}

/** One request, as far as the control plane itself makes any. */
export interface Call {
  readonly method?: 'GET' | 'POST' | 'PATCH';
  readonly path: string;
  readonly body?: Json;
  readonly contentType?: string;
}

/** A machine that compiles beside it answers late. */
const PATIENCE_MS = 30_000;

/** An answer; the body is text. */
export interface Answer {
  readonly status: number;
  readonly body: string;
}

/** Asks a server of the control plane. Rejects where nobody answers within half a minute. */
export function call(
  { url, authority, client }: Endpoint,
  { method = 'GET', path, body, contentType }: Call,
): Promise<Answer> {
  const text = body === undefined ? undefined : JSON.stringify(body);
  const identity = client === undefined ? {} : { cert: client.certificate, key: client.key };
  return new Promise((resolve, reject) => {
    const asked = request(`${url}${path}`, {
      method,
      ca: authority,
      ...identity,
      timeout: PATIENCE_MS,
      headers: text === undefined ? {} : { 'content-type': contentType ?? 'application/json' },
    });
    asked.on('response', (response) => {
      let said = '';
      response.setEncoding('utf8').on('data', (piece: string) => {
        said += piece;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: said }));
    });
    asked.on('timeout', () => asked.destroy(new Error(`no answer from ${url} within ${PATIENCE_MS / 1000} s`)));
    asked.on('error', reject);
    asked.end(text);
  });
}

/** Whether a server answers a path with 200. */
export async function isHealthy(endpoint: Endpoint, path: string): Promise<boolean> {
  try {
    return (await call(endpoint, { path })).status === 200;
  } catch {
    return false;
  }
}
