import type { VaultClient } from '../../../cluster/vault/client';
import { stringAt } from '../../../constructs/core/json';
import type { OfflineRoot } from './offline-root';

/** Has the offline root sign a region’s intermediate, as docs/vault.md says: its key is made in Vault and stays there. */
export async function signIntermediate(vault: VaultClient, mount: string, root: OfflineRoot): Promise<void> {
  const asked = await vault.expect({
    path: `${mount}/intermediate/generate/internal`,
    body: { common_name: mount, key_type: 'ec', key_bits: 256 },
  });
  const certificate = await root.sign(stringAt(asked.body, 'data', 'csr') ?? '');
  await vault.expect({
    path: `${mount}/intermediate/set-signed`,
    body: { certificate: `${certificate.trim()}\n${root.certificate.trim()}` },
  });
}
