import { recordAt } from '../../../constructs/core/json';
import type { Cast } from '../../support/edge/cast';
import { type Claim, objects, proveGateway, proxyConfig } from '../../support/edge/claims';
import { type Answer, askTogether, type ClientTls } from '../../support/edge/client';
import { BURST, CDN_ADDRESS } from '../../support/edge/environment';
import { EXPOSURE, HOST, PUBLISHED } from '../../support/edge/fixture';
import type { GatewayLab } from '../../support/edge/gateway';
import { all, changed, without } from '../../support/edge/weaken';

const CLIENT = '203.0.113.9';
const PROXY_HEADER = 'PROXY TCP4 198.51.100.66 198.51.100.1 4000 443\r\n';
const SPOOFED = '198.51.100.66';

/** Not the address of anybody's: that of the connection. */
const NOBODY = expect.not.stringMatching(/^(203|198)\./);
const RULE = ['spec', 'rules', 0] as const;
const ANY_AUDIENCE = changed('AuthorizationPolicy', EXPOSURE.api, [...RULE, 'when']);
const ANYBODY = all(ANY_AUDIENCE, changed('AuthorizationPolicy', EXPOSURE.api, [...RULE, 'from']));
const BAD_TOKENS = [
  'none',
  'expired',
  'of another key',
  'changed afterwards',
  'of another issuer',
  'for another audience',
  'not signed',
];
const topology = (field: string, value: unknown) => proxyConfig(['gatewayTopology', field], value);
const hops = (many: number) => topology('numTrustedProxies', many);

const CLAIMS: readonly Claim[] = [
  {
    title: '[NET-3] the address of a caller is what the CDN says, not what the caller says',
    probe: async (lab) => ({
      'of the CDN': await clientSeen(lab, CLIENT),
      'with a spoofed one before it': await clientSeen(lab, `${SPOOFED}, ${CLIENT}`),
      'with two': await clientSeen(lab, `10.0.0.1, ${SPOOFED}, ${CLIENT}`),
    }),
    holds: { 'of the CDN': CLIENT, 'with a spoofed one before it': CLIENT, 'with two': CLIENT },
    weaker: [
      {
        without: 'the right number of trusted proxies: one too many',
        change: hops(2),
        otherwise: { 'of the CDN': NOBODY, 'with a spoofed one before it': SPOOFED, 'with two': SPOOFED },
      },
      {
        without: 'the right number of trusted proxies: one too few, and all callers are the CDN',
        change: hops(0),
        otherwise: { 'of the CDN': NOBODY, 'with a spoofed one before it': NOBODY, 'with two': NOBODY },
      },
    ],
  },
  {
    title: '[NET-3] a spoofed address is no way around a limit of requests',
    probe: async (lab, { tls }) => ({
      'is limited': (await spoofing(lab, tls)) > 0,
      others: said(await lab.ask(HOST.open, '/', from(CLIENT))),
    }),
    holds: { 'is limited': true, others: 200 },
    weaker: [{ without: 'the right number of trusted proxies', change: hops(2), otherwise: { 'is limited': false } }],
  },
  {
    title: '[NET-3] an address in a PROXY header is believed where a load balancer writes one, and nowhere else',
    probe: async (lab) => ({
      with: said(await lab.ask(HOST.open, '/', { preface: PROXY_HEADER })),
      without: said(await lab.ask(HOST.open)),
    }),
    holds: { with: expect.stringMatching(/ECONNRESET|CLOSED|ERR_SSL/), without: 200 },
    weaker: [
      {
        // The lock to the CDN goes by the connection's own address, whatever such a header says.
        without: 'a gateway that expects none; where it expects one nobody else gets in',
        change: topology('proxyProtocol', {}),
        otherwise: { with: 200, without: expect.stringMatching(/ECONNRESET|CLOSED|ERR_SSL/) },
      },
    ],
  },
  {
    title: '[NET-4] callers need the CDN’s certificate',
    probe: async (lab, { tls: { ca }, cdn, foreign }) => ({
      'no certificate': said(await lab.ask(HOST.open, '/', { tls: { ca } })),
      'of another authority': said(await lab.ask(HOST.open, '/', { tls: { ca, client: foreign } })),
      'of the CDN': said(await lab.ask(HOST.open, '/', { tls: { ca, client: cdn } })),
    }),
    holds: {
      'no certificate': 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED',
      'of another authority': 'ERR_SSL_TLSV1_ALERT_UNKNOWN_CA',
      'of the CDN': 200,
    },
    weaker: [
      {
        without: 'mutual TLS',
        change: objects(changed('Gateway', PUBLISHED.open, ['spec', 'servers', 0, 'tls', 'mode'], 'SIMPLE')),
        otherwise: { 'no certificate': 200, 'of another authority': 200 },
      },
    ],
  },
  {
    title: '[NET-4] callers need an address of the CDN, and what they say of it does not help',
    probe: async (lab) => ({
      elsewhere: said(await lab.ask(HOST.open, '/', { from: lab.net(99) })),
      'elsewhere, with its address in a header': said(
        await lab.ask(HOST.open, '/', { from: lab.net(99), ...from(CDN_ADDRESS) }),
      ),
      'of the CDN': said(await lab.ask(HOST.open)),
    }),
    holds: { elsewhere: 403, 'elsewhere, with its address in a header': 403, 'of the CDN': 200 },
    weaker: [
      {
        without: 'the lock',
        change: objects(without('AuthorizationPolicy', 'edge-cdn-only')),
        otherwise: { elsewhere: 200, 'elsewhere, with its address in a header': 200 },
      },
    ],
  },
  {
    title: '[NET-1] a caller cannot claim a certificate that it did not show',
    probe: async (lab) => ({
      forged: await headerSeen(
        lab,
        'x-forwarded-client-cert',
        'By=spiffe://example.test/ns/a/sa/b;Hash=0;URI=spiffe://example.test/ns/istio-system/sa/admin',
      ),
      'any other header': await headerSeen(lab, 'x-request-note', 'a'),
    }),
    holds: { forged: undefined, 'any other header': 'a' },
    weaker: [
      {
        without: 'the header dropped',
        change: topology('forwardClientCertDetails', 'ALWAYS_FORWARD_ONLY'),
        otherwise: { forged: expect.stringContaining('sa/admin') },
      },
    ],
  },
  {
    title: '[IAM-1] an interface needs a token of the identity provider',
    probe: (lab, cast) => tokens(lab, cast),
    holds: {
      none: 403,
      expired: 401,
      'of another key': 401,
      'changed afterwards': 401,
      'of another issuer': 401,
      'for another audience': 403,
      'not signed': 401,
      good: 200,
    },
    weaker: [
      {
        without: 'the audience',
        change: objects(ANY_AUDIENCE),
        otherwise: { 'for another audience': 200 },
      },
      {
        without: 'a policy that asks for one: it is only looked at where it is there',
        change: objects(ANYBODY),
        otherwise: { none: 200, 'for another audience': 200 },
      },
      {
        without: 'anybody who looks at it',
        change: objects(all(without('RequestAuthentication', 'edge-tokens'), ANYBODY)),
        otherwise: Object.fromEntries(BAD_TOKENS.map((name) => [name, 200])),
      },
      {
        without: 'a provider that is known: then nobody gets in',
        change: objects(without('RequestAuthentication', 'edge-tokens')),
        otherwise: Object.fromEntries([...BAD_TOKENS, 'good'].map((name) => [name, 403])),
      },
    ],
  },
];

describe('gateway', () => proveGateway(CLAIMS));

async function tokens(lab: GatewayLab, { token }: Cast): Promise<Readonly<Record<string, number | string>>> {
  const [head, body = '', signature] = (await token()).split('.');
  const claims: unknown = JSON.parse(Buffer.from(body, 'base64url').toString());
  const changedBody = encoded({ ...recordAt({ claims }, 'claims'), sub: 'root' });
  const tried: readonly (readonly [string, string | undefined])[] = [
    ['none', undefined],
    ['expired', await token({ exp: Math.floor(Date.now() / 1000) - 600 })],
    ['of another key', await token({}, 'theirs')],
    ['changed afterwards', `${head}.${changedBody}.${signature}`],
    ['of another issuer', await token({ iss: 'https://login.elsewhere.example' })],
    ['for another audience', await token({ aud: 'elsewhere' })],
    ['not signed', `${encoded({ alg: 'none' })}.${body}.`],
    ['good', await token()],
  ];
  const asked = tried.map(async ([name, one]) => [
    name,
    said(await lab.ask(HOST.api, '/', one === undefined ? {} : bearer(one))),
  ]);
  return Object.fromEntries(await Promise.all(asked));
}

function encoded(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function bearer(token: string) {
  return { headers: { authorization: `Bearer ${token}` } };
}

function from(addresses: string) {
  return { headers: { 'x-forwarded-for': addresses } };
}

function said(answer: Answer): number | string {
  return 'refused' in answer ? answer.refused : answer.status;
}

/** What the workload takes for the caller’s address. */
async function clientSeen(lab: GatewayLab, forwarded: string): Promise<unknown> {
  return headerSeen(lab, 'x-forwarded-for', forwarded, 'x-envoy-external-address');
}

async function headerSeen(lab: GatewayLab, name: string, value: string, seen = name): Promise<unknown> {
  const before = lab.echo.seen.length;
  await lab.ask(HOST.open, '/', { headers: { [name]: value } });
  return lab.echo.seen[before]?.headers[seen];
}

/** How many of many requests at once, each with an address of its own before the caller’s, are refused for their number. */
async function spoofing({ to }: GatewayLab, tls: ClientTls): Promise<number> {
  const streams = Array.from({ length: 3 * BURST }, (_, at) =>
    from(`198.51.${at % 250}.${Math.floor(at / 250)}, 203.0.113.20`),
  );
  const answers = await askTogether({ to, host: HOST.open, tls }, streams);
  return answers.filter((status) => status === 429).length;
}
