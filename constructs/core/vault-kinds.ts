import type { VaultType } from './vault-object';

/** Group of Vault's objects where they stand as manifests: no API server serves it. */
export const VAULT_GROUP = 'vault.drun.io';

/** How people name a type, and what names an object of it. */
export interface VaultNaming {
  readonly kind: string;
  /** Fields of the arguments that tell two objects apart, in order. */
  readonly by: readonly string[];
}

/** Names of every type. */
export const VAULT_NAMING: Readonly<Record<VaultType, VaultNaming>> = {
  'vault:index/mount:Mount': { kind: 'Mount', by: ['path'] },
  'vault:index/policy:Policy': { kind: 'Policy', by: ['name'] },
  'vault:index/audit:Audit': { kind: 'AuditDevice', by: ['path'] },
  'vault:index/authBackend:AuthBackend': { kind: 'AuthMethod', by: ['path'] },
  'vault:index/quotaRateLimit:QuotaRateLimit': { kind: 'RateLimit', by: ['name'] },
  'vault:generic/endpoint:Endpoint': { kind: 'Endpoint', by: ['path'] },
  'vault:kubernetes/authBackendConfig:AuthBackendConfig': { kind: 'KubernetesAuth', by: ['backend'] },
  'vault:kubernetes/authBackendRole:AuthBackendRole': { kind: 'WorkloadLogin', by: ['backend', 'roleName'] },
  'vault:jwt/authBackend:AuthBackend': { kind: 'AuthMethod', by: ['path'] },
  'vault:jwt/authBackendRole:AuthBackendRole': { kind: 'PeopleLogin', by: ['backend', 'roleName'] },
  'vault:kv/secretBackendV2:SecretBackendV2': { kind: 'KvConfig', by: ['mount'] },
  'vault:pkiSecret/secretBackendConfigUrls:SecretBackendConfigUrls': { kind: 'PkiUrls', by: ['backend'] },
  'vault:pkiSecret/secretBackendCrlConfig:SecretBackendCrlConfig': { kind: 'PkiCrl', by: ['backend'] },
  'vault:pkiSecret/backendConfigAutoTidy:BackendConfigAutoTidy': { kind: 'PkiTidy', by: ['backend'] },
  'vault:pkiSecret/secretBackendRole:SecretBackendRole': { kind: 'PkiRole', by: ['backend', 'name'] },
  'vault:transit/secretBackendKey:SecretBackendKey': { kind: 'TransitKey', by: ['backend', 'name'] },
  'vault:database/secretBackendConnection:SecretBackendConnection': { kind: 'Database', by: ['backend', 'name'] },
  'vault:database/secretBackendRole:SecretBackendRole': { kind: 'DatabaseRole', by: ['backend', 'name'] },
  'vault:database/secretBackendStaticRole:SecretBackendStaticRole': {
    kind: 'DatabaseAccount',
    by: ['backend', 'name'],
  },
};

/** Kinds of the group. */
export const VAULT_KINDS: readonly string[] = [...new Set(Object.values(VAULT_NAMING).map(({ kind }) => kind))];
