import type { Manifest } from '../core/manifest';
import type { Stamp } from '../core/stamp';
import type { TenantSecret } from '../vault/tenant-secret';
import { KV_MOUNT, secretPath, VAULT_ADDRESS, VAULT_AUDIENCE, workloadAuth, workloadRole } from '../vault/vault-names';

interface SpecObject extends Manifest {
  readonly spec: object;
}

const API = 'external-secrets.io/v1';

/** A secret that people put into Vault and that External Secrets brings. */
export type ExternalKvSecret = Extract<TenantSecret, { readonly from: 'kv' }> & {
  readonly delivery: 'external-secrets';
};

/** Whether External Secrets brings a secret to its workload. */
export function isExternal(secret: TenantSecret): secret is ExternalKvSecret {
  return secret.from === 'kv' && secret.delivery === 'external-secrets';
}

/** How External Secrets logs in: as one account of one namespace, with a token made for Vault, and never as itself. */
export function secretStore(namespace: string, account: string, region: string, stamp: Stamp): SpecObject {
  return {
    apiVersion: API,
    kind: 'SecretStore',
    metadata: stamp(storeName(account), namespace),
    spec: {
      provider: {
        vault: {
          server: VAULT_ADDRESS,
          path: KV_MOUNT,
          version: 'v2',
          auth: {
            kubernetes: {
              mountPath: workloadAuth(region),
              role: workloadRole(namespace, account),
              serviceAccountRef: { name: account, audiences: [VAULT_AUDIENCE] },
            },
          },
        },
      },
    },
  };
}

/**
 * A secret that External Secrets keeps up to date. It names the mount as well, so that a path that two tenants read is one
 * path for the rules, whatever reads it.
 */
export function externalSecret(tenant: string, namespace: string, secret: ExternalKvSecret, stamp: Stamp): SpecObject {
  return {
    apiVersion: API,
    kind: 'ExternalSecret',
    metadata: stamp(secret.name, namespace),
    spec: {
      refreshInterval: secret.refresh,
      secretStoreRef: { kind: 'SecretStore', name: storeName(secret.account) },
      target: { name: secret.name, creationPolicy: 'Owner', deletionPolicy: 'Delete' },
      dataFrom: [{ extract: { key: `${KV_MOUNT}/${secretPath(tenant, secret.name)}` } }],
    },
  };
}

function storeName(account: string): string {
  return `vault-${account}`;
}
