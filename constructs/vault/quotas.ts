import { Construct } from 'constructs';
import { satisfiesAll } from '../core/control';
import { vaultObject } from '../core/vault-object';
import { PEOPLE_MOUNT, workloadAuth } from './vault-names';
import type { VaultSettings } from './vault-settings';

const CONTROLS = { 'NET-3': 'no address can ask Vault more than its share, or guess logins' } as const;

/** Limits of requests, each counted by the address of the caller. */
export class Quotas extends Construct {
  constructor(scope: Construct, id: string, { perClient, logins }: VaultSettings['limits'], region: string) {
    super(scope, id);
    satisfiesAll(this, CONTROLS);
    vaultObject(this, 'Everything', {
      type: 'vault:index/quotaRateLimit:QuotaRateLimit',
      args: { name: 'everything', rate: perClient, interval: 1 },
    });
    for (const mount of [workloadAuth(region), PEOPLE_MOUNT]) {
      vaultObject(this, `Logins-${mount}`, {
        type: 'vault:index/quotaRateLimit:QuotaRateLimit',
        args: { name: `logins-${mount}`, path: `auth/${mount}/`, rate: logins, interval: 1 },
      });
    }
  }
}
