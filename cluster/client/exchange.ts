import { type Agent, request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';

/** What is sent. */
export interface Sent {
  readonly method: string;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly agent: Agent;
  readonly body: string | undefined;
}

/** What came back, as it came. */
export interface RawAnswer {
  readonly status: number;
  readonly text: string;
  /** Values of the `Warning` headers, one each. */
  readonly warnings: readonly string[];
  readonly retryAfter: string | undefined;
}

/** There was no answer. */
export class TransportError extends Error {
  /** `reusedConnection`: an older connection was used, so that the server may have closed it without having seen the request. */
  constructor(
    message: string,
    readonly reusedConnection: boolean,
  ) {
    super(message);
    this.name = 'TransportError';
  }
}

/** Time for one exchange, in milliseconds: what the API server gives a request itself. */
const TIMEOUT = 60_000;

/** One HTTP exchange. Rejects with a {@link TransportError} where the answer is missing or breaks off. */
export function exchange(url: URL, { method, headers, agent, body }: Sent): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const open = url.protocol === 'http:' ? httpRequest : httpsRequest;
    const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
    const sent = open(
      url,
      { method, headers: mutable({ ...headers, ...length }), agent, timeout: TIMEOUT },
      (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('error', fail);
        answer.on('end', () => {
          const retryAfter = answer.headers['retry-after'];
          const warnings = answer.headersDistinct.warning ?? [];
          resolve({
            status: answer.statusCode ?? 0,
            text: Buffer.concat(chunks).toString('utf8'),
            warnings,
            retryAfter,
          });
        });
      },
    );
    const fail = (error: Error): void => reject(new TransportError(error.message || error.name, sent.reusedSocket));
    sent.on('error', fail);
    sent.on('timeout', () => sent.destroy(new Error(`no answer within ${TIMEOUT / 1000} s`)));
    sent.end(body);
  });
}

/** Node asks for lists that it might change. */
function mutable(headers: Readonly<Record<string, string | readonly string[]>>): Record<string, string | string[]> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, typeof value === 'string' ? value : [...value]]),
  );
}
