import * as z from 'zod';
import { exemptionSchema } from '../core/exemption';
import { hostName } from '../core/names';
import { addressRanges, ownImage, secretKey } from '../core/references';
import { rateStep } from './rate-steps';

const store = z.strictObject({
  host: z
    .union([hostName, z.ipv4(), z.string().regex(/^[a-z0-9-]+\.[a-z0-9-]+\.svc(\.cluster\.local)?$/)], {
      error: 'a host name, an address, or a Service such as redis.caches.svc',
    })
    .describe('where Redis listens; it speaks TLS, and its certificate names this host'),
  port: z.int().min(1).max(65_535).default(6_379),
  ranges: addressRanges.describe('addresses that the host can have: nothing else is reached by who counts'),
  ca: secretKey
    .optional()
    .describe('Secret of drun-ingress with the authority of its certificate; the public ones when left out'),
  password: secretKey.describe('Secret of drun-ingress with its password'),
});

/** Who counts requests over all proxies of a region together, and where the counts are kept. */
export const globalSchema = z.strictObject({
  image: ownImage.describe('image of the rate limit service (https://github.com/envoyproxy/ratelimit)'),
  replicas: z.int().min(2).max(50).default(2),
  store: store.describe('the Redis that keeps the counts: an address and names of Secrets, never what is in them'),
  perTenant: rateStep
    .default(600_000)
    .describe('requests a minute to everything that one tenant publishes, by all callers together'),
  onFailure: z
    .union([z.literal('refuse'), z.strictObject({ localOnly: exemptionSchema })], {
      error: '`refuse`, or `localOnly` with because, owner and expires',
    })
    .default('refuse')
    .describe(
      'what happens to requests that cannot be counted: 503, or only the limits of each proxy by itself, which know neither callers nor tenants',
    ),
});

/** The settings with every default filled in. */
export type GlobalSettings = Readonly<z.output<typeof globalSchema>>;
