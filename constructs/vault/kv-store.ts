import { Construct } from 'constructs';
import { satisfiesAll } from '../core/control';
import { vaultObject } from '../core/vault-object';
import { KV_MOUNT } from './vault-names';

const CONTROLS = {
  'ENC-3': 'secrets stand in Vault, with the versions before, and each tenant’s below its own name',
} as const;

/** Where the tenants' secrets stand: version 2, so that a secret that was overwritten by mistake comes back. */
export class KvStore extends Construct {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    satisfiesAll(this, CONTROLS);
    const mount = vaultObject(this, 'Mount', {
      type: 'vault:index/mount:Mount',
      args: { path: KV_MOUNT, type: 'kv', description: 'secrets of tenants', options: { version: '2' } },
    });
    vaultObject(this, 'Config', {
      type: 'vault:kv/secretBackendV2:SecretBackendV2',
      args: { mount: KV_MOUNT, maxVersions: 10 },
    }).node.addDependency(mount);
  }
}
