import type { Answer } from '../../support/edge/client';
import { type Callers, newCallers, regionObjects, type SidecarLab, startSidecar } from '../../support/edge/sidecar';
import { all, changed, type Objects, type Weakening, without } from '../../support/edge/weaken';

/** The mesh’s settings, until the platform’s own installation of Istio says them. */
const MESH = {
  rootNamespace: 'istio-system',
  meshMTLS: { minProtocolVersion: 'TLSV1_3' },
  tlsDefaults: { minProtocolVersion: 'TLSV1_3' },
  outboundTrafficPolicy: { mode: 'REGISTRY_ONLY' },
} as const;

interface Row {
  readonly title: string;
  readonly probe: (lab: SidecarLab, callers: Callers) => Promise<Readonly<Record<string, unknown>>>;
  readonly holds: Readonly<Record<string, unknown>>;
  readonly weakened?: Weakening;
  /** The mesh’s settings without the wall. @default - as they are */
  readonly weakMesh?: object;
  readonly otherwise: Readonly<Record<string, unknown>>;
}

const CERTIFICATE_REQUIRED = 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED';
const OPEN = all(without('AuthorizationPolicy', 'default-deny'), without('AuthorizationPolicy', 'allow-within'));

const ROWS: readonly Row[] = [
  {
    title: '[NET-1] [ENC-1] plaintext is refused, and so is whoever shows no certificate',
    probe: async (lab, { own }) => ({
      plaintext: said(await lab.call('plain')),
      'no certificate': said(await lab.call(null)),
      'own certificate': said(await lab.call(own)),
    }),
    holds: {
      plaintext: expect.stringMatching(/ECONNRESET|CLOSED/),
      'no certificate': CERTIFICATE_REQUIRED,
      'own certificate': 200,
    },
    weakened: changed('PeerAuthentication', 'default', ['spec', 'mtls', 'mode'], 'PERMISSIVE'),
    // It arrives, and authorization knows no identity.
    otherwise: { plaintext: 403, 'no certificate': CERTIFICATE_REQUIRED, 'own certificate': 200 },
  },
  {
    title: '[NET-1] another tenant’s identity is denied',
    probe: async (lab, { own, stranger }) => ({
      stranger: said(await lab.call(stranger)),
      own: said(await lab.call(own)),
      reached: lab.echo.seen.length,
    }),
    holds: { stranger: 403, own: 200, reached: expect.any(Number) },
    weakened: OPEN,
    otherwise: { stranger: 200, own: 200, reached: expect.any(Number) },
  },
  {
    title: '[NET-1] nothing is allowed that no policy allows',
    probe: async (lab, { own }) => ({ own: said(await lab.call(own)) }),
    holds: { own: 200 },
    weakened: without('AuthorizationPolicy', 'allow-within'),
    otherwise: { own: 403 },
  },
  {
    title: '[ENC-1] mutual TLS is 1.3 between workloads too',
    probe: async (lab, { own }) => ({
      'TLS 1.2': said(await lab.call(own, { version: 'TLSv1.2' })),
      'TLS 1.3': said(await lab.call(own, { version: 'TLSv1.3' })),
    }),
    holds: { 'TLS 1.2': 'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION', 'TLS 1.3': 200 },
    weakMesh: { ...MESH, meshMTLS: {} },
    otherwise: { 'TLS 1.2': 200, 'TLS 1.3': 200 },
  },
];

describe('sidecar', () => {
  let callers: Callers;
  let objects: Objects;
  let lab: SidecarLab | undefined;
  beforeAll(async () => {
    const region = regionObjects();
    objects = region.objects;
    callers = await newCallers(region.trustDomain);
    lab = await startSidecar({ callers, objects, mesh: MESH });
  });
  afterAll(() => lab?.stop());

  test('[NET-1] a certificate of another root or trust domain is refused', async () => {
    if (lab === undefined) throw new Error('the sidecar did not start');
    expect(said(await lab.call(callers.foreignRoot))).toBe('ERR_SSL_TLSV1_ALERT_UNKNOWN_CA');
    expect(said(await lab.call(callers.foreignDomain))).toMatch(/ERR_SSL/);
    expect(said(await lab.call(callers.own))).toBe(200);
  });

  describe.each(ROWS)('$title', ({ probe, holds, weakened, weakMesh = MESH, otherwise }) => {
    test('holds', async () => {
      if (lab === undefined) throw new Error('the sidecar did not start');
      expect(await probe(lab, callers)).toEqual(holds);
    });

    test('is noticed to be gone', async () => {
      const weak = await startSidecar({
        callers,
        objects,
        mesh: weakMesh,
        ...(weakened === undefined ? {} : { weaken: weakened }),
      });
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

function said(answer: Answer): number | string {
  return 'refused' in answer ? answer.refused : answer.status;
}
