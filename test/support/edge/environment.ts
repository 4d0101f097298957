import { join } from 'node:path';
import { edgeProfile } from '../../../constructs/ingress/edge-profiles';
import type { IngressProps } from '../../../constructs/ingress/ingress-settings';
import { ROUTE_TYPES } from '../../../constructs/ingress/route-types';
import { tokenBucket } from '../../../constructs/ingress/token-bucket';
import { loadPlan } from '../../../stacks/load';
import type { Plan } from '../../../stacks/plan';
import { defineEnvironment } from '../../../stacks/spec/environment';
import { PACKAGE_ROOT } from '../../../stacks/synth/fingerprint';

/** Trust domain of the lab's mesh. */
export const TRUST_DOMAIN = 'example.test';
export const ISSUER = 'https://login.example.com';
/** The address that a lab's clients call from unless told otherwise; whoever calls from another one is not the CDN. */
export const CDN_ADDRESS = '127.0.0.1';
/** Secret with the authority of the CDN's certificates. */
export const CDN_AUTHORITY = 'cdn-client-ca';

const PROFILE = 'under-attack';
/** Connections of the gateway: few, so that a test can have them all. */
const CONNECTIONS = 160;
const LIMITS = edgeProfile(PROFILE);

/** Connections that one host may hold. */
export const MAX_CONNECTIONS = (CONNECTIONS * LIMITS.connectionPercent) / 100;
/** Requests at once on one HTTP/2 connection. */
export const MAX_STREAMS = LIMITS.streams;
/** Requests that one address may send at once to the open pages, before they come back at a sixth of that a second. */
export const BURST = tokenBucket(ROUTE_TYPES.console.rate.perAddress).max_tokens;

/** How a lab's edge differs from the one below. */
export type EdgeChange = Pick<Partial<IngressProps>, 'alerts' | 'limits'>;

/** An edge behind a CDN, with the tighter one of the platform's two profiles; it is rendered as every other is. */
export const edgeLab = (change: EdgeChange) =>
  defineEnvironment({
    name: 'edge-lab',
    description: 'a gateway that is asked too much',
    access: { issuer: ISSUER, audience: 'drun-edge-lab' },
    regions: [
      {
        name: 'eu-central-1',
        continent: 'europe',
        ingress: {
          waf: { engine: { kind: 'ext-proc', image: `registry.example.com/waf@sha256:${'0'.repeat(64)}` } },
          cdn: { profile: 'generic', ranges: [`${CDN_ADDRESS}/32`], clientCa: CDN_AUTHORITY },
          certificates: { issuer: 'vault', path: 'pki-edge/sign/edge' },
          dns: { provider: 'aws', zones: ['acme.example'] },
          // No address is refused for all that it asks of all routes before a route's own limit refuses it.
          limits: { profile: PROFILE, connections: CONNECTIONS, perAddress: 60_000 },
          ...change,
        },
        facts: {
          trustDomain: TRUST_DOMAIN,
          podCidrs: ['10.0.0.0/16'],
          serviceCidrs: ['10.77.0.0/16'],
          nodeCidrs: ['10.2.0.0/16'],
          apiServerCidrs: ['10.2.255.10/32'],
        },
      },
    ],
  });

/** Where the files of its tenants stand. */
export const EDGE_LAB_TENANTS = join(PACKAGE_ROOT, 'test', 'support', 'edge', 'tenants');

/** Its plan; the tenant is a file beside this one. */
export function edgeLabPlan(change: EdgeChange = {}): Plan {
  return loadPlan(edgeLab(change), EDGE_LAB_TENANTS);
}
