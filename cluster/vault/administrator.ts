import { listAt, stringAt } from '../../constructs/core/json';
import type { VaultClient } from './client';

/** Who may administer a new Vault: people of the identity provider that the environment names. */
export interface Administrators {
  /** Address of the identity provider. */
  readonly issuer: string;
  /** Audience of its tokens. */
  readonly audience: string;
  /** Groups of which a person must be in one. */
  readonly groups: readonly string[];
  /** Claim that says how a person signed on, and values of it of which one must be there. */
  readonly mfa: { readonly claim: string; readonly values: readonly string[] };
  /** What administrators may do, as the text of a policy. */
  readonly policy: string;
  /** Authority of the provider’s certificate, as PEM. @default - those that Vault’s machine believes */
  readonly authority?: string;
}

/** Name of the way in for the first administrator. The platform’s own comes with the first deployment; then this one may go. */
export const FIRST_ADMIN = 'first-admin';

/** Besides what administrators may do anyway: to find root tokens, and to revoke them. */
const REVOKE = [
  ...['auth/token/accessors', 'auth/token/accessors/'].map((path) => ({ path, capabilities: '"list", "sudo"' })),
  ...['auth/token/lookup-accessor', 'auth/token/revoke-accessor'].map((path) => ({ path, capabilities: '"update"' })),
]
  .map(({ path, capabilities }) => `path "${path}" {\n  capabilities = [${capabilities}]\n}\n`)
  .join('\n');

/** Seconds: long enough for a first deployment. */
const TTL = 3600;

/** Opens the way in for the first administrators; what is there already stays as it is. */
export async function admitAdministrators(root: VaultClient, people: Administrators): Promise<void> {
  const { issuer, audience, groups, mfa, policy, authority } = people;
  await root.expect({ path: `sys/policies/acl/${FIRST_ADMIN}`, body: { policy: `${policy}\n${REVOKE}` } });
  if ((await root.ask({ path: `sys/auth/${FIRST_ADMIN}` })).status !== 200) {
    const body = { type: 'jwt', description: 'the first administrators, until the platform’s own sign-on is there' };
    await root.expect({ path: `sys/auth/${FIRST_ADMIN}`, body });
  }
  await root.expect({
    path: `auth/${FIRST_ADMIN}/config`,
    body: {
      oidc_discovery_url: issuer,
      bound_issuer: issuer,
      ...(authority === undefined ? {} : { oidc_discovery_ca_pem: authority }),
    },
  });
  await root.expect({
    path: `auth/${FIRST_ADMIN}/role/${FIRST_ADMIN}`,
    body: {
      role_type: 'jwt',
      bound_audiences: [audience],
      bound_claims: { groups, [mfa.claim]: mfa.values, email_verified: true },
      // An address can be given to somebody else; the subject cannot.
      user_claim: 'sub',
      token_policies: [FIRST_ADMIN],
      token_no_default_policy: true,
      token_ttl: TTL,
      token_max_ttl: TTL,
    },
  });
}

/** Signs on as an administrator, by the first way in or another one; says why not where Vault refuses. */
export async function signOn(
  nobody: VaultClient,
  idToken: string,
  { mount, role }: { readonly mount: string; readonly role: string } = { mount: FIRST_ADMIN, role: FIRST_ADMIN },
): Promise<{ readonly admin: VaultClient } | { readonly refused: string }> {
  const answer = await nobody.ask({ path: `auth/${mount}/login`, body: { role, jwt: idToken } });
  const token = stringAt(answer.body, 'auth', 'client_token');
  if (answer.status !== 200 || token === undefined) {
    return { refused: `${answer.status} ${listAt(answer.body, 'errors').join('; ')}`.trim() };
  }
  return { admin: nobody.as(token) };
}

/** Revokes every root token that there is, and says how many; the administrator’s own token is none. */
export async function revokeRootTokens(admin: VaultClient): Promise<number> {
  const roots = await rootTokens(admin);
  for (const accessor of roots) await admin.expect({ path: 'auth/token/revoke-accessor', body: { accessor } });
  return roots.length;
}

/** Accessors of the root tokens that live. */
export async function rootTokens(admin: VaultClient): Promise<readonly string[]> {
  const { body } = await admin.expect({ method: 'LIST', path: 'auth/token/accessors' });
  const roots: string[] = [];
  for (const accessor of listAt(body, 'data', 'keys').map(String)) {
    const seen = await admin.ask({ path: 'auth/token/lookup-accessor', body: { accessor } });
    // A token may end between the two questions.
    if (seen.status === 200 && listAt(seen.body, 'data', 'policies').includes('root')) roots.push(accessor);
  }
  return roots;
}
