import { createReadStream, statSync } from 'node:fs';
import type { ClientRequest } from 'node:http';
import { Agent, request } from 'node:https';
import { isRecord, type JsonObject, listAt } from '../../constructs/core/json';
import { vaultError } from './problem';

/** Where a Vault is, and by whose word it is the right one. */
export interface VaultAddress {
  /** Such as `https://vault.example:8200`. */
  readonly url: string;
  /** Authority of its certificate, as PEM. @default - those that Node believes */
  readonly authority?: string;
}

/** One request to Vault’s HTTP API. */
export interface VaultCall {
  /** @default GET, or POST where there is a body or a file */
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE' | 'LIST';
  /** Path below `/v1/`, sent as it is. */
  readonly path: string;
  readonly body?: JsonObject;
  /** Path of a file that is sent as it is, instead of a body; Vault may take ten minutes over it. */
  readonly file?: string;
}

/** What Vault answered. */
export interface VaultAnswer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/** A Vault as one caller sees it. */
export interface VaultClient {
  readonly address: VaultAddress;
  /** Rejects where nobody answers within half a minute. */
  ask(call: VaultCall): Promise<VaultAnswer>;
  /** As {@link VaultClient.ask}; throws a `ProblemError` (VB001) for every answer but success. */
  expect(call: VaultCall): Promise<VaultAnswer>;
  /** The same Vault for the holder of another token. */
  as(token: string): VaultClient;
}

const PATIENCE_MS = 30_000;
const UPLOAD_PATIENCE_MS = 600_000;

/** A client of Vault that speaks TLS 1.3 and nothing older; nobody without a token. */
export function vaultClient(address: VaultAddress, token?: string, agent = newAgent(address)): VaultClient {
  const ask = (call: VaultCall) => send(address, agent, token, call);
  return {
    address,
    ask,
    expect: async (call) => {
      const answer = await ask(call);
      if (answer.status >= 300) throw refusal(call, answer);
      return answer;
    },
    as: (other) => vaultClient(address, other, agent),
  };
}

function newAgent({ authority }: VaultAddress): Agent {
  const trusted = authority === undefined ? {} : { ca: authority };
  return new Agent({ ...trusted, keepAlive: true, maxSockets: 16, minVersion: 'TLSv1.3' });
}

function send({ url }: VaultAddress, agent: Agent, token: string | undefined, call: VaultCall): Promise<VaultAnswer> {
  const { path, file } = call;
  const method = methodOf(call);
  const { hostname, port, pathname } = new URL(url);
  const headers = {
    'x-vault-request': 'true',
    ...(token === undefined ? {} : { 'x-vault-token': token }),
    ...(file === undefined ? {} : { 'content-length': statSync(file).size }),
  };
  const timeout = file === undefined ? PATIENCE_MS : UPLOAD_PATIENCE_MS;
  return new Promise((resolve, reject) => {
    const asked = request({
      ...{ hostname, port, agent, method, headers, timeout },
      path: `${pathname.replace(/\/$/, '')}/v1/${path}`,
    });
    asked.on('response', (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (piece: string) => {
        text += piece;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: bodyOf(text) }));
      response.on('error', reject);
    });
    asked.on('timeout', () => asked.destroy(new Error(`no answer from ${url} within ${timeout / 1000} s`)));
    asked.on('error', (error) => {
      // A connection that was kept may be closed from the other side just then; nothing of the request was read.
      if (asked.reusedSocket && 'code' in error && error.code === 'ECONNRESET') {
        send({ url }, agent, token, call).then(resolve, reject);
      } else reject(error);
    });
    write(asked, call);
  });
}

function write(asked: ClientRequest, { body, file }: VaultCall): void {
  if (file === undefined) asked.end(body === undefined ? undefined : JSON.stringify(body));
  else
    createReadStream(file)
      .on('error', (error) => asked.destroy(error))
      .pipe(asked);
}

function methodOf({ method, body, file }: VaultCall): string {
  return method ?? (body === undefined && file === undefined ? 'GET' : 'POST');
}

function bodyOf(text: string): Readonly<Record<string, unknown>> {
  try {
    const found: unknown = JSON.parse(text);
    return isRecord(found) ? found : {};
  } catch {
    return {};
  }
}

function refusal(call: VaultCall, answer: VaultAnswer) {
  const said = listAt(answer.body, 'errors').join('; ').replace(/\s+/g, ' ').trim();
  return vaultError(
    'VB001',
    `${methodOf(call)} ${call.path}`,
    `${answer.status} ${said}`.trim(),
    'an answer of success',
  );
}
