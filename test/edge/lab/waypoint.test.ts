import type { Answer } from '../../support/edge/client';
import { type Callers, newCallers, regionObjects, STRANGER } from '../../support/edge/sidecar';
import { startWaypoint, type WaypointLab } from '../../support/edge/waypoint';
import { all, type Objects, type Weakening, without } from '../../support/edge/weaken';

const MESH = {
  rootNamespace: 'istio-system',
  meshMTLS: { minProtocolVersion: 'TLSV1_3' },
  tlsDefaults: { minProtocolVersion: 'TLSV1_3' },
  pathNormalization: { normalization: 'DECODE_AND_MERGE_SLASHES' },
} as const;

/** The tenant with a waypoint, and the one that it has nothing to do with: the other way round than for sidecars. */
const AMBIENT = STRANGER;

/** What the whole mesh has for waypoints without a policy of their own. */
const NO_DENIAL = without('AuthorizationPolicy', 'waypoints-default-deny');

describe('waypoint', () => {
  let callers: Callers;
  let objects: Objects;
  beforeAll(async () => {
    const region = regionObjects();
    objects = region.objects;
    callers = await newCallers(region.trustDomain);
  });

  const using = async (
    at: { readonly namespace: string; readonly name: string },
    weaken: Weakening | undefined,
    work: (lab: WaypointLab) => Promise<void>,
  ) => {
    const weakened = weaken === undefined ? {} : { weaken };
    const lab = await startWaypoint({ callers, objects, mesh: MESH, tenant: AMBIENT, ...at, ...weakened });
    try {
      await work(lab);
    } finally {
      await lab.stop();
    }
  };
  const TENANTS = { namespace: AMBIENT, name: 'waypoint' };

  test('[NET-1] a tenant’s waypoint lets the tenant’s own identities through and nobody else', async () => {
    await using(TENANTS, undefined, async (lab) => {
      expect(said(await lab.call(callers.stranger, lab.service))).toBe(200);
      expect(said(await lab.call(callers.own, lab.service))).toBe(403);
      expect(said(await lab.call(callers.foreignRoot, lab.service))).toMatch(/UNKNOWN_CA/);
      expect(said(await lab.call(null, lab.service))).toMatch(/CERTIFICATE_REQUIRED/);
      expect(lab.echo.seen).toHaveLength(1);
    });
  });

  test('[ENC-1] a waypoint speaks TLS 1.3 and nothing older', async () => {
    await using(TENANTS, undefined, async (lab) => {
      expect(said(await lab.call(callers.stranger, lab.service, { version: 'TLSv1.2' }))).toMatch(/PROTOCOL_VERSION/);
      expect(said(await lab.call(callers.stranger, lab.service, { version: 'TLSv1.3' }))).toBe(200);
    });
  });

  test('[NET-1] without its policy, and that of the whole mesh, a waypoint lets everybody through', async () => {
    await using(TENANTS, all(without('AuthorizationPolicy', 'waypoint'), NO_DENIAL), async (lab) => {
      expect(said(await lab.call(callers.own, lab.service))).toBe(200);
    });
  });

  test('[NET-4] a tunnel leads to services of the waypoint’s own namespace and nowhere else', async () => {
    await using(TENANTS, undefined, async (lab) => {
      expect(said(await lab.call(callers.stranger, '10.96.255.254:80'))).toMatch(CUT_OFF);
      expect(said(await lab.call(callers.stranger, '169.254.169.254:80'))).toMatch(CUT_OFF);
      expect(said(await lab.call(callers.stranger, lab.service))).toBe(200);
    });
  });

  describe('for traffic that leaves the cluster', () => {
    const EGRESS = { namespace: 'drun-egress', name: 'egress' };

    test('[NET-4] leads to a host for the tenant that declared it, and for nobody else', async () => {
      await using(EGRESS, undefined, async (lab) => {
        expect(said(await lab.call(callers.stranger, lab.external))).toBe(200);
        expect(said(await lab.call(callers.own, lab.external))).toMatch(CUT_OFF);
        expect(said(await lab.call(callers.stranger, '240.240.9.9:443'))).toMatch(CUT_OFF);
        expect(lab.echo.seen).toHaveLength(1);
      });
    });

    test('[NET-4] is noticed to lead everybody anywhere without its policies', async () => {
      const open = all(
        without('AuthorizationPolicy', 'egress-default-deny'),
        without('AuthorizationPolicy', 'to-api-anthropic-com'),
        NO_DENIAL,
      );
      await using(EGRESS, open, async (lab) => {
        expect(said(await lab.call(callers.own, lab.external))).toBe(200);
      });
    });

    test('[NET-4] is closed to all where no tenant declared a host', async () => {
      await using(EGRESS, without('AuthorizationPolicy', 'to-api-anthropic-com'), async (lab) => {
        expect(said(await lab.call(callers.stranger, lab.external))).toMatch(CUT_OFF);
      });
    });
  });
});

/** There is nothing at the other end; or the tunnel opens, and is cut before anything comes back. */
const CUT_OFF = /CONNECT 503|CLOSED|ECONNRESET|ERR_HTTP2_STREAM_ERROR/;

function said(answer: Answer): number | string {
  return 'refused' in answer ? answer.refused : answer.status;
}
