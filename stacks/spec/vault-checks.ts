import type { Region } from './environment';
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

/** Regions that a seal's key is said to work in, and that the environment does not have: what is restored there stays sealed. */
export function sealMistakes(regions: readonly Region[]) {
  return regions.flatMap(({ name, vault }, region) =>
    (vault?.seal.replicatedTo ?? []).flatMap((other, i) => {
      const others = regions.map((one) => one.name).filter((one) => one !== name);
      if (others.includes(other)) return [];
      const message = `another region of the environment: ${others.join(', ') || 'there is none'}`;
      return [
        { region, path: ['vault', 'seal', 'replicatedTo', i], message, remedy: 'name one of them, or remove it' },
      ];
    }),
  );
}

function keys(record: Readonly<Record<string, unknown>>): readonly string[] {
  return Object.keys(record);
}
