import { Agent as HttpAgent } from 'node:http';
import { type AgentOptions, Agent as HttpsAgent, type RequestOptions } from 'node:https';
import type { KubeConfig } from '@kubernetes/client-node';
import { show } from '../../constructs/core/problem';
import { liveRefusal } from '../../stacks/live/problem';
import type { ConnectOptions } from './cluster';

/** What a request needs besides its own content. */
export interface Credentials {
  readonly agent: HttpAgent;
  readonly headers: Readonly<Record<string, string>>;
}

/** A server's address, and whoever has the credentials for it. */
export interface Access {
  /** Context of the kubeconfig. */
  readonly name: string;
  readonly server: URL;
  /** The kubeconfig's identity. Called again after a 401: tokens expire while a long run goes on. */
  identity(): Promise<Credentials>;
  /** Connections without any identity, for requests that bring a token of their own. */
  anonymous(): Promise<Credentials>;
}

/** Connections that one client keeps open; beyond that the server's fair queues decide. */
const SOCKETS = 32;

/** Where the library looks when it finds no kubeconfig at all: a guess that this project does not make. */
const GUESSED = 'http://localhost:8080';

/** Reads a kubeconfig. Throws a `ProblemError` (LIV001) where it, its context or the context's cluster is missing. */
export function accessOf({ kubeconfig, context }: ConnectOptions): Access {
  const config = configOf(kubeconfig);
  if (context !== undefined) selectContext(config, context);
  const name = config.getCurrentContext();
  const cluster = config.getCurrentCluster();
  if (cluster === null || !URL.canParse(cluster.server) || cluster.server === GUESSED) {
    const given = `no server under ${show(name)}`;
    throw liveRefusal('LIV001', kubeconfig ?? 'kubeconfig', given, 'a context with the address of a server');
  }
  const server = new URL(cluster.server);
  const bare = emptyConfig();
  bare.loadFromClusterAndUser(cluster, { name: 'anonymous' });
  return { name, server, identity: () => credentialsOf(config, server), anonymous: () => credentialsOf(bare, server) };
}

function emptyConfig(): KubeConfig {
  // Loaded here and not above: it takes 0.8 s, and most commands talk to no cluster.
  const client: typeof import('@kubernetes/client-node') = require('@kubernetes/client-node');
  return new client.KubeConfig();
}

function configOf(kubeconfig: string | undefined): KubeConfig {
  const config = emptyConfig();
  try {
    if (kubeconfig === undefined) config.loadFromDefault();
    else config.loadFromFile(kubeconfig);
  } catch (error) {
    throw liveRefusal('LIV001', kubeconfig ?? 'kubeconfig', said(error), 'a kubeconfig that can be read');
  }
  return config;
}

function selectContext(config: KubeConfig, context: string): void {
  const names = config.getContexts().map(({ name }) => name);
  if (!names.includes(context)) {
    const expected = names.length === 0 ? 'a kubeconfig with contexts' : `one of ${names.join(', ')}`;
    throw liveRefusal('LIV001', 'context', show(context), expected);
  }
  config.setCurrentContext(context);
}

async function credentialsOf(config: KubeConfig, server: URL): Promise<Credentials> {
  const options: RequestOptions = {};
  try {
    await config.applyToHTTPSOptions(options);
  } catch (error) {
    throw liveRefusal('LIV003', config.getCurrentContext(), said(error), 'credentials for the cluster');
  }
  const { agent, ca, cert, key, servername, rejectUnauthorized, auth } = options;
  const basic = typeof auth === 'string' ? { authorization: `Basic ${Buffer.from(auth).toString('base64')}` } : {};
  const headers = { ...textHeaders(options.headers), ...basic };
  // A proxy's agent was made for the purpose; the library's plain one would close each connection after one request.
  const proxied = config.getCurrentCluster()?.proxyUrl !== undefined;
  if (proxied && agent instanceof HttpAgent) return { agent, headers };
  return { agent: agentFor(server, { ca, cert, key, servername, rejectUnauthorized }), headers };
}

function agentFor(
  { protocol }: URL,
  tls: { readonly [K in keyof AgentOptions]: AgentOptions[K] | undefined },
): HttpAgent {
  const pool = { keepAlive: true, maxSockets: SOCKETS };
  const set = Object.fromEntries(Object.entries(tls).filter(([, value]) => value !== undefined));
  return protocol === 'http:' ? new HttpAgent(pool) : new HttpsAgent({ ...pool, ...set });
}

function textHeaders(headers: RequestOptions['headers']): Readonly<Record<string, string>> {
  const pairs = Object.entries(headers ?? {}).filter(([, value]) => value !== undefined);
  return Object.fromEntries(pairs.map(([name, value]) => [name, String(value)]));
}

function said(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
