import type { Answer } from '../../support/edge/client';
import { type EgressCallers, type EgressLab, HOSTS, newEgressCallers, startEgress } from '../../support/edge/egress';
import { regionObjects } from '../../support/edge/sidecar';
import { all, changed, type Objects, type Weakening, without } from '../../support/edge/weaken';

const MESH = {
  rootNamespace: 'istio-system',
  meshMTLS: { minProtocolVersion: 'TLSV1_3' },
  tlsDefaults: { minProtocolVersion: 'TLSV1_3' },
  outboundTrafficPolicy: { mode: 'REGISTRY_ONLY' },
} as const;

/** Everything that a probe saw, by what it tried. */
type Found = Readonly<Record<string, unknown>>;

interface Row {
  readonly title: string;
  readonly probe: (lab: EgressLab, callers: EgressCallers) => Promise<Found>;
  readonly holds: Found;
  readonly weakened: Weakening;
  readonly otherwise: Found;
}

const CUT_OFF = expect.stringMatching(/ECONNRESET|CLOSED/);
/** The host that was reached shows its own certificate, and that is not the one of the name that was asked for. */
const OTHER_HOST = 'ERR_TLS_CERT_ALTNAME_INVALID';
const { shared, other, undeclared } = HOSTS;
/** The first tenant’s route to the host that both call. */
const ROUTE = 'plum--9443-api-openai-com';

const ROWS: readonly Row[] = [
  {
    title: '[NET-4] an application calls a declared host, and no other name at its address',
    probe: async (lab) => ({
      declared: said(await lab.call(shared)),
      undeclared: said(await lab.call(undeclared)),
      'undeclared name at a declared host': said(await lab.call(shared, { authority: undeclared })),
      'undeclared host reached': lab.reached.undeclared.length,
    }),
    holds: {
      declared: 200,
      undeclared: CUT_OFF,
      'undeclared name at a declared host': CUT_OFF,
      'undeclared host reached': 0,
    },
    weakened: all(without('VirtualService', 'to-api-openai-com'), without('VirtualService', 'to-api-anthropic-com')),
    otherwise: {
      declared: expect.anything(),
      undeclared: OTHER_HOST,
      'undeclared name at a declared host': OTHER_HOST,
      'undeclared host reached': 0,
    },
  },
  {
    title: '[NET-1] the gateway opens a host to the identities of the tenant that declared it, and to nobody else',
    probe: async (lab, { own, other: stranger }) => ({
      own: said(await lab.direct(own, { host: shared })),
      'another tenant': said(await lab.direct(stranger, { host: shared })),
      'that tenant by its own route': said(await lab.direct(stranger, { tenant: 'quince', host: shared })),
    }),
    holds: { own: 200, 'another tenant': CUT_OFF, 'that tenant by its own route': 200 },
    weakened: changed('AuthorizationPolicy', ROUTE, ['spec', 'rules', 0, 'from', 0, 'source', 'principals'], ['*']),
    otherwise: { own: 200, 'another tenant': 200, 'that tenant by its own route': 200 },
  },
  {
    title: '[NET-4] what one tenant declared is not opened to another that declared something else',
    probe: async (lab, { own, other: stranger }) => ({
      own: said(await lab.direct(own, { host: other })),
      'another tenant': said(await lab.direct(stranger, { host: other })),
      'a route that nobody declared': said(await lab.direct(stranger, { tenant: 'quince', host: other })),
    }),
    holds: { own: 200, 'another tenant': CUT_OFF, 'a route that nobody declared': CUT_OFF },
    weakened: changed('AuthorizationPolicy', 'quince--9443-api-openai-com', ['spec', 'rules', 0, 'when']),
    otherwise: { own: 200, 'another tenant': 200, 'a route that nobody declared': CUT_OFF },
  },
  {
    title: '[ENC-1] the gateway speaks mutual TLS 1.3 of this mesh and nothing else',
    probe: async (lab, { own, foreignRoot }) => ({
      plaintext: said(await lab.direct('plain', { host: shared })),
      'no certificate': said(await lab.direct(null, { host: shared })),
      'another root': said(await lab.direct(foreignRoot, { host: shared })),
      'TLS 1.2': said(await lab.direct(own, { host: shared }, { version: 'TLSv1.2' })),
      'TLS 1.3': said(await lab.direct(own, { host: shared }, { version: 'TLSv1.3' })),
    }),
    holds: {
      plaintext: CUT_OFF,
      'no certificate': 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED',
      'another root': 'ERR_SSL_TLSV1_ALERT_UNKNOWN_CA',
      'TLS 1.2': 'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION',
      'TLS 1.3': 200,
    },
    weakened: without('EnvoyFilter', 'egress-tls'),
    otherwise: {
      plaintext: CUT_OFF,
      'no certificate': 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED',
      'another root': 'ERR_SSL_TLSV1_ALERT_UNKNOWN_CA',
      'TLS 1.2': 200,
      'TLS 1.3': 200,
    },
  },
  {
    title: '[NET-4] whatever name is asked for inside, the gateway calls the declared host and no other',
    probe: async (lab, { own }) => ({
      'its own name': said(await lab.direct(own, { host: shared })),
      'another name in TLS': said(await lab.direct(own, { host: shared, inside: undeclared })),
      'another host in HTTP': said(await lab.call(shared, { header: undeclared })),
      'undeclared host reached': lab.reached.undeclared.length,
      'other host reached': lab.reached.other.length,
    }),
    // What is said inside the host's own TLS only the host can read: the request arrives there, and nowhere else.
    holds: {
      'its own name': 200,
      'another name in TLS': OTHER_HOST,
      'another host in HTTP': 200,
      'undeclared host reached': 0,
      'other host reached': expect.any(Number),
    },
    weakened: changed('ServiceEntry', ROUTE, ['spec', 'endpoints', 0, 'address'], undeclared),
    otherwise: {
      'its own name': OTHER_HOST,
      'another name in TLS': 200,
      'another host in HTTP': OTHER_HOST,
      'undeclared host reached': 1,
      'other host reached': 0,
    },
  },
  {
    title: '[NET-4] the only address that a sidecar has for a host is the gateway’s',
    probe: async (lab) => {
      const before = await connections(lab);
      const answer = said(await lab.call(shared));
      return { answer, 'through the gateway': (await connections(lab)) - before };
    },
    holds: { answer: 200, 'through the gateway': 1 },
    weakened: all(
      changed('ServiceEntry', 'to-api-openai-com', ['spec', 'endpoints']),
      without('DestinationRule', 'to-api-openai-com'),
    ),
    otherwise: { answer: 200, 'through the gateway': 0 },
  },
];

describe('egress gateway', () => {
  let callers: EgressCallers;
  let objects: Objects;
  let lab: EgressLab | undefined;
  beforeAll(async () => {
    const region = regionObjects();
    objects = region.objects;
    callers = await newEgressCallers(region.trustDomain);
    lab = await startEgress({ callers, objects, mesh: MESH });
  });
  afterAll(() => lab?.stop());

  describe.each(ROWS)('$title', ({ probe, holds, weakened, otherwise }) => {
    test('holds', async () => {
      if (lab === undefined) throw new Error('the egress gateway did not start');
      expect(await probe(lab, callers)).toEqual(holds);
    });

    test('is noticed to be gone', async () => {
      const weak = await startEgress({ callers, objects, mesh: MESH, weaken: weakened });
      try {
        const found = await probe(weak, callers);
        expect(found).toEqual(otherwise);
        expect(found).not.toEqual(holds);
      } finally {
        await weak.stop();
      }
    });
  });
});

/** Connections that the gateway has taken so far. */
async function connections({ edge }: EgressLab): Promise<number> {
  const taken = await edge.proxies[1]?.stats('^listener\\..*_8443\\.downstream_cx_total$');
  if (taken === undefined || taken.size !== 1) throw new Error('the gateway does not count its connections');
  return [...taken.values()].reduce((sum, value) => sum + value, 0);
}

function said(answer: Answer): number | string {
  return 'refused' in answer ? answer.refused : answer.status;
}
