import { Agent, createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { HttpCluster } from '../../cluster/client/http-cluster';
import { discover } from '../../cluster/client/resources';
import { warningsIn } from '../../cluster/client/warnings';

let server: Server;
let seen: {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}[];
let answer: (request: IncomingMessage, response: ServerResponse) => void;

beforeEach(async () => {
  seen = [];
  answer = (_, response) => response.end('{}');
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (piece) => {
      body += piece;
    });
    request.on('end', () => {
      seen.push({ method: request.method ?? '', url: request.url ?? '', headers: request.headers, body });
      answer(request, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

function client(identities: readonly string[] = ['Bearer first']): HttpCluster {
  const address = server.address();
  const port = isPort(address) ? address.port : 0;
  let asked = 0;
  return new HttpCluster({
    name: 'test',
    server: new URL(`http://127.0.0.1:${port}/prefix`),
    identity: async () => {
      asked += 1;
      return {
        agent: new Agent({ keepAlive: true }),
        headers: { authorization: identities[asked - 1] ?? 'Bearer none' },
      };
    },
    anonymous: async () => ({ agent: new Agent(), headers: {} }),
  });
}

function isPort(address: string | AddressInfo | null): address is AddressInfo {
  return typeof address === 'object' && address !== null;
}

describe('a request', () => {
  test('goes below the address of the server, with its query, its body and the identity', async () => {
    const cluster = client();
    await cluster.request({ method: 'POST', path: '/api/v1/x', query: { dryRun: 'All', a: 'b c' }, body: { a: 'ü' } });
    cluster.close();
    expect(seen).toMatchObject([
      {
        method: 'POST',
        url: '/prefix/api/v1/x?dryRun=All&a=b+c',
        body: '{"a":"ü"}',
        headers: { authorization: 'Bearer first', 'content-type': 'application/json' },
      },
    ]);
  });

  test('in the name of somebody else names him, his groups and what else he is', async () => {
    const cluster = client();
    const extra = { 'a.example/b': ['1', '2'] };
    await cluster.request({ method: 'GET', path: '/x', as: { user: 'u', groups: ['g', 'h'], uid: '7', extra } });
    cluster.close();
    expect(seen[0]?.headers).toMatchObject({
      'impersonate-user': 'u',
      'impersonate-group': 'g, h',
      'impersonate-uid': '7',
      'impersonate-extra-a.example%2fb': '1, 2',
    });
  });

  test('[IAM-4] with a token of its own carries no other credential', async () => {
    const cluster = client();
    await cluster.request({ method: 'GET', path: '/x', token: 'mine' });
    cluster.close();
    expect(seen[0]?.headers.authorization).toBe('Bearer mine');
  });

  test('gives back answers of any status, with their warnings', async () => {
    answer = (_, response) => {
      response.writeHead(
        403,
        [
          ['Warning', '299 - "be \\"careful\\""'],
          ['Warning', '299 - "twice"'],
        ].flat(),
      );
      response.end('{"kind":"Status","code":403}');
    };
    const cluster = client();
    expect(await cluster.request({ method: 'GET', path: '/x' })).toEqual({
      status: 403,
      body: { kind: 'Status', code: 403 },
      warnings: ['be "careful"', 'twice'],
    });
    cluster.close();
  });

  test.each([
    ['text', 'ok', { text: 'ok' }],
    ['nothing', '', {}],
    ['a list', '[1]', { text: '[1]' }],
  ])('gives back %s as it can', async (_, text, body) => {
    answer = (__, response) => response.end(text);
    const cluster = client();
    expect((await cluster.request({ method: 'GET', path: '/x' })).body).toEqual(body);
    cluster.close();
  });
});

describe('trying again', () => {
  const busy = (status: number, header?: string) => (_: IncomingMessage, response: ServerResponse) => {
    const first = seen.length === 1;
    response.writeHead(first ? status : 200, first && header !== undefined ? { 'retry-after': header } : {});
    response.end('{}');
  };

  test.each([
    ['GET', 429, undefined, 2],
    ['DELETE', 503, undefined, 2],
    ['PATCH', 429, 'application/apply-patch+yaml', 2],
    ['PATCH', 429, 'application/json-patch+json', 1],
    ['POST', 429, undefined, 1],
  ] as const)('after %s and %i happens only where it is safe', async (method, status, contentType, times) => {
    answer = busy(status, '0');
    const cluster = client();
    const { status: last } = await cluster.request({
      method,
      path: '/x',
      ...(contentType === undefined ? {} : { contentType }),
    });
    cluster.close();
    expect([seen.length, last]).toEqual([times, times === 1 ? status : 200]);
  });

  test('does not happen where the server did not ask for it', async () => {
    answer = busy(503);
    const cluster = client();
    expect((await cluster.request({ method: 'GET', path: '/x' })).status).toBe(503);
    cluster.close();
    expect(seen.length).toBe(1);
  });

  test('ends after six times', async () => {
    answer = (_, response) => response.writeHead(429, { 'retry-after': '0' }).end('{}');
    const cluster = client();
    expect((await cluster.request({ method: 'GET', path: '/x' })).status).toBe(429);
    cluster.close();
    expect(seen.length).toBe(6);
  });

  test('[IAM-1] with fresh credentials happens once after a 401', async () => {
    answer = (request, response) =>
      response.writeHead(request.headers.authorization === 'Bearer second' ? 200 : 401).end('{}');
    const cluster = client(['Bearer first', 'Bearer second']);
    expect((await cluster.request({ method: 'POST', path: '/x' })).status).toBe(200);
    cluster.close();
    expect(seen.map(({ headers }) => headers.authorization)).toEqual(['Bearer first', 'Bearer second']);
  });
});

test('fails with a remedy where nobody answers', async () => {
  const cluster = client();
  server.close();
  server.closeAllConnections();
  await expect(cluster.request({ method: 'POST', path: '/x' })).rejects.toThrow(
    /^LIV002 test: POST \/x: given .*ECONNREFUSED/,
  );
  cluster.close();
});

test('fails where the answer breaks off', async () => {
  answer = (_, response) => {
    response.writeHead(200, { 'content-length': '100' });
    response.write('{');
    setImmediate(() => response.destroy());
  };
  const cluster = client();
  await expect(cluster.request({ method: 'POST', path: '/x' })).rejects.toThrow(/^LIV002 /);
  cluster.close();
});

test('warnings are read from one header or several, and kept as they are where they have another form', () => {
  expect(warningsIn(['299 - "a", 299 - "b, c"', 'odd'])).toEqual(['a', 'b, c', 'odd']);
});

describe('discovery', () => {
  const group = (freshness: string) => ({
    kind: 'APIGroupDiscoveryList',
    items: [
      {
        metadata: { name: 'apps' },
        versions: [
          {
            version: 'v1',
            freshness,
            resources: [
              {
                resource: 'deployments',
                responseKind: { group: 'apps', version: 'v1', kind: 'Deployment' },
                scope: 'Namespaced',
                verbs: ['get'],
                subresources: [{ subresource: 'scale' }],
              },
            ],
          },
        ],
      },
    ],
  });

  test('knows kind, path, scope, verbs and subresources', async () => {
    answer = (_, response) => response.end(JSON.stringify(group('Current')));
    const cluster = client();
    const resources = await discover(cluster);
    cluster.close();
    expect(resources.of('apps/v1', 'Deployment')).toEqual({
      group: 'apps',
      version: 'v1',
      kind: 'Deployment',
      name: 'deployments',
      namespaced: true,
      verbs: ['get'],
      subresources: ['scale'],
    });
    expect(resources.of('apps/v1beta1', 'Deployment')).toBeUndefined();
  });

  test('fails over a group that cannot be had now, and over a server that does not say', async () => {
    const cluster = client();
    answer = (_, response) => response.end(JSON.stringify(group('Stale')));
    await expect(discover(cluster)).rejects.toThrow(/^LIV004 test: apps: given a stale answer/);
    answer = (_, response) => response.end('{"kind":"APIVersions"}');
    await expect(discover(cluster)).rejects.toThrow(/^LIV004 test: \/api: given status 200 APIVersions/);
    cluster.close();
  });
});
