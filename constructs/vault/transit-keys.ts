import { Construct } from 'constructs';
import { satisfiesAll } from '../core/control';
import { seconds } from '../core/duration';
import { vaultObject } from '../core/vault-object';
import { TRANSIT_MOUNT } from './vault-names';
import type { VaultSettings } from './vault-settings';

const CONTROLS = {
  'ENC-2': 'keys of AES-256 never leave Vault, and get a new version by themselves',
  'ENC-3': 'every key has a period after which it rotates; there is no `never`',
} as const;

/**
 * Keys that Vault uses for others. Which version is the oldest to decrypt depends on when Vault rotated, which the tree
 * cannot know: `drun vault retire` and `drun vault reencrypt` raise it as the key's policy says.
 */
export class TransitKeys extends Construct {
  constructor(scope: Construct, id: string, keys: VaultSettings['transit']) {
    super(scope, id);
    satisfiesAll(this, CONTROLS);
    const mount = vaultObject(this, 'Mount', {
      type: 'vault:index/mount:Mount',
      args: { path: TRANSIT_MOUNT, type: 'transit', description: 'keys that never leave Vault' },
    });
    for (const [name, { rotate }] of Object.entries(keys)) {
      vaultObject(this, `Key-${name}`, {
        type: 'vault:transit/secretBackendKey:SecretBackendKey',
        args: {
          backend: TRANSIT_MOUNT,
          name,
          type: 'aes256-gcm96',
          autoRotatePeriod: seconds(rotate),
          exportable: false,
          allowPlaintextBackup: false,
          deletionAllowed: false,
        },
      }).node.addDependency(mount);
    }
  }
}
