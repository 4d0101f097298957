import { namespaceName } from '../core/object-names';
import type { NamedVaultObject, VaultObjectProps } from '../core/vault-object';
import { peopleLogin, workloadLogin } from '../vault/login';
import { pkiRole } from '../vault/pki-role';
import type { TenantSecret } from '../vault/tenant-secret';
import type { VaultFacts } from '../vault/vault-facts';
import {
  DATABASE_MOUNT,
  databasePath,
  KV_MOUNT,
  ownersRole,
  PEOPLE_MOUNT,
  pkiMount,
  secretPath,
  VAULT_AUDIENCE,
  workloadAuth,
  workloadRole,
} from '../vault/vault-names';
import { type Grant, OWN_TOKEN, vaultPolicy } from '../vault/vault-policy';
import type { TenantSpec } from './tenant-spec';

/**
 * What Vault is told of a tenant: for each account that reads something a login and a policy of exact paths, and for its
 * owners the right to write, but not to read, what they declared. A tenant that declares nothing is unknown to Vault.
 */
export function vaultAccess(spec: TenantSpec, facts: VaultFacts): readonly NamedVaultObject[] {
  const { name: tenant } = spec;
  return [
    ...pkiRoles(spec, facts),
    ...readers(spec).flatMap((one) => readerObjects(spec, one, facts)),
    ...owners(spec, facts),
  ].map((object) => ({ ...object, tenant }));
}

type Untenanted = VaultObjectProps & { readonly name: string };

/** One account of one namespace, with everything that it reads. */
interface Reader {
  readonly namespace: string;
  readonly account: string;
  readonly secrets: readonly TenantSecret[];
}

function readers({ name, secrets }: TenantSpec): readonly Reader[] {
  const found = new Map<string, Reader>();
  for (const secret of secrets) {
    const namespace = namespaceName(name, secret.namespace);
    const { account } = secret;
    const key = workloadRole(namespace, account);
    found.set(key, { namespace, account, secrets: [...(found.get(key)?.secrets ?? []), secret] });
  }
  return [...found.values()];
}

function readerObjects(
  { name: tenant }: TenantSpec,
  { namespace, account, secrets }: Reader,
  { region, tokens, databaseRoles }: VaultFacts,
): readonly Untenanted[] {
  const role = workloadRole(namespace, account);
  const grants = [
    ...OWN_TOKEN,
    ...leases(secrets),
    ...secrets.map((secret) => readGrant(tenant, namespace, secret, { region, databaseRoles })),
  ];
  const login = workloadLogin({
    backend: workloadAuth(region),
    role,
    namespace,
    account,
    audience: VAULT_AUDIENCE,
    ...tokens,
  });
  return [
    { name: `policy.${role}`, ...vaultPolicy(role, grants) },
    { name: `role.${role}`, ...login },
  ];
}

/** A lease is renewed and ended by its id, which nobody else is told. */
function leases(secrets: readonly TenantSecret[]): readonly Grant[] {
  return secrets.some(({ from }) => from === 'database')
    ? [
        { path: 'sys/leases/renew', capabilities: ['update'] },
        { path: 'sys/leases/revoke', capabilities: ['update'] },
      ]
    : [];
}

function readGrant(
  tenant: string,
  namespace: string,
  secret: TenantSecret,
  { region, databaseRoles }: Pick<VaultFacts, 'region' | 'databaseRoles'>,
): Grant {
  switch (secret.from) {
    case 'kv':
      return { path: `${KV_MOUNT}/data/${secretPath(tenant, secret.name)}`, capabilities: ['read'] };
    case 'database':
      return { path: `${DATABASE_MOUNT}/${databasePath(tenant, secret, databaseRoles)}`, capabilities: ['read'] };
    case 'pki':
      return { path: `${pkiMount(region)}/issue/${namespace}`, capabilities: ['update'] };
  }
}

/** Certificates of a namespace are for its own services. */
function pkiRoles({ name, secrets }: TenantSpec, { region }: VaultFacts): readonly Untenanted[] {
  const suffixes = new Set(secrets.flatMap(({ from, namespace }) => (from === 'pki' ? [namespace] : [])));
  return [...suffixes].map((suffix) => {
    const namespace = namespaceName(name, suffix);
    const role = pkiRole({
      mount: pkiMount(region),
      name: namespace,
      domains: [`${namespace}.svc`, `${namespace}.svc.cluster.local`],
      subdomains: true,
      use: 'server',
      maxTtl: '72h',
    });
    return { name: `pki.${namespace}`, ...role };
  });
}

function owners({ name, secrets, access }: TenantSpec, { people }: VaultFacts): readonly Untenanted[] {
  const own = [
    ...new Set(secrets.flatMap(({ from, name: secret }) => (from === 'kv' ? [secretPath(name, secret)] : []))),
  ];
  if (own.length === 0 || access.owner.length === 0) return [];
  const role = ownersRole(name);
  const grants = own.flatMap((path): Grant[] => [
    { path: `${KV_MOUNT}/data/${path}`, capabilities: ['create', 'update'] },
    { path: `${KV_MOUNT}/metadata/${path}`, capabilities: ['read'] },
  ]);
  return [
    { name: `policy.${role}`, ...vaultPolicy(role, [...OWN_TOKEN, ...grants]) },
    { name: `role.${role}`, ...peopleLogin(PEOPLE_MOUNT, role, access.owner, people) },
  ];
}
