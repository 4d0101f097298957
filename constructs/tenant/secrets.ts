import type { Manifest } from '../core/manifest';
import type { Stamp } from '../core/stamp';
import type { TenantSecret } from '../vault/tenant-secret';
import type { VaultFacts } from '../vault/vault-facts';
import {
  DATABASE_MOUNT,
  databasePath,
  KV_MOUNT,
  pkiMount,
  secretPath,
  VAULT_ADDRESS,
  VAULT_AUDIENCE,
  workloadAuth,
  workloadRole,
} from '../vault/vault-names';
import { externalSecret, isExternal, secretStore } from './external-secrets';
import type { TenantNamespace, TenantPart } from './tenant-part';

interface SpecObject extends Manifest {
  readonly spec: object;
}

type From<T extends TenantSecret['from']> = Extract<TenantSecret, { readonly from: T }>;

/** A secret on its way into one namespace. */
interface Delivered<S> {
  readonly tenant: string;
  readonly namespace: string;
  readonly secret: S;
  readonly vault: VaultFacts;
  readonly stamp: Stamp;
}

/** What brings the tenant's secrets to its workloads: each is read as the account that it is for, and as no other. */
export const secretsPart: TenantPart = {
  name: 'secrets',
  controls: {
    'ENC-3': 'secrets come from Vault under the account of the workload, are refreshed, and stand in no file',
    'IAM-4': 'a login is for one account of one namespace, with a token made for Vault',
  },
  manifests: ({ spec, namespaces, vault }, stamp) =>
    vault === undefined
      ? []
      : namespaces.flatMap((namespace) => {
          const own = spec.secrets.filter((secret) => secret.namespace === namespace.suffix);
          return [
            ...logins(namespace, own, vault, stamp),
            ...stores(namespace, own, vault, stamp),
            ...own.map((secret) => delivered({ tenant: spec.name, namespace: namespace.name, secret, vault, stamp })),
          ];
        }),
};

/** How the operator logs in: as the tenant's account, never as itself. */
function logins(
  { name: namespace }: TenantNamespace,
  secrets: readonly TenantSecret[],
  { region }: VaultFacts,
  stamp: Stamp,
): readonly SpecObject[] {
  const accounts = new Set(
    secrets.flatMap((secret) => (isMounted(secret) || isExternal(secret) ? [] : [secret.account])),
  );
  return [...accounts].map((account) => ({
    apiVersion: 'secrets.hashicorp.com/v1beta1',
    kind: 'VaultAuth',
    metadata: stamp(loginName(account), namespace),
    spec: {
      method: 'kubernetes',
      mount: workloadAuth(region),
      kubernetes: {
        role: workloadRole(namespace, account),
        serviceAccount: account,
        audiences: [VAULT_AUDIENCE],
        tokenExpirationSeconds: 600,
      },
    },
  }));
}

/** The same for External Secrets. */
function stores(
  { name: namespace }: TenantNamespace,
  secrets: readonly TenantSecret[],
  { region }: VaultFacts,
  stamp: Stamp,
): readonly SpecObject[] {
  const accounts = new Set(secrets.filter(isExternal).map(({ account }) => account));
  return [...accounts].map((account) => secretStore(namespace, account, region, stamp));
}

function isMounted(secret: TenantSecret): boolean {
  return secret.from !== 'pki' && secret.delivery === 'csi';
}

function loginName(account: string): string {
  return `vault-${account}`;
}

function delivered(one: Delivered<TenantSecret>): SpecObject {
  const { secret } = one;
  if (isMounted(secret)) return mounted(one);
  if (isExternal(secret)) return externalSecret(one.tenant, one.namespace, secret, one.stamp);
  switch (secret.from) {
    case 'kv':
      return staticSecret({ ...one, secret });
    case 'database':
      return databaseSecret({ ...one, secret });
    case 'pki':
      return certificate({ ...one, secret });
  }
}

function staticSecret({ tenant, namespace, secret, stamp }: Delivered<From<'kv'>>): SpecObject {
  return {
    apiVersion: 'secrets.hashicorp.com/v1beta1',
    kind: 'VaultStaticSecret',
    metadata: stamp(secret.name, namespace),
    spec: {
      vaultAuthRef: loginName(secret.account),
      mount: KV_MOUNT,
      type: 'kv-v2',
      path: secretPath(tenant, secret.name),
      refreshAfter: secret.refresh,
      hmacSecretData: true,
      destination: { name: secret.name, create: true },
    },
  };
}

function databaseSecret({ tenant, namespace, secret, vault, stamp }: Delivered<From<'database'>>): SpecObject {
  const path = databasePath(tenant, secret, vault.databaseRoles);
  const stays = path.startsWith('static-creds/');
  return {
    apiVersion: 'secrets.hashicorp.com/v1beta1',
    kind: 'VaultDynamicSecret',
    metadata: stamp(secret.name, namespace),
    spec: {
      vaultAuthRef: loginName(secret.account),
      mount: DATABASE_MOUNT,
      path,
      // An account that stays is replaced by Vault's own clock; one that is leased is renewed at two thirds of its life.
      ...(stays ? { allowStaticCreds: true } : { renewalPercent: 67, revoke: true }),
      destination: { name: secret.name, create: true },
    },
  };
}

function certificate({ namespace, secret, vault: { region }, stamp }: Delivered<From<'pki'>>): SpecObject {
  const hosts = secret.services.flatMap((service) => [
    `${service}.${namespace}.svc`,
    `${service}.${namespace}.svc.cluster.local`,
  ]);
  return {
    apiVersion: 'secrets.hashicorp.com/v1beta1',
    kind: 'VaultPKISecret',
    metadata: stamp(secret.name, namespace),
    spec: {
      vaultAuthRef: loginName(secret.account),
      mount: pkiMount(region),
      role: namespace,
      commonName: hosts[0],
      altNames: hosts,
      ttl: secret.ttl,
      // A fifth of the shortest life that may be asked for: time to notice that renewal fails.
      expiryOffset: '12m',
      destination: { name: secret.name, create: true, type: 'kubernetes.io/tls' },
    },
  };
}

/** A volume of the driver: the value is in the pod's memory, and no Secret holds it. */
function mounted({ tenant, namespace, secret, vault, stamp }: Delivered<TenantSecret>): SpecObject {
  const path =
    secret.from === 'database'
      ? `${DATABASE_MOUNT}/${databasePath(tenant, secret, vault.databaseRoles)}`
      : `${KV_MOUNT}/data/${secretPath(tenant, secret.name)}`;
  return {
    apiVersion: 'secrets-store.csi.x-k8s.io/v1',
    kind: 'SecretProviderClass',
    metadata: stamp(secret.name, namespace),
    spec: {
      provider: 'vault',
      parameters: {
        vaultAddress: VAULT_ADDRESS,
        vaultAuthMountPath: workloadAuth(vault.region),
        roleName: workloadRole(namespace, secret.account),
        audience: VAULT_AUDIENCE,
        objects: `- objectName: "${secret.name}"\n  secretPath: "${path}"\n`,
      },
    },
  };
}
