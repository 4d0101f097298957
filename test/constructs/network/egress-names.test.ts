import fc from 'fast-check';
import { ProblemError } from '../../../constructs/core/problem';
import {
  type EgressRoute,
  egressObjectName,
  egressServerName,
  MAX_EGRESS_HOST,
} from '../../../constructs/network/egress-names';
import { tenantSpec } from '../../../constructs/tenant/tenant-spec';

/** A host of exactly so many characters. */
function hostOf(length: number): string {
  const labels = `${'a'.repeat(62)}.`.repeat(4);
  return `${labels.slice(0, length - 3).replace(/\.$/, 'a')}.io`;
}

const label = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,10}[a-z0-9])?$/);
const route = fc.record({
  tenant: fc.stringMatching(/^[a-z][a-z0-9]{0,4}(-[a-z0-9]{1,4})?$/),
  host: fc.tuple(label, label).map((labels) => `${labels.join('.')}.com`),
  port: fc.integer({ min: 1, max: 65_535 }),
});
const keyOf = ({ tenant, host, port }: EgressRoute) => `${tenant} ${host} ${port}`;

describe('names at the egress gateway', () => {
  test('[NET-4] no two routes share one, and each is a name that DNS and Kubernetes take', () => {
    fc.assert(
      fc.property(route, route, (one, other) => {
        const same = keyOf(one) === keyOf(other);
        expect(egressServerName(one) === egressServerName(other)).toBe(same);
        expect(egressObjectName(one) === egressObjectName(other)).toBe(same);
        expect(egressServerName(one)).toMatch(/^[a-z0-9]([a-z0-9.-]*[a-z0-9])$/);
        expect(egressObjectName(one)).toMatch(/^[a-z0-9]([a-z0-9-]*[a-z0-9])$/);
      }),
      { numRuns: 2000 },
    );
  });

  test('the longest host still makes names of at most 253 characters', () => {
    const longest = { tenant: 't'.repeat(30), host: hostOf(MAX_EGRESS_HOST), port: 65_535 };
    expect(longest.host).toHaveLength(MAX_EGRESS_HOST);
    expect(egressServerName(longest)).toHaveLength(253);
    expect(egressObjectName(longest).length).toBeLessThanOrEqual(253);
  });

  test('a host that would be too long is refused of a tenant with sidecars, at its place, and of no other', () => {
    const tenant = (mesh: 'ambient' | 'sidecar', length: number) => () =>
      tenantSpec({
        name: 'acme',
        owner: 'ml@acme.example',
        mesh,
        namespaces: { serve: {} },
        allow: [{ to: { fqdn: hostOf(length) } }],
      });
    expect(tenant('sidecar', MAX_EGRESS_HOST)).not.toThrow();
    expect(tenant('ambient', MAX_EGRESS_HOST + 1)).not.toThrow();
    expect(tenant('sidecar', MAX_EGRESS_HOST + 1)).toThrow(ProblemError);
    expect(tenant('sidecar', MAX_EGRESS_HOST + 1)).toThrow(/allow\[0\]\.to\.fqdn/);
  });
});
