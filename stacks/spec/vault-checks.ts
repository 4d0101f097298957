import { keyMismatch, restorableIn } from '../../constructs/vault/seal';
import type { VaultSettings } from '../../constructs/vault/vault-settings';
import type { Region } from './environment';
import type { RegionMistake } from './mesh-checks';
import type { TenantOutline } from './tenant-source';

/** What a tenant asks of Vault that its regions do not have. */
export interface VaultMistake {
  readonly code: 'PL115' | 'PL116' | 'PL117';
  readonly path: readonly (string | number)[];
  readonly given: unknown;
  readonly expected: string;
  readonly remedy: string;
}

/** Secrets where there is no Vault, and accounts in databases that are another tenant's or that do not exist. */
export function vaultMistakes({ name, secrets }: TenantOutline, regions: readonly Region[]): readonly VaultMistake[] {
  const without = regions.filter(({ vault }) => vault === undefined).map((region) => region.name);
  if (secrets.length > 0 && without.length > 0) {
    const remedy = `add \`vault\` to ${without.join(', ')}, or land in regions that have one`;
    return [{ code: 'PL115', path: ['secrets'], given: secrets.length, expected: 'regions with a Vault', remedy }];
  }
  const databases = secrets.flatMap((secret, i) =>
    secret.from !== 'database'
      ? []
      : regions.flatMap(({ name: region, vault }): readonly VaultMistake[] => {
          const database = vault?.databases[secret.database];
          const roles = database?.tenant === name ? [...keys(database.roles), ...keys(database.accounts)] : [];
          if (roles.includes(secret.role)) return [];
          const own = database?.tenant === name;
          return [
            {
              code: 'PL116',
              path: ['secrets', i, own ? 'role' : 'database'],
              given: own ? secret.role : secret.database,
              expected: own
                ? `a role or account of ${secret.database} in ${region}: ${roles.join(', ')}`
                : `a database of ${name} in ${region}`,
              remedy: 'name one, or ask the platform to add it to `vault.databases`',
            },
          ];
        }),
  );
  return [...databases, ...undelivered(secrets, regions)];
}

/** Secrets through External Secrets in a region that does not run it: they would never come. */
function undelivered(secrets: TenantOutline['secrets'], regions: readonly Region[]): readonly VaultMistake[] {
  const without = regions.filter(({ vault }) => vault?.externalSecrets !== true).map(({ name }) => name);
  if (without.length === 0) return [];
  return secrets.flatMap((secret, i) =>
    secret.from === 'kv' && secret.delivery === 'external-secrets'
      ? [
          {
            code: 'PL117',
            path: ['secrets', i, 'delivery'],
            given: secret.delivery,
            expected: `operator or csi, as in ${without.join(', ')}`,
            remedy:
              'use one of them, or let the platform set `vault.externalSecrets: true` in every region of the tenant',
          } as const,
        ]
      : [],
  );
}

/** Where a seal's key is said to open snapshots and cannot, and where a region takes over that has another key. */
export function sealMistakes(regions: readonly Region[]): readonly RegionMistake[] {
  return regions.flatMap((region, at) => [...replicas(region, at, regions), ...takeover(region, at, regions)]);
}

function replicas({ name, vault }: Region, region: number, regions: readonly Region[]): readonly RegionMistake[] {
  if (vault === undefined) return [];
  const others = regions.filter((one) => one.name !== name);
  return restorableIn(vault.seal).flatMap((wanted, i) => {
    const path = ['vault', 'seal', 'replicatedTo', i];
    const other = others.find((one) => one.name === wanted);
    if (other === undefined) {
      const message = `another region of the environment: ${others.map((one) => one.name).join(', ') || 'there is none'}`;
      return [{ region, path, message, remedy: 'name one of them, or remove it' }];
    }
    const message = cannotOpen(vault, other);
    if (message === undefined) return [];
    return [{ region, path, message, remedy: `let ${name} and ${wanted} have one key, or remove ${wanted}` }];
  });
}

/** Why a region's Vault cannot open snapshots of another one, as what it would have to have. */
function cannotOpen({ provider, seal }: VaultSettings, { vault }: Region): string | undefined {
  if (vault === undefined) return 'a region with a Vault';
  // Each program refuses what the other one has written.
  return vault.provider === provider ? keyMismatch(seal, vault.seal) : `a region whose Vault is ${provider}`;
}

/** The region that takes over opens the snapshots of the one that was lost, or somebody has said why it cannot. */
function takeover(
  { name, vault, failover }: Region,
  region: number,
  regions: readonly Region[],
): readonly RegionMistake[] {
  if (vault === undefined) return [];
  const successor = regions.find((one) => one.name === failover && one.name !== name);
  const opens = successor !== undefined && restorableIn(vault.seal).includes(successor.name);
  if (vault.noTakeover !== undefined) {
    if (successor !== undefined && !opens) return [];
    const message = opens ? `nothing, because ${failover} has the key` : 'nothing, because no region takes over';
    return [{ region, path: ['vault', 'noTakeover'], message, remedy: 'remove it' }];
  }
  if (successor === undefined || opens) return [];
  const message = `a key that ${failover}, which takes over, has as well`;
  const remedy = `replicate the key and name ${failover} in \`replicatedTo\`, or say in \`vault.noTakeover\` why not and until when`;
  return [{ region, path: ['vault', 'seal'], message, remedy }];
}

function keys(record: Readonly<Record<string, unknown>>): readonly string[] {
  return Object.keys(record);
}
