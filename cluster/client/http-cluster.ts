import { setTimeout as sleep } from 'node:timers/promises';
import { isRecord, type JsonObject } from '../../constructs/core/json';
import { liveRefusal } from '../../stacks/live/problem';
import type { Cluster, ClusterAnswer, ClusterRequest, Impersonation } from './cluster';
import type { Access, Credentials } from './credentials';
import { exchange, type RawAnswer, TransportError } from './exchange';
import { warningsIn } from './warnings';

/** How often a request is sent that the server asks to send later. */
const ATTEMPTS = 6;

/** Longest wait that a server is granted between two of them, in seconds. */
const LONGEST_WAIT = 10;

/** An API server over HTTP. */
export class HttpCluster implements Cluster {
  readonly name: string;
  private identity: Promise<Credentials> | undefined;
  private anonymous: Promise<Credentials> | undefined;

  constructor(private readonly access: Access) {
    this.name = access.name;
  }

  async request(request: ClusterRequest): Promise<ClusterAnswer> {
    const first = await this.send(request);
    // An expired token: whoever has the credentials is asked once more. Tokens of the request itself are its own affair.
    if (first.status !== 401 || request.token !== undefined) return answerOf(first);
    const stale = this.identity;
    this.identity = undefined;
    await stale?.then(({ agent }) => agent.destroy());
    return answerOf(await this.send(request));
  }

  close(): void {
    for (const credentials of [this.identity, this.anonymous]) void credentials?.then(({ agent }) => agent.destroy());
    this.identity = undefined;
    this.anonymous = undefined;
  }

  private async send(request: ClusterRequest): Promise<RawAnswer> {
    const { agent, headers } = await this.credentials(request.token);
    const url = urlOf(this.access.server, request);
    const body = request.body === undefined ? undefined : JSON.stringify(request.body);
    const said = { ...headers, ...headersOf(request) };
    for (let attempt = 1; ; attempt += 1) {
      const answer = await this.exchanged(
        () => exchange(url, { method: request.method, headers: said, agent, body }),
        request,
      );
      const wait = mayRepeat(request) && attempt < ATTEMPTS ? waitAsked(answer) : undefined;
      if (wait === undefined) return answer;
      await sleep(wait * 1000);
    }
  }

  private credentials(token: string | undefined): Promise<Credentials> {
    if (token === undefined) this.identity ??= this.access.identity();
    else this.anonymous ??= this.access.anonymous();
    return (token === undefined ? this.identity : this.anonymous) ?? this.access.anonymous();
  }

  /** A kept connection that the server closed in the same moment is no answer, and no failure either: once more. */
  private async exchanged(send: () => Promise<RawAnswer>, request: ClusterRequest): Promise<RawAnswer> {
    try {
      return await send().catch((error: unknown) => {
        if (error instanceof TransportError && error.reusedConnection && mayRepeat(request)) return send();
        throw error;
      });
    } catch (error) {
      const said = error instanceof Error ? error.message : String(error);
      throw liveRefusal(
        'LIV002',
        `${this.name}: ${request.method} ${request.path}`,
        said,
        'an answer of the API server',
      );
    }
  }
}

/** Whether sending twice does what sending once does: reading, replacing, deleting and applying. */
function mayRepeat({ method, contentType }: ClusterRequest): boolean {
  return method === 'PATCH' ? contentType === 'application/apply-patch+yaml' : method !== 'POST';
}

function waitAsked({ status, retryAfter }: RawAnswer): number | undefined {
  if ((status !== 429 && status !== 503) || retryAfter === undefined || !/^\d+$/.test(retryAfter)) return undefined;
  return Math.min(Number(retryAfter), LONGEST_WAIT);
}

function urlOf(server: URL, { path, query = {} }: ClusterRequest): URL {
  const url = new URL(server);
  url.pathname = `${server.pathname.replace(/\/$/, '')}${path}`;
  url.search = new URLSearchParams(query).toString();
  return url;
}

function headersOf({
  body,
  contentType,
  accept,
  as,
  token,
}: ClusterRequest): Record<string, string | readonly string[]> {
  return {
    accept: accept ?? 'application/json',
    ...(body === undefined ? {} : { 'content-type': contentType ?? 'application/json' }),
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    ...(as === undefined ? {} : impersonation(as)),
  };
}

function impersonation({
  user,
  groups = [],
  uid,
  extra = {},
}: Impersonation): Record<string, string | readonly string[]> {
  const extras = Object.entries(extra).map(([key, values]) => [`Impersonate-Extra-${encodeURIComponent(key)}`, values]);
  return {
    'Impersonate-User': user,
    ...(groups.length === 0 ? {} : { 'Impersonate-Group': groups }),
    ...(uid === undefined ? {} : { 'Impersonate-Uid': uid }),
    ...Object.fromEntries(extras),
  };
}

function answerOf({ status, text, warnings }: RawAnswer): ClusterAnswer {
  return { status, body: bodyOf(text), warnings: warningsIn(warnings) };
}

function bodyOf(text: string): JsonObject {
  if (text === '') return {};
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? value : { text };
  } catch {
    return { text };
  }
}

/** What `JSON.parse` gives as a record holds JSON values only. */
function isJsonObject(value: unknown): value is JsonObject {
  return isRecord(value);
}
