import type * as vault from '@pulumi/vault';
import type * as database from '@pulumi/vault/database';
import type * as generic from '@pulumi/vault/generic';
import type * as jwt from '@pulumi/vault/jwt';
import type * as kubernetes from '@pulumi/vault/kubernetes';
import type * as kv from '@pulumi/vault/kv';
import type * as pki from '@pulumi/vault/pkisecret';
import type * as transit from '@pulumi/vault/transit';
import { Chart } from 'cdk8s';
import type { VaultArgs } from '../../../constructs/core/vault-args';
import { vaultObject } from '../../../constructs/core/vault-object';
import type { TenantSecretProps } from '../../../constructs/vault/tenant-secret';
import type { VaultProps } from '../../../constructs/vault/vault-settings';

/** What `@pulumi/vault` takes for each type. */
interface Upstream {
  'vault:index/mount:Mount': vault.MountArgs;
  'vault:index/policy:Policy': vault.PolicyArgs;
  'vault:index/audit:Audit': vault.AuditArgs;
  'vault:index/authBackend:AuthBackend': vault.AuthBackendArgs;
  'vault:index/quotaRateLimit:QuotaRateLimit': vault.QuotaRateLimitArgs;
  'vault:generic/endpoint:Endpoint': generic.EndpointArgs;
  'vault:kubernetes/authBackendConfig:AuthBackendConfig': kubernetes.AuthBackendConfigArgs;
  'vault:kubernetes/authBackendRole:AuthBackendRole': kubernetes.AuthBackendRoleArgs;
  'vault:jwt/authBackend:AuthBackend': jwt.AuthBackendArgs;
  'vault:jwt/authBackendRole:AuthBackendRole': jwt.AuthBackendRoleArgs;
  'vault:kv/secretBackendV2:SecretBackendV2': kv.SecretBackendV2Args;
  'vault:pkiSecret/secretBackendConfigUrls:SecretBackendConfigUrls': pki.SecretBackendConfigUrlsArgs;
  'vault:pkiSecret/secretBackendCrlConfig:SecretBackendCrlConfig': pki.SecretBackendCrlConfigArgs;
  'vault:pkiSecret/backendConfigAutoTidy:BackendConfigAutoTidy': pki.BackendConfigAutoTidyArgs;
  'vault:pkiSecret/secretBackendRole:SecretBackendRole': pki.SecretBackendRoleArgs;
  'vault:transit/secretBackendKey:SecretBackendKey': transit.SecretBackendKeyArgs;
  'vault:database/secretBackendConnection:SecretBackendConnection': database.SecretBackendConnectionArgs;
  'vault:database/secretBackendRole:SecretBackendRole': database.SecretBackendRoleArgs;
  'vault:database/secretBackendStaticRole:SecretBackendStaticRole': database.SecretBackendStaticRoleArgs;
}

/** Writable copies: the package takes lists that may be changed, ours may not. */
type Loose<T> = T extends readonly (infer U)[]
  ? Loose<U>[]
  : T extends object
    ? { -readonly [K in keyof T]: Loose<T[K]> }
    : T;

/** Types whose arguments the package would not take, or that have a key which it does not know. */
type Unknown = {
  [T in keyof VaultArgs]: Loose<VaultArgs[T]> extends Upstream[T]
    ? Exclude<keyof VaultArgs[T], keyof Upstream[T]> extends never
      ? never
      : T
    : T;
}[keyof VaultArgs];

test('[CMP-1] arguments of Vault’s objects are those of @pulumi/vault', () => {
  // What does not hold does not compile.
  const unknown: [Unknown] extends [never] ? 'none' : Unknown = 'none';
  expect(unknown).toBe('none');
});

test('[ENC-3] what must not be said to Vault does not compile', () => {
  const never = (scope: Chart): void => {
    const type = 'vault:index/mount:Mount';
    // @ts-expect-error: a mount has no such argument
    vaultObject(scope, 'A', { type, args: { path: 'kv', type: 'kv', description: 'x', password: 'x' } });
    // @ts-expect-error: the arguments of another type
    vaultObject(scope, 'B', { type, args: { name: 'p', policy: '' } });
  };
  expect(never).toBeInstanceOf(Function);
  const people = { admins: ['a'] };
  const audit = { collector: { host: 'a.example.com', port: 1, ranges: ['192.0.2.0/28'] } };
  const seal = { kind: 'awskms', region: 'eu', key: 'k' } as const;
  const snapshots = { mode: 'none', because: 'a Vault of tests', owner: 'tests', expires: '2099-12-31' } as const;
  const bucket = { region: 'eu-west-1', bucket: 'b', key: 'k', role: 'r', ranges: ['192.0.2.0/28'] };
  const schedule = {
    ...{ mode: 'scheduled', every: '1h', rpo: '2h', buckets: [bucket, bucket] },
    images: { vault: 'v', rclone: 'r' },
  } satisfies VaultProps['snapshots'];
  // @ts-expect-error: no seal
  const sealless: VaultProps = { people, audit, snapshots };
  // @ts-expect-error: a seal that nobody has
  const shamir: VaultProps = { people, audit, snapshots, seal: { kind: 'shamir' } };
  const [use, retire] = ['tests', { after: '90d' }] as const;
  // @ts-expect-error: a key that never rotates
  const still: VaultProps = { people, audit, seal, snapshots, transit: { a: { use, rotate: 'never', retire } } };
  // @ts-expect-error: a key that says nothing of rotation
  const silent: VaultProps = { people, audit, seal, snapshots, transit: { a: { use, retire } } };
  // @ts-expect-error: a key that does not say for how long its texts must stay readable
  const forever: VaultProps = { people, audit, seal, snapshots, transit: { a: { use, rotate: '30d' } } };
  // @ts-expect-error: an account that keeps its password
  const kept: VaultProps = { people, audit, seal, snapshots, databases: { a: { accounts: { b: { username: 'x' } } } } };
  // @ts-expect-error: from nowhere
  const nowhere: TenantSecretProps = { name: 'a', namespace: 'b', from: 'file' };
  // @ts-expect-error: nothing said of snapshots
  const forgotten: VaultProps = { people, audit, seal };
  // @ts-expect-error: keys that stay in their region open nothing in another
  const apart: VaultProps['seal'] = { kind: 'alicloudkms', region: 'a', key: 'k', replicatedTo: ['b'] };
  // @ts-expect-error: snapshots in one place
  const once: VaultProps = { people, audit, seal, snapshots: { ...schedule, buckets: [bucket] } };
  // @ts-expect-error: a key of access
  const keyed: VaultProps['snapshots'] = { ...schedule, buckets: [{ ...bucket, secretKey: 'x' }, bucket] };
  const twice: VaultProps = { people, audit, seal, snapshots: schedule };
  const right: VaultProps = { people, audit, seal, snapshots, transit: { a: { use, rotate: '30d', retire } } };
  expect([
    sealless,
    shamir,
    still,
    silent,
    forever,
    kept,
    nowhere,
    right,
    forgotten,
    apart,
    once,
    keyed,
    twice,
  ]).toHaveLength(13);
  expect(Chart).toBeDefined();
});
