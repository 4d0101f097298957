import { join } from 'node:path';
import type { VaultClient } from '../../../cluster/vault/client';
import { type JsonObject, stringAt } from '../../../constructs/core/json';
import { startVault, type VaultServer } from './vault-server';

/** A Vault whose transit keys are the seals of others, as a cloud's key service would be. */
export interface SealServer {
  readonly server: VaultServer;
  /** The `seal` stanza for one of its keys. */
  stanza(key: string): Readonly<Record<string, JsonObject>>;
  /** Variables by which a server may use the keys. */
  readonly env: Readonly<Record<string, string>>;
}

/** Starts one with some keys. */
export async function startSeal(keys: readonly string[]): Promise<SealServer> {
  const server = await startVault();
  const root = await server.init();
  await root.expect({ path: 'sys/mounts/transit', body: { type: 'transit' } });
  for (const key of keys) await root.expect({ path: `transit/keys/${key}`, body: {} });
  const token = await tokenFor(root, keys);
  return {
    server,
    env: { VAULT_TOKEN: token },
    stanza: (key) => ({
      transit: {
        address: server.address.url,
        mount_path: 'transit/',
        key_name: key,
        tls_ca_cert: join(server.folder, 'ca.crt'),
      },
    }),
  };
}

async function tokenFor(root: VaultClient, keys: readonly string[]): Promise<string> {
  const paths = keys.flatMap((key) => ['encrypt', 'decrypt'].map((verb) => `transit/${verb}/${key}`));
  const policy = paths.map((path) => `path "${path}" {\n  capabilities = ["update"]\n}`).join('\n');
  await root.expect({ path: 'sys/policies/acl/seal', body: { policy } });
  const body = { policies: ['seal'], period: '24h' };
  const made = await root.expect({ path: 'auth/token/create-orphan', body });
  return stringAt(made.body, 'auth', 'client_token') ?? '';
}
