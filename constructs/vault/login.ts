import * as z from 'zod';
import { groupName, shortName } from '../core/names';
import { parseOrThrow } from '../core/parse';
import type { VaultObjectProps } from '../core/vault-object';

const name = z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, { error: 'one exact name, without wildcards' });
/** Four hours are the cap of `tokens.maxTtl`; whatever places a login by itself is held to it as well. */
const LONGEST_SECONDS = 4 * 3600;

const workloadSchema = z.strictObject({
  backend: z.string().min(1),
  role: z.string().min(1),
  policy: z.string().min(1).optional(),
  namespace: name,
  account: shortName,
  audience: z.string().min(1),
  ttl: z.int().min(1).max(LONGEST_SECONDS),
  maxTtl: z.int().min(1).max(LONGEST_SECONDS),
});

/** A login role of one account of one namespace; times in seconds. Its policy is the one of the role’s name where none is named. */
export type WorkloadLogin = z.input<typeof workloadSchema>;

/** One role is one namespace, one account and one audience. Throws a `ProblemError` for wildcards and for times over the cap. */
export function workloadLogin(login: WorkloadLogin): VaultObjectProps {
  const {
    role,
    policy = role,
    backend,
    namespace,
    account,
    audience,
    ttl,
    maxTtl,
  } = parseOrThrow(workloadSchema, login);
  return {
    type: 'vault:kubernetes/authBackendRole:AuthBackendRole',
    args: {
      backend,
      roleName: role,
      boundServiceAccountNames: [account],
      boundServiceAccountNamespaces: [namespace],
      audience,
      // An account that was deleted and made anew under its name is somebody else.
      aliasNameSource: 'serviceaccount_uid',
      tokenPolicies: [policy],
      tokenNoDefaultPolicy: true,
      tokenTtl: ttl,
      tokenMaxTtl: maxTtl,
    },
  };
}

/** What people must have been asked for, and for how long they are believed. */
export interface PeopleFacts {
  /** Audience of their tokens. */
  readonly audience: string;
  /** Claim that says how they signed on, and values of it of which one must be there. */
  readonly mfa: { readonly claim: string; readonly values: readonly string[] };
  /** Longest life of their logins in seconds. */
  readonly maxTtl: number;
}

/** A login role of groups of people who signed on with a second factor. */
export function peopleLogin(
  backend: string,
  role: string,
  groups: readonly string[],
  { audience, mfa, maxTtl }: PeopleFacts,
): VaultObjectProps {
  const known = parseOrThrow(z.array(groupName).min(1), groups);
  return {
    type: 'vault:jwt/authBackendRole:AuthBackendRole',
    args: {
      backend,
      roleName: role,
      roleType: 'jwt',
      boundAudiences: [audience],
      boundClaims: { groups: known.join(','), [mfa.claim]: mfa.values.join(',') },
      boundClaimsType: 'string',
      // An address can be given to somebody else; the subject cannot.
      userClaim: 'sub',
      tokenPolicies: [role],
      tokenNoDefaultPolicy: true,
      tokenTtl: maxTtl,
      tokenMaxTtl: maxTtl,
    },
  };
}
