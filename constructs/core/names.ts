import * as z from 'zod';

/**
 * Name of a tenant: starts with a letter, lower-case letters, digits and single dashes, at most 30 characters, so that
 * `<tenant>-<namespace>` stays below the 63 of a DNS label (RFC 1123).
 */
export const tenantName = dnsName(30).refine((name) => !RESERVED.test(name), {
  error: 'a name that is not reserved for the platform (kube*, istio*, drun*, system, platform, default, vault, kueue)',
});

/** The part of a namespace's name after the tenant's: `train` in `acme-train`; at most 20 characters. */
export const namespaceSuffix = dnsName(20);

/** Name of a region, a pool, a service account and the like; at most 40 characters. */
export const shortName = dnsName(40);

/** A host name without wildcard, port, upper case or trailing dot; international names in punycode (RFC 1123, 5891). */
export const hostName = z
  .string()
  .max(253)
  .regex(/^(?=.{4,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*\.[a-z]{2,63}$/, {
    error: 'a full host name in lower case, such as api.example.com, without wildcard, port or trailing dot',
  })
  .refine((host) => !INTERNAL_HOST.test(host), { error: 'a public host name, not one inside the cluster' });

/** An OIDC group as the identity provider names it, without the `oidc:` prefix that the API server adds. */
export const groupName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._/@-]{0,99}$/, { error: 'a group name of letters, digits and . _ / @ -' })
  .refine((group) => !/^(system|drun-platform)/.test(group), {
    error: 'a group that is not the platform’s or Kubernetes’ own',
  });

const RESERVED = /^(kube|istio|drun|system$|platform$|default$|vault$|kueue)/;
const INTERNAL_HOST = /(^|\.)(svc|local|internal|localhost|cluster)$|\.svc\.|^kubernetes\./;

function dnsName(max: number) {
  return z
    .string()
    .max(max, { error: `at most ${max} characters` })
    .regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, {
      error: 'lower-case letters, digits and single dashes, starting with a letter',
    });
}
