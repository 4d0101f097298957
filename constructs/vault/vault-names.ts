import { PLATFORM_SERVICES } from '../core/platform-service';

/** Paths and names in Vault. Pure functions of domain names; parted by `.`, which no domain name has, so that no two collide. */

/** Where workloads of the cluster find its Vault. */
export const VAULT_ADDRESS = `https://vault.${PLATFORM_SERVICES.vault.namespace}.svc:${PLATFORM_SERVICES.vault.port}`;
/** Where the leader among the servers is found, by the label that it gives itself. */
export const VAULT_ACTIVE_ADDRESS = `https://vault-active.${PLATFORM_SERVICES.vault.namespace}.svc:${PLATFORM_SERVICES.vault.port}`;
/** Name that the servers' certificate carries, whichever of their addresses is called. */
export const VAULT_SERVER_NAME = 'vault.vault.svc';
/** Name of what takes snapshots, and of its account. */
export const SNAPSHOTS = 'vault-snapshots';
/** Mount of the tenants' secrets: `kv/<tenant>/<secret>`. */
export const KV_MOUNT = 'kv';
/** Mount of keys that Vault uses for others. */
export const TRANSIT_MOUNT = 'transit';
/** Mount of accounts in databases. */
export const DATABASE_MOUNT = 'database';
/** Auth mount of people. */
export const PEOPLE_MOUNT = 'people';
/** Audience of tokens that workloads log in with: one that is made for anything else is refused. */
export const VAULT_AUDIENCE = 'vault';

/** Auth mount of a region's workloads. It names the region, so that a Vault restored elsewhere can have both. */
export function workloadAuth(region: string): string {
  return `kubernetes-${region}`;
}

/** Mount of a region's intermediate certificate authority. */
export function pkiMount(region: string): string {
  return `pki-${region}`;
}

/** Path of a tenant's secret below the KV mount. */
export function secretPath(tenant: string, secret: string): string {
  return `${tenant}/${secret}`;
}

/** Login role of one account of one namespace, and the name of its policy. */
export function workloadRole(namespace: string, account: string): string {
  return `workload.${namespace}.${account}`;
}

/** Login role of the people of a tenant, and the name of its policy. */
export function ownersRole(tenant: string): string {
  return `people.${tenant}`;
}

/** Login role of the platform's own people or programs, and the name of its policy. */
export function platformRole(name: string): string {
  return `platform.${name}`;
}

/** A database of a tenant in Vault. */
export function databaseName(tenant: string, database: string): string {
  return `${tenant}.${database}`;
}

/** A role or account of a tenant's database in Vault. */
export function databaseRole(tenant: string, database: string, role: string): string {
  return `${tenant}.${database}.${role}`;
}

/** Where a tenant reads the account of a role: one that ends with its lease, or one whose password is replaced. */
export function databasePath(
  tenant: string,
  { database, role }: { readonly database: string; readonly role: string },
  kinds: Readonly<Record<string, 'lease' | 'account'>>,
): string {
  const name = databaseRole(tenant, database, role);
  return `${kinds[name] === 'account' ? 'static-creds' : 'creds'}/${name}`;
}
