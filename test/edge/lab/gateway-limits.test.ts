import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Cast } from '../../support/edge/cast';
import { type Claim, objects, proveGateway, proxyConfig } from '../../support/edge/claims';
import { type Answer, askTogether, type ClientTls, dial } from '../../support/edge/client';
import { BURST, MAX_CONNECTIONS, MAX_STREAMS } from '../../support/edge/environment';
import { EXPOSURE, HOST, requestLimit } from '../../support/edge/fixture';
import type { Change, GatewayLab } from '../../support/edge/gateway';
import { flood } from '../../support/edge/http2';
import { clientHello, speak, type Utterance } from '../../support/edge/raw';
import { changed, without } from '../../support/edge/weaken';

const NO_HTTP_LIMITS = objects(without('EnvoyFilter', 'edge-requests'));
/** Longer than any limit of time in the gateway, and shorter than Envoy’s own. */
const PATIENCE_MS = 5_500;

const COMMON = ['common_http_protocol_options'] as const;
const EDGE = { profile: 'EDGE', httpRequestHeadersTimeout: '3s', httpMaxConcurrentStreams: MAX_STREAMS } as const;
/** A gateway without one field of the limits of HTTP, or with another value of it. */
const http = (field: readonly string[], value?: unknown) =>
  objects(changed('EnvoyFilter', 'edge-requests', requestLimit(...field), value));
const PATCH = { connections: 0, listener: 1, handshake: 2 } as const;
/** A gateway without one patch of the limits of connections. */
const connections = (at: keyof typeof PATCH) =>
  objects(changed('EnvoyFilter', 'edge-connections', [...patch(PATCH[at]), 'match', 'context'], 'SIDECAR_INBOUND'));

const CLAIMS: readonly Claim[] = [
  {
    title: '[NET-3] headers that are too large, too many or ambiguous are refused',
    probe: async (lab) => ({
      'of 20 KiB': said(await withHeaders(lab, { 'x-large': 'a'.repeat(20_000) })),
      'of 10 KiB': said(await withHeaders(lab, { 'x-large': 'a'.repeat(10_000) })),
      'eighty of them': said(await withHeaders(lab, many(80))),
      'forty of them': said(await withHeaders(lab, many(40))),
      'with an underscore': said(await withHeaders(lab, { x_forwarded_for: '10.0.0.1' })),
    }),
    holds: {
      'of 20 KiB': 431,
      'of 10 KiB': 200,
      'eighty of them': 431,
      'forty of them': 200,
      'with an underscore': 400,
    },
    weaker: [
      { without: 'a size', change: http(['max_request_headers_kb']), otherwise: { 'of 20 KiB': 200 } },
      {
        without: 'a number',
        change: http([...COMMON, 'max_headers_count']),
        otherwise: { 'eighty of them': 200 },
      },
      {
        without: 'a word about underscores',
        change: http([...COMMON, 'headers_with_underscores_action']),
        otherwise: { 'with an underscore': 200 },
      },
    ],
  },
  {
    title: '[NET-3] a connection carries so many requests at once, and no more',
    probe: async (lab, { tls }) => {
      const wanted = { to: lab.to, host: HOST.open, tls };
      const { reset } = await flood(wanted, MAX_STREAMS + 5, 500);
      await sleep(1_100);
      return { 'five too many': reset, enough: (await flood(wanted, MAX_STREAMS, 500)).answered };
    },
    holds: { 'five too many': 5, enough: MAX_STREAMS },
    weaker: [
      {
        without: 'a number',
        change: http(['http2_protocol_options', 'max_concurrent_streams']),
        otherwise: { 'five too many': 0 },
      },
    ],
  },
  {
    title: '[NET-1] a request that two servers would read differently is refused',
    probe: async (lab, { tls }) => ({
      'two lengths': await spoken(lab, { tls }, [smuggled('content-length: 5\r\ncontent-length: 6')]),
      'length and chunks': await spoken(lab, { tls }, [smuggled('content-length: 5\r\ntransfer-encoding: chunked')]),
      'one length': await spoken(lab, { tls }, [smuggled('content-length: 5')]),
    }),
    holds: { 'two lengths': 'HTTP/1.1 400', 'length and chunks': 'HTTP/1.1 400', 'one length': 'HTTP/1.1 200' },
    weaker: [
      {
        without: 'Envoy’s default',
        change: http(['http_protocol_options'], { allow_chunked_length: true }),
        otherwise: { 'length and chunks': 'HTTP/1.1 200' },
      },
    ],
  },
  {
    title:
      '[NET-3] one connection too many for a host is refused; another host, and the next one when one ends, is not',
    probe: async (lab, { tls }) => {
      const open = await Promise.all(Array.from({ length: MAX_CONNECTIONS }, () => connection(lab, tls)));
      const before = said(await lab.ask(HOST.open));
      // It wants a token, so that it was asked.
      const other = said(await lab.ask(HOST.api));
      open.pop()?.destroy();
      await sleep(200);
      const after = said(await lab.ask(HOST.open));
      for (const socket of open) socket.destroy();
      return { 'one too many': before, 'another host': other, afterwards: after };
    },
    holds: { 'one too many': expect.stringMatching(/ECONNRESET|CLOSED/), 'another host': 403, afterwards: 200 },
    weaker: [{ without: 'a number', change: connections('connections'), otherwise: { 'one too many': 200 } }],
  },
  {
    title: '[NET-3] who is slow is cut off: in silence, in a greeting, in the handshake, in headers, in a body',
    probe: slow,
    holds: {
      silent: 'closed',
      greeting: 'closed',
      handshake: 'closed',
      headers: 'HTTP/1.1 408',
      body: 'HTTP/1.1 408',
      quick: 'HTTP/1.1 200',
    },
    weaker: [
      {
        without: 'a limit before TLS',
        change: connections('listener'),
        otherwise: { silent: 'still open', greeting: 'still open' },
      },
      {
        without: 'a limit of the handshake',
        change: connections('handshake'),
        otherwise: { handshake: 'still open' },
      },
      {
        // They count as part of the request.
        without: 'a limit of headers, and of requests',
        change: (fixture) => http(['request_timeout'])(http(['request_headers_timeout'])(fixture)),
        otherwise: { headers: 'still open', body: 'still open' },
      },
      { without: 'a limit of requests', change: http(['request_timeout']), otherwise: { body: 'still open' } },
    ],
  },
  {
    title: '[NET-3] who asks too often is refused, others are not, and after a while nobody is',
    probe: async (lab, { tls }) => {
      const refused = (await burst(lab, tls, '203.0.113.30')) > 0;
      const others = said(await lab.ask(HOST.open, '/', from('203.0.113.31')));
      await sleep(1_200);
      return { refused, others, afterwards: said(await lab.ask(HOST.open, '/', from('203.0.113.30'))) };
    },
    holds: { refused: true, others: 200, afterwards: 200 },
    weaker: [
      {
        without: 'the limit of the route',
        change: objects(without('EnvoyFilter', EXPOSURE.open)),
        otherwise: { refused: false },
      },
      {
        without: 'a bucket for each: what it has for all is too large to notice',
        change: rate(['descriptors'], []),
        otherwise: { refused: false },
      },
      {
        without: 'enforcement: it only counts',
        change: rate(['filter_enforced']),
        otherwise: { refused: false },
      },
    ],
  },
  {
    /**
     * What Istio 1.31 has a field for, in the settings of the gateway's pod. Older ones do not know it, so that the platform says the
     * same in an EnvoyFilter until then; sizes and numbers of headers have no field.
     */
    title: '[NET-3] the limits that Istio has a field for are the same through it',
    probe: async (lab, { tls }) => ({
      'with an underscore': said(await withHeaders(lab, { x_forwarded_for: '10.0.0.1' })),
      'five too many': (await flood({ to: lab.to, host: HOST.open, tls }, MAX_STREAMS + 5, 500)).reset,
      slow: await spoken(lab, { tls }, ['GET / HTTP/1.1\r\nhost: ', ...slowly('x')]),
      'of 20 KiB': said(await withHeaders(lab, { 'x-large': 'a'.repeat(20_000) })),
    }),
    holds: { 'with an underscore': 400, 'five too many': 5, slow: 'HTTP/1.1 408', 'of 20 KiB': 431 },
    weaker: [
      {
        without: 'the EnvoyFilter, and with the fields in its place',
        change: (fixture) => proxyConfig(['connectionSettings'], EDGE)(NO_HTTP_LIMITS(fixture)),
        otherwise: { 'of 20 KiB': 200 },
      },
      {
        without: 'both',
        change: NO_HTTP_LIMITS,
        otherwise: { 'with an underscore': 200, 'five too many': 0, slow: 'still open', 'of 20 KiB': 200 },
      },
    ],
  },
];

describe('gateway', () => proveGateway(CLAIMS));

function patch(at: number) {
  return ['spec', 'configPatches', at] as const;
}

/** A gateway whose limit of requests lacks a field, or has another value of it. */
function rate(field: readonly string[], value?: unknown): Change {
  const place = [
    ...patch(0),
    'patch',
    'value',
    'typed_per_filter_config',
    'envoy.filters.http.local_ratelimit',
    ...field,
  ];
  return objects(changed('EnvoyFilter', EXPOSURE.open, place, value));
}

async function slow(lab: GatewayLab, { tls }: Cast) {
  const post = `POST / HTTP/1.1\r\nhost: ${HOST.open}\r\ncontent-length: 100\r\n\r\n`;
  const hello = await clientHello(HOST.open);
  const [silent, greeting, handshake, headers, body, quick] = await Promise.all([
    spoken(lab, {}, []),
    spoken(lab, {}, [hello.subarray(0, 20)]),
    spoken(lab, {}, [hello]),
    spoken(lab, { tls }, ['GET / HTTP/1.1\r\nhost: ', ...slowly('x')]),
    spoken(lab, { tls }, [post, ...slowly('x')]),
    spoken(lab, { tls }, [`GET / HTTP/1.1\r\nhost: ${HOST.open}\r\nconnection: close\r\n\r\n`]),
  ]);
  return { silent, greeting, handshake, headers, body, quick };
}

/** A body that is five bytes or one empty chunk, as one likes to read it. */
function smuggled(framing: string): string {
  return `POST / HTTP/1.1\r\nhost: ${HOST.open}\r\nconnection: close\r\n${framing}\r\n\r\n0\r\n\r\n`;
}

function slowly(text: string): readonly Utterance[] {
  return Array.from({ length: 20 }, () => ({ after: 300, bytes: text }));
}

/** First words of the answer; where there is none, whether the connection was closed. */
async function spoken(lab: GatewayLab, how: { readonly tls?: ClientTls }, utterances: readonly Utterance[]) {
  const answer = await speak({ to: lab.to, host: HOST.open, ...how }, utterances, PATIENCE_MS);
  if ('refused' in answer) return answer.refused;
  const [words = ''] = /^HTTP\/1\.1 \d+/.exec(answer.received) ?? [];
  return words === '' ? (answer.closedAfter === undefined ? 'still open' : 'closed') : words;
}

function said(answer: Answer): number | string {
  return 'refused' in answer ? answer.refused : answer.status;
}

function withHeaders(lab: GatewayLab, headers: Readonly<Record<string, string>>): Promise<Answer> {
  return lab.ask(HOST.open, '/', { headers });
}

function many(count: number): Readonly<Record<string, string>> {
  return Object.fromEntries(Array.from({ length: count }, (_, at) => [`x-header-${at}`, 'a']));
}

function from(address: string) {
  return { headers: { 'x-forwarded-for': address } };
}

/** How many of many requests at once are refused for their number. */
async function burst({ to }: GatewayLab, tls: ClientTls, address: string): Promise<number> {
  const streams = Array.from({ length: 3 * BURST }, () => from(address));
  const answers = await askTogether({ to, host: HOST.open, tls }, streams);
  return answers.filter((status) => status === 429).length;
}

function connection(lab: GatewayLab, tls: ClientTls): Promise<Socket> {
  return dial({ to: lab.to, host: HOST.open, tls });
}
