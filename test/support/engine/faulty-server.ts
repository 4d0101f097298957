import type { IncomingMessage, ServerResponse } from 'node:http';
import { request as ask, createServer } from 'node:https';
import { buffer } from 'node:stream/consumers';
import { createAuthority } from '../../../cluster/local/certificates';
import { writeKubeconfig } from '../../../cluster/local/host-root';
import type { Endpoint } from '../../../cluster/local/https';
import { closed, listening } from '../local/stand-in-web';

/** Something that happens while a write is on its way. */
export interface Fault {
  /** Which write: 1 is the first. */
  readonly at: number;
  /** Before the write reaches the server, while it does, or when it was answered and nobody has seen the answer. */
  readonly when: 'before' | 'during' | 'after';
  readonly strike: () => Promise<void>;
}

/** A way to an API server that counts writes and lets something happen at one of them. */
export interface FaultyServer {
  /** Kubeconfig of the way. */
  readonly kubeconfig: string;
  /** Writes since the last call of {@link arm}. */
  readonly writes: number;
  /** Counts anew. From the moment of the fault nothing passes until it has struck, and nobody sees the answer to the write. */
  arm(fault?: Fault): void;
  stop(): Promise<void>;
}

/** Lays a way to a server, with the server's own rights for everybody who takes it. */
export async function startFaultyServer(target: Endpoint, name: string, kubeconfig: string): Promise<FaultyServer> {
  const authority = await createAuthority('a way that can be cut');
  const own = await authority.issue({ name: 'way', hosts: ['127.0.0.1'] });
  const client = await authority.issue({ name: 'anybody' });
  const way = new Way(target);
  const server = createServer({ cert: own.certificate, key: own.key }, (request, response) => {
    way.pass(request, response).catch(() => response.destroy());
  });
  writeKubeconfig(kubeconfig, name, `https://127.0.0.1:${await listening(server)}`, authority, client);
  return {
    kubeconfig,
    get writes() {
      return way.writes;
    },
    arm: (fault) => way.arm(fault),
    stop: () => closed(server),
  };
}

class Way {
  writes = 0;
  private fault: Fault | undefined;
  private isCut = false;

  constructor(private readonly target: Endpoint) {}

  arm(fault: Fault | undefined): void {
    this.writes = 0;
    this.fault = fault;
    this.isCut = false;
  }

  async pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await buffer(request);
    if (this.isCut) throw new Error('the way is cut');
    if (isWrite(request)) this.writes += 1;
    const { fault } = this;
    if (fault === undefined || !isWrite(request) || this.writes !== fault.at) {
      const answer = await this.forward(request, body);
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.on('error', () => response.destroy()).pipe(response);
      return;
    }
    this.isCut = true;
    if (fault.when === 'before') await fault.strike();
    else if (fault.when === 'during') await Promise.allSettled([this.answered(request, body), fault.strike()]);
    else {
      await this.answered(request, body);
      await fault.strike();
    }
    this.isCut = false;
    response.destroy();
  }

  private async answered(request: IncomingMessage, body: Buffer): Promise<void> {
    await buffer(await this.forward(request, body));
  }

  private forward({ method, url, headers }: IncomingMessage, body: Buffer): Promise<IncomingMessage> {
    const { url: address, authority, client } = this.target;
    const identity = client === undefined ? {} : { cert: client.certificate, key: client.key };
    return new Promise((resolve, reject) => {
      const sent = ask(`${address}${url}`, { method, headers, ca: authority, ...identity, servername: 'localhost' });
      sent.on('response', resolve).on('error', reject);
      sent.end(body);
    });
  }
}

/** What changes something: neither a read, nor a dry run, nor a question that is asked by POST. */
function isWrite({ method = 'GET', url = '' }: IncomingMessage): boolean {
  return method !== 'GET' && method !== 'HEAD' && !/[?&]dryRun=/.test(url) && !/reviews(\?|$)/.test(url);
}
