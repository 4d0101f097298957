import * as z from 'zod';
import { parseOrThrow } from '../core/parse';
import type { VaultObjectProps } from '../core/vault-object';

const path = z.string().regex(/^[a-z0-9](?:[a-z0-9_-]|\.(?!\.)|\/(?=[a-z0-9]))*$/, {
  error: 'a path of lower-case letters, digits and . _ - without wildcards, templates or empty parts',
});
const capabilities = z.array(z.enum(['create', 'read', 'update', 'patch', 'delete', 'list', 'sudo'])).min(1);

const grantsSchema = z
  .array(
    z.union([z.strictObject({ path, capabilities }), z.strictObject({ below: path, capabilities })], {
      error: 'a `path`, or everything `below` one, with capabilities',
    }),
  )
  .min(1);

/**
 * What a policy grants: one exact path, or everything below one. Policies are not templated: a template would be filled
 * from an entity's metadata, which whoever may write identities can change, and it would need the accessor of a mount,
 * which is not known before Vault has made it (ADR 0017).
 */
export type Grant = z.input<typeof grantsSchema>[number];

/**
 * The text of a policy. Throws a `ProblemError` for a path that says more than it seems to: `*`, `+`, `{{`, `..`.
 *
 * @example
 * policyText([{ path: 'kv/data/acme/db', capabilities: ['read'] }]);
 */
export function policyText(grants: readonly Grant[]): string {
  return parseOrThrow(grantsSchema, grants)
    .map((grant) => {
      const pattern = 'path' in grant ? grant.path : `${grant.below}/*`;
      return `path "${pattern}" {\n  capabilities = [${grant.capabilities.map((one) => `"${one}"`).join(', ')}]\n}\n`;
    })
    .join('\n');
}

/** A policy with exactly these grants. Throws as {@link policyText} does. */
export function vaultPolicy(name: string, grants: readonly Grant[]): VaultObjectProps {
  return { type: 'vault:index/policy:Policy', args: { name, policy: policyText(grants) } };
}

/** What every token may do with itself, and no more: Vault's own `default` policy is not given to any. */
export const OWN_TOKEN: readonly Grant[] = [
  { path: 'auth/token/lookup-self', capabilities: ['read'] },
  { path: 'auth/token/renew-self', capabilities: ['update'] },
  { path: 'auth/token/revoke-self', capabilities: ['update'] },
];
