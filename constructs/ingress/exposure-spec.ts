import * as z from 'zod';
import { exemptionSchema } from '../core/exemption';
import { hostName, namespaceSuffix, shortName } from '../core/names';
import { rateStep } from './rate-steps';
import { ROUTE_TYPE_NAMES, routeType } from './route-types';
import { EXCLUDABLE_RULES } from './waf-rules';

const SEGMENT = '[A-Za-z0-9_~-][A-Za-z0-9._~-]*';

/** Whole segments without anything that proxies read differently: no escapes, no dots alone, no empty segment, no wildcard. */
const path = z
  .string()
  .max(200)
  .regex(new RegExp(`^/(${SEGMENT}(/${SEGMENT})*)?$`), {
    error: 'a path such as /v1/chat: whole segments of letters, digits and . _ ~ -, without a slash at the end',
  });

const rate = z.strictObject({
  perAddress: z.int().min(1).max(60_000).optional().describe('requests a minute from one address'),
  total: z.int().min(1).max(6_000_000).optional().describe('requests a minute from all addresses together'),
  global: z
    .strictObject({
      perAddress: rateStep.optional().describe('requests a minute from one address'),
      perKey: rateStep
        .optional()
        .describe(
          'requests a minute with the tokens of one caller, whatever its addresses; the type’s own when left out',
        ),
      total: rateStep.optional().describe('requests a minute of all callers together'),
    })
    .optional()
    .describe('counted over all proxies of a region together, where it has who counts; steps of a table'),
});

/** A part of a request that rules look at, without wildcards, as the firewall takes it. */
const TARGET =
  /^((ARGS|ARGS_GET|ARGS_POST|ARGS_NAMES|REQUEST_HEADERS|REQUEST_COOKIES|REQUEST_COOKIES_NAMES):[A-Za-z0-9_.[\]$-]{1,128}|REQUEST_URI|REQUEST_FILENAME|QUERY_STRING|REQUEST_BODY|REQUEST_METHOD)$/;

const exclusion = z.strictObject({
  rule: z
    .int()
    .min(900_000)
    .max(999_999)
    .refine((rule) => EXCLUDABLE_RULES.has(rule), {
      error: 'the number of a rule that looks for attacks, such as 942100: one that the firewall’s release has',
    })
    .describe('number of the rule of the OWASP Core Rule Set that shall not apply'),
  target: z
    .string()
    .regex(TARGET, { error: 'one part of a request, such as ARGS:query or REQUEST_BODY' })
    .optional()
    .describe('the part of the request in which it shall not apply; everywhere when left out'),
  ...exemptionSchema.shape,
  because: exemptionSchema.shape.because.refine((text) => text.trim().length >= 10, {
    error: 'a sentence that says why',
  }),
  owner: z.email({ error: 'the mail address of who answers for it' }),
});

/** A service of a tenant that the world may call: ten lines that become certificate, route, limits and authorization. */
export const exposureSchema = z.strictObject({
  name: shortName.describe('name of the exposure, unique in the tenant; part of the route’s name'),
  host: hostName.describe('host name under which it is published; one of the tenant’s `hosts`'),
  namespace: namespaceSuffix.describe('the namespace of the service, without its tenant'),
  service: shortName.describe('the Service that is published'),
  port: z.int().min(1).max(65_535).describe('port of the Service, the same that its pods listen on'),
  type: z
    .enum(ROUTE_TYPE_NAMES)
    .describe('what is sent there: decides firewall rules, body limits, timeouts and the limits of requests'),
  paths: z
    .array(path)
    .min(1)
    .max(20)
    .default(['/'])
    .describe('what is published below the host: each path with everything under it'),
  rate: rate.prefault({}).describe('requests a minute at each proxy of the edge; the type’s own where left out'),
  identity: z
    .union(
      [
        z.strictObject({
          audience: z
            .string()
            .min(1)
            .max(200)
            .optional()
            .describe('audience of the tokens; the https address of the host when left out'),
        }),
        z.strictObject({ public: exemptionSchema.describe('callers need no token') }),
      ],
      { error: 'an `audience`, or `public` with because, owner and expires' },
    )
    .prefault({})
    .describe('callers bring a token of the single sign-on, unless it is public and says why'),
  waf: z
    .strictObject({
      exclude: z
        .array(exclusion)
        .max(50)
        .default([])
        .describe('rules of the firewall that do not fit what is sent here'),
    })
    .prefault({}),
});

/** What a person writes. */
export type ExposureProps = z.input<typeof exposureSchema>;
/** An exposure with every default filled in. */
export type ExposureSpec = Readonly<z.output<typeof exposureSchema>>;

/** Whether callers need a token. */
export function isPublic({ identity }: ExposureSpec): boolean {
  return 'public' in identity;
}

/** Requests a minute of an exposure, with the type's own limits where it names none. */
export function rateOf({ type, rate: wanted }: ExposureSpec): { readonly perAddress: number; readonly total: number } {
  const { perAddress, total } = routeType(type).rate;
  return { perAddress: wanted.perAddress ?? perAddress, total: wanted.total ?? total };
}

/** Requests a minute that are counted over all proxies of a region together; what is left out is not counted. */
export interface GlobalRate {
  readonly perAddress?: number | undefined;
  /** Of one caller by the subject of its token: what everybody may call without one has none. */
  readonly perKey?: number | undefined;
  readonly total?: number | undefined;
}

/** What an exposure has counted over all proxies: what it names, and for callers with tokens at least their type's own. */
export function globalRateOf(exposure: ExposureSpec): GlobalRate {
  const { global = {} } = exposure.rate;
  return isPublic(exposure) ? global : { perKey: routeType(exposure.type).perKey, ...global };
}

/** Name of an exposure's route, by which proxies, the firewall and logs know it: `inference/acme/chat`. */
export function routeName(tenant: string, { type, name }: Pick<ExposureSpec, 'type' | 'name'>): string {
  return `${type}/${tenant}/${name}`;
}

/** Whether `path` is `prefix` or stands below it. */
export function isBelow(path: string, prefix: string): boolean {
  return prefix === '/' || path === prefix || path.startsWith(`${prefix}/`);
}
