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
  /** @default GET, or POST where there is a body */
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE' | 'LIST';
  /** Path below `/v1/`, sent as it is. */
  readonly path: string;
  readonly body?: JsonObject;
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

function send(
  { url }: VaultAddress,
  agent: Agent,
  token: string | undefined,
  { path, body, method = body === undefined ? 'GET' : 'POST' }: VaultCall,
): Promise<VaultAnswer> {
  const { hostname, port, pathname } = new URL(url);
  const headers = { 'x-vault-request': 'true', ...(token === undefined ? {} : { 'x-vault-token': token }) };
  return new Promise((resolve, reject) => {
    const asked = request({
      ...{ hostname, port, agent, method, headers, timeout: PATIENCE_MS },
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
    asked.on('timeout', () => asked.destroy(new Error(`no answer from ${url} within ${PATIENCE_MS / 1000} s`)));
    asked.on('error', (error) => {
      // A connection that was kept may be closed from the other side just then; nothing of the request was read.
      if (asked.reusedSocket && 'code' in error && error.code === 'ECONNRESET') {
        send({ url }, agent, token, { path, method, ...(body === undefined ? {} : { body }) }).then(resolve, reject);
      } else reject(error);
    });
    asked.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

function bodyOf(text: string): Readonly<Record<string, unknown>> {
  try {
    const found: unknown = JSON.parse(text);
    return isRecord(found) ? found : {};
  } catch {
    return {};
  }
}

function refusal({ method, path, body }: VaultCall, answer: VaultAnswer) {
  const said = listAt(answer.body, 'errors').join('; ').replace(/\s+/g, ' ').trim();
  const verb = method ?? (body === undefined ? 'GET' : 'POST');
  return vaultError('VB001', `${verb} ${path}`, `${answer.status} ${said}`.trim(), 'an answer of success');
}
