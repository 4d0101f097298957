import type { SecureVersion } from 'node:tls';
import type { Cast } from '../../support/edge/cast';
import { type Claim, mesh, objects, proveGateway } from '../../support/edge/claims';
import { type Answer, ask } from '../../support/edge/client';
import { EXPOSURE, HOST, PUBLISHED } from '../../support/edge/fixture';
import type { GatewayLab } from '../../support/edge/gateway';
import { all, changed } from '../../support/edge/weaken';

const VERSIONS: readonly SecureVersion[] = ['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'];
/** What TLS before 1.2 needs and is not offered unless it is named. */
const OLD_CIPHERS = ['ECDHE-ECDSA-AES128-SHA', 'ECDHE-ECDSA-AES128-GCM-SHA256'];
const TOO_OLD = 'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION';

const TLS = ['spec', 'servers', 0, 'tls'] as const;
const ANY_HOST = changed('AuthorizationPolicy', EXPOSURE.open, ['spec', 'rules'], [{}]);
const ROUTE_FOR_ANY_HOST = all(
  changed('Gateway', PUBLISHED.open, ['spec', 'servers', 0, 'hosts'], ['*/*']),
  changed('VirtualService', PUBLISHED.open, ['spec', 'hosts'], ['*']),
);

const CLAIMS: readonly Claim[] = [
  {
    title: '[ENC-1] TLS older than 1.3 is refused at the gateway',
    probe: async (lab, { tls }) => {
      const tried = VERSIONS.map(async (version) => [
        version,
        said(await lab.ask(HOST.open, '/', { tls: { ...tls, version } })),
      ]);
      return Object.fromEntries(await Promise.all(tried));
    },
    holds: { TLSv1: TOO_OLD, 'TLSv1.1': TOO_OLD, 'TLSv1.2': TOO_OLD, 'TLSv1.3': 200 },
    weaker: [
      {
        without: 'a minimum at the server, which goes before that of the mesh',
        change: objects(
          all(
            changed('Gateway', PUBLISHED.open, [...TLS, 'minProtocolVersion'], 'TLSV1_0'),
            changed('Gateway', PUBLISHED.open, [...TLS, 'cipherSuites'], OLD_CIPHERS),
          ),
        ),
        otherwise: { TLSv1: 200, 'TLSv1.1': 200, 'TLSv1.2': 200 },
      },
      {
        without: 'any minimum',
        change: (fixture) =>
          mesh(
            ['tlsDefaults'],
            {},
          )(objects(changed('Gateway', PUBLISHED.open, [...TLS, 'minProtocolVersion']))(fixture)),
        otherwise: { 'TLSv1.2': 200 },
      },
    ],
  },
  {
    title: '[ENC-1] plaintext is refused at the gateway',
    probe: async (lab) => ({
      plaintext: said(await ask({ to: lab.to, host: HOST.open })),
      tls: said(await lab.ask(HOST.open)),
    }),
    holds: { plaintext: expect.stringMatching(/ECONNRESET|CLOSED/), tls: 200 },
    weaker: [
      {
        without: 'TLS',
        change: objects(
          changed('Gateway', PUBLISHED.open, ['spec', 'servers', 0], {
            port: { number: 443, name: 'http', protocol: 'HTTP' },
            hosts: ['*'],
          }),
        ),
        otherwise: { plaintext: 200, tls: expect.stringContaining('ERR_SSL') },
      },
    ],
  },
  {
    title: '[NET-3] a host that nobody owns is denied, and is not found either',
    probe: async (lab, cast) => ({
      owned: await overOneName(lab, cast, HOST.open),
      unowned: await overOneName(lab, cast, 'other.example'),
      'of another gateway': await overOneName(lab, cast, HOST.api),
    }),
    holds: { owned: 200, unowned: 403, 'of another gateway': 403 },
    weaker: [
      {
        without: 'the hosts in the policy',
        change: objects(ANY_HOST),
        otherwise: { unowned: 404, 'of another gateway': 404 },
      },
      {
        without: 'the hosts in policy and route',
        change: objects(all(ANY_HOST, ROUTE_FOR_ANY_HOST)),
        otherwise: { unowned: 200, 'of another gateway': 200 },
      },
    ],
  },
];

describe('gateway', () => proveGateway(CLAIMS));

/** A connection for one name that asks for another: the certificate is not what decides. */
async function overOneName({ to }: GatewayLab, { tls }: Cast, host: string): Promise<unknown> {
  return said(await ask({ to, host, tls: { ...tls, servername: HOST.open } }));
}

function said(answer: Answer): number | string {
  return 'refused' in answer ? answer.refused : answer.status;
}
