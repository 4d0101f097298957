import * as z from 'zod';
import { durationBetween, seconds } from '../core/duration';
import { hostName } from '../core/names';
import { parseOrThrow } from '../core/parse';
import type { VaultObjectProps } from '../core/vault-object';

/** A name that certificates may carry: of the world, or of a service in the cluster. */
const domain = z.union([hostName, z.string().regex(/^[a-z0-9-]+\.svc(\.cluster\.local)?$/)], {
  error: 'a full host name, or a namespace’s `<namespace>.svc`, without wildcard',
});

const pkiRoleSchema = z.strictObject({
  mount: z.string().min(1),
  name: z.string().min(1),
  domains: z.tuple([domain], domain),
  subdomains: z.boolean(),
  use: z.enum(['server', 'client']),
  maxTtl: durationBetween('5m', '72h'),
});

/** A use of certificates. */
export type PkiRole = z.input<typeof pkiRoleSchema>;

/**
 * What may be signed for one use: names below its domains, elliptic keys, three days at most, so that a stolen one is worth
 * little. Throws a `ProblemError` for wildcards and for more than 72 hours.
 */
export function pkiRole(role: PkiRole): VaultObjectProps {
  const { mount, name, domains, subdomains, use, maxTtl } = parseOrThrow(pkiRoleSchema, role);
  return {
    type: 'vault:pkiSecret/secretBackendRole:SecretBackendRole',
    args: {
      backend: mount,
      name,
      ttl: String(seconds(maxTtl)),
      maxTtl: String(seconds(maxTtl)),
      allowedDomains: domains,
      allowBareDomains: !subdomains,
      allowSubdomains: subdomains,
      allowGlobDomains: false,
      allowWildcardCertificates: false,
      allowAnyName: false,
      allowLocalhost: false,
      allowIpSans: false,
      enforceHostnames: true,
      requireCn: false,
      keyType: 'ec',
      keyBits: 256,
      serverFlag: use === 'server',
      clientFlag: use === 'client',
    },
  };
}
