/**
 * Arguments of the resources of `@pulumi/vault` that the platform places, under that package's own names. Fewer than it
 * takes: what is left out is either not needed or not safe, such as wildcards of names and passwords in plain text. A test
 * holds every type against the package's.
 */
export interface VaultArgs {
  'vault:index/mount:Mount': MountArgs;
  'vault:index/policy:Policy': PolicyArgs;
  'vault:index/audit:Audit': AuditArgs;
  'vault:index/authBackend:AuthBackend': AuthBackendArgs;
  'vault:index/quotaRateLimit:QuotaRateLimit': QuotaRateLimitArgs;
  'vault:generic/endpoint:Endpoint': EndpointArgs;
  'vault:kubernetes/authBackendConfig:AuthBackendConfig': KubernetesAuthConfigArgs;
  'vault:kubernetes/authBackendRole:AuthBackendRole': KubernetesAuthRoleArgs;
  'vault:jwt/authBackend:AuthBackend': JwtAuthBackendArgs;
  'vault:jwt/authBackendRole:AuthBackendRole': JwtAuthRoleArgs;
  'vault:kv/secretBackendV2:SecretBackendV2': KvConfigArgs;
  'vault:pkiSecret/secretBackendConfigUrls:SecretBackendConfigUrls': PkiUrlsArgs;
  'vault:pkiSecret/secretBackendCrlConfig:SecretBackendCrlConfig': PkiCrlArgs;
  'vault:pkiSecret/backendConfigAutoTidy:BackendConfigAutoTidy': PkiTidyArgs;
  'vault:pkiSecret/secretBackendRole:SecretBackendRole': PkiRoleArgs;
  'vault:transit/secretBackendKey:SecretBackendKey': TransitKeyArgs;
  'vault:database/secretBackendConnection:SecretBackendConnection': DatabaseConnectionArgs;
  'vault:database/secretBackendRole:SecretBackendRole': DatabaseRoleArgs;
  'vault:database/secretBackendStaticRole:SecretBackendStaticRole': DatabaseStaticRoleArgs;
}

/** At least one: a list that may be empty is a list that may mean everybody. */
type Some<T> = readonly [T, ...T[]];

/** A secrets engine at a path; leases in seconds. */
export type MountArgs = {
  readonly path: string;
  readonly type: 'kv' | 'pki' | 'transit' | 'database';
  readonly description: string;
  readonly options?: Readonly<Record<string, string>>;
  readonly defaultLeaseTtlSeconds?: number;
  readonly maxLeaseTtlSeconds?: number;
};

/** A policy, as the text that `policyText` writes. */
export type PolicyArgs = { readonly name: string; readonly policy: string };

/** An audit device; options are those of its kind. */
export type AuditArgs = {
  readonly type: 'file' | 'socket' | 'syslog';
  readonly path: string;
  readonly description: string;
  readonly options: Readonly<Record<string, string>>;
};

/** An auth method at a path. */
export type AuthBackendArgs = { readonly type: 'kubernetes'; readonly path: string; readonly description: string };

/** Requests per `interval` seconds; for one path, or for everything where it is left out. */
export type QuotaRateLimitArgs = {
  readonly name: string;
  readonly rate: number;
  readonly interval: number;
  readonly path?: string;
};

/** What has no resource of its own, such as a password policy; `dataJson` is the body of the request. */
export type EndpointArgs = {
  readonly path: `sys/policies/password/${string}`;
  readonly dataJson: string;
  readonly ignoreAbsentFields: true;
};

/** The API server that judges tokens; Vault asks as its own account, so that no token of a reviewer is stored. */
export type KubernetesAuthConfigArgs = {
  readonly backend: string;
  readonly kubernetesHost: string;
  readonly disableLocalCaJwt: false;
};

/** Who may log in: exact accounts of exact namespaces, with a token made for Vault. TTLs in seconds. */
export type KubernetesAuthRoleArgs = {
  readonly backend: string;
  readonly roleName: string;
  readonly boundServiceAccountNames: Some<string>;
  readonly boundServiceAccountNamespaces: Some<string>;
  readonly audience: string;
  readonly aliasNameSource: 'serviceaccount_uid';
  readonly tokenPolicies: Some<string>;
  readonly tokenNoDefaultPolicy: true;
  readonly tokenTtl: number;
  readonly tokenMaxTtl: number;
};

/** An issuer of people's tokens, found by discovery; no secret of a client is needed for it. */
export type JwtAuthBackendArgs = {
  readonly type: 'jwt';
  readonly path: string;
  readonly description: string;
  readonly oidcDiscoveryUrl: string;
  readonly boundIssuer: string;
};

/** Which people may log in: by exact claims, several values of one parted by commas. TTLs in seconds. */
export type JwtAuthRoleArgs = {
  readonly backend: string;
  readonly roleName: string;
  readonly roleType: 'jwt';
  readonly boundAudiences: Some<string>;
  readonly boundClaims: Readonly<Record<string, string>>;
  readonly boundClaimsType: 'string';
  readonly userClaim: string;
  readonly tokenPolicies: Some<string>;
  readonly tokenNoDefaultPolicy: true;
  readonly tokenTtl: number;
  readonly tokenMaxTtl: number;
};

/** How many versions of a secret are kept, and for how many seconds. */
export type KvConfigArgs = {
  readonly mount: string;
  readonly maxVersions: number;
  readonly deleteVersionAfter?: number;
};

/** Addresses that a PKI writes into its certificates. */
export type PkiUrlsArgs = {
  readonly backend: string;
  readonly issuingCertificates: Some<string>;
  readonly crlDistributionPoints: Some<string>;
};

/** How a PKI keeps its list of revoked certificates; lengths as Go writes them. */
export type PkiCrlArgs = {
  readonly backend: string;
  readonly expiry: string;
  readonly autoRebuild: true;
  readonly autoRebuildGracePeriod: string;
};

/** Removal of certificates that are long over; lengths as Go writes them. */
export type PkiTidyArgs = {
  readonly backend: string;
  readonly enabled: true;
  readonly intervalDuration: string;
  readonly tidyCertStore: true;
  readonly tidyRevokedCerts: true;
  readonly safetyBuffer: string;
};

/** What one use may have signed; lengths in seconds as text, which is how the resource keeps them. */
export type PkiRoleArgs = {
  readonly backend: string;
  readonly name: string;
  readonly ttl: string;
  readonly maxTtl: string;
  readonly allowedDomains: Some<string>;
  readonly allowBareDomains: boolean;
  readonly allowSubdomains: boolean;
  readonly allowGlobDomains: false;
  readonly allowWildcardCertificates: false;
  readonly allowAnyName: false;
  readonly allowLocalhost: false;
  readonly allowIpSans: false;
  readonly enforceHostnames: true;
  readonly requireCn: false;
  readonly keyType: 'ec';
  readonly keyBits: 256;
  readonly serverFlag: boolean;
  readonly clientFlag: boolean;
};

/** A key that Vault uses for others and never gives out; its period in seconds. Its oldest version that decrypts is raised at run time. */
export type TransitKeyArgs = {
  readonly backend: string;
  readonly name: string;
  readonly type: 'aes256-gcm96';
  readonly autoRotatePeriod: number;
  readonly exportable: false;
  readonly allowPlaintextBackup: false;
  readonly deletionAllowed: false;
};

/** A database and who may have accounts in it. Its administrator's password is given to Vault by hand, then replaced by Vault. */
export type DatabaseConnectionArgs = {
  readonly backend: string;
  readonly name: string;
  readonly allowedRoles: Some<string>;
  readonly verifyConnection: false;
  readonly passwordPolicy: string;
  readonly rotationPeriod?: number;
  readonly rootRotationStatements?: Some<string>;
  readonly postgresql: {
    readonly connectionUrl: string;
    readonly username: string;
    readonly passwordAuthentication: 'scram-sha-256';
    readonly maxConnectionLifetime: number;
  };
};

/** Accounts that live as long as their lease; seconds. */
export type DatabaseRoleArgs = {
  readonly backend: string;
  readonly name: string;
  readonly dbName: string;
  readonly creationStatements: Some<string>;
  readonly revocationStatements: Some<string>;
  readonly defaultTtl: number;
  readonly maxTtl: number;
};

/** An account that stays, with a password that does not; seconds. */
export type DatabaseStaticRoleArgs = {
  readonly backend: string;
  readonly name: string;
  readonly dbName: string;
  readonly username: string;
  readonly rotationPeriod: number;
};
