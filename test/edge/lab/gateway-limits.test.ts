import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Claim, objects, proveGateway } from '../../support/edge/claims';
import { type Answer, askTogether, dial } from '../../support/edge/client';
import { HOST } from '../../support/edge/fixture';
import { BURST, MAX_CONNECTIONS, MAX_STREAMS } from '../../support/edge/fixture-limits';
import type { GatewayLab } from '../../support/edge/gateway';
import { flood } from '../../support/edge/http2';
import { speak, type Utterance } from '../../support/edge/raw';
import { changed, without } from '../../support/edge/weaken';

const NO_HTTP_LIMITS = objects(without('EnvoyFilter', 'http-limits'));
const NO_CONNECTION_LIMITS = objects(without('EnvoyFilter', 'connection-limits'));
const HCM_FIELDS = ['spec', 'configPatches', 0, 'patch', 'value', 'typed_config'] as const;
/** Longer than any limit of time in the gateway, and shorter than Envoy’s own. */
const PATIENCE_MS = 3_500;

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
    weakened: NO_HTTP_LIMITS,
    otherwise: {
      'of 20 KiB': 200,
      'of 10 KiB': 200,
      'eighty of them': 200,
      'forty of them': 200,
      'with an underscore': 200,
    },
  },
  {
    title: '[NET-3] a connection carries so many requests at once, and no more',
    probe: async (lab, { publicRoot: ca }) => {
      const wanted = { to: lab.to, host: HOST.open, tls: { ca } };
      const { reset } = await flood(wanted, MAX_STREAMS + 5, 500);
      await sleep(1_100);
      return { 'five too many': reset, enough: (await flood(wanted, MAX_STREAMS, 500)).answered };
    },
    holds: { 'five too many': 5, enough: MAX_STREAMS },
    weakened: NO_HTTP_LIMITS,
    otherwise: { 'five too many': 0, enough: MAX_STREAMS },
  },
  {
    title: '[NET-1] a request that two servers would read differently is refused',
    probe: async (lab, { publicRoot: ca }) => ({
      'two lengths': await spoken(lab, { tls: { ca } }, [smuggled('content-length: 5\r\ncontent-length: 6')]),
      'length and chunks': await spoken(lab, { tls: { ca } }, [
        smuggled('content-length: 5\r\ntransfer-encoding: chunked'),
      ]),
      'one length': await spoken(lab, { tls: { ca } }, [smuggled('content-length: 5')]),
    }),
    holds: { 'two lengths': 'HTTP/1.1 400', 'length and chunks': 'HTTP/1.1 400', 'one length': 'HTTP/1.1 200' },
    weakened: objects(
      changed('EnvoyFilter', 'http-limits', [...HCM_FIELDS, 'http_protocol_options'], { allow_chunked_length: true }),
    ),
    otherwise: { 'two lengths': 'HTTP/1.1 400', 'length and chunks': 'HTTP/1.1 200', 'one length': 'HTTP/1.1 200' },
  },
  {
    title:
      '[NET-3] one connection too many for a host is refused; another host, and the next one when one ends, is not',
    probe: async (lab, { publicRoot: ca }) => {
      const open = await Promise.all(Array.from({ length: MAX_CONNECTIONS }, () => connection(lab, ca)));
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
    weakened: NO_CONNECTION_LIMITS,
    otherwise: { 'one too many': 200, 'another host': 403, afterwards: 200 },
  },
  {
    title: '[NET-3] who is slow with a request is cut off',
    probe: async (lab, { publicRoot: ca }) => {
      const tls = { ca };
      const [headers, body, quick] = await Promise.all([
        spoken(lab, { tls }, ['GET / HTTP/1.1\r\nhost: ', ...slowly('x')]),
        spoken(lab, { tls }, [`POST / HTTP/1.1\r\nhost: ${HOST.open}\r\ncontent-length: 100\r\n\r\n`, ...slowly('x')]),
        spoken(lab, { tls }, [`GET / HTTP/1.1\r\nhost: ${HOST.open}\r\nconnection: close\r\n\r\n`]),
      ]);
      return { headers, body, quick };
    },
    holds: { headers: 'HTTP/1.1 408', body: 'HTTP/1.1 408', quick: 'HTTP/1.1 200' },
    weakened: NO_HTTP_LIMITS,
    otherwise: { headers: 'still open', body: 'still open', quick: 'HTTP/1.1 200' },
  },
  {
    title: '[NET-3] who is slow with the handshake is cut off',
    probe: async (lab) => ({
      silent: await spoken(lab, {}, []),
      'in the middle of it': await spoken(lab, {}, [CLIENT_HELLO_BEGINNING]),
    }),
    holds: { silent: 'closed', 'in the middle of it': 'closed' },
    weakened: NO_CONNECTION_LIMITS,
    otherwise: { silent: 'still open', 'in the middle of it': 'still open' },
  },
  {
    title: '[NET-3] who asks too often is refused, others are not, and after a while nobody is',
    probe: async (lab, { publicRoot: ca }) => {
      const refused = (await burst(lab, ca, '203.0.113.30')) > 0;
      const others = said(await lab.ask(HOST.open, '/', from('203.0.113.31')));
      await sleep(1_200);
      return { refused, others, afterwards: said(await lab.ask(HOST.open, '/', from('203.0.113.30'))) };
    },
    holds: { refused: true, others: 200, afterwards: 200 },
    weakened: objects(without('EnvoyFilter', 'local-rate-limit')),
    otherwise: { refused: false, others: 200, afterwards: 200 },
  },
];

const EDGE = { profile: 'EDGE', httpRequestHeadersTimeout: '1s', httpMaxConcurrentStreams: MAX_STREAMS } as const;

/**
 * What Istio 1.31 has a field for, in the settings of the gateway's pod. Older ones do not read it, so that the platform says the same in
 * an EnvoyFilter until then; sizes and numbers of headers have no field.
 */
const SETTINGS: readonly Claim[] = [
  {
    title: '[NET-3] the limits that Istio has a field for are the same through it',
    probe: async (lab, { publicRoot: ca }) => ({
      'with an underscore': said(await withHeaders(lab, { x_forwarded_for: '10.0.0.1' })),
      'five too many': (await flood({ to: lab.to, host: HOST.open, tls: { ca } }, MAX_STREAMS + 5, 500)).reset,
      slow: await spoken(lab, { tls: { ca } }, ['GET / HTTP/1.1\r\nhost: ', ...slowly('x')]),
      'of 20 KiB': said(await withHeaders(lab, { 'x-large': 'a'.repeat(20_000) })),
    }),
    holds: { 'with an underscore': 400, 'five too many': 5, slow: 'HTTP/1.1 408', 'of 20 KiB': 431 },
    weakened: (fixture) => ({
      ...NO_HTTP_LIMITS(fixture),
      annotations: { 'proxy.istio.io/config': JSON.stringify({ connectionSettings: EDGE }) },
    }),
    otherwise: { 'with an underscore': 400, 'five too many': 5, slow: 'HTTP/1.1 408', 'of 20 KiB': 200 },
  },
];

describe('gateway', () => proveGateway([...CLAIMS, ...SETTINGS]));

/** A record of TLS 1.0 that promises 512 bytes of a ClientHello and brings a few. */
const CLIENT_HELLO_BEGINNING = '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03';

/** A body that is five bytes or one empty chunk, as one likes to read it. */
function smuggled(framing: string): string {
  return `POST / HTTP/1.1\r\nhost: ${HOST.open}\r\nconnection: close\r\n${framing}\r\n\r\n0\r\n\r\n`;
}

function slowly(text: string): readonly Utterance[] {
  return Array.from({ length: 12 }, () => ({ after: 300, bytes: text }));
}

/** First words of the answer; where there is none, whether the connection was closed. */
async function spoken(
  lab: GatewayLab,
  how: { readonly tls?: { readonly ca: string } },
  utterances: readonly Utterance[],
) {
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
async function burst({ to }: GatewayLab, ca: string, address: string): Promise<number> {
  const streams = Array.from({ length: 3 * BURST }, () => from(address));
  const answers = await askTogether({ to, host: HOST.open, tls: { ca } }, streams);
  return answers.filter((status) => status === 429).length;
}

function connection(lab: GatewayLab, ca: string): Promise<Socket> {
  return dial({ to: lab.to, host: HOST.open, tls: { ca } });
}
