import { Construct } from 'constructs';
import { clusterFactsOf } from '../core/cluster-facts';
import { seconds } from '../core/duration';
import { PLATFORM_SERVICES } from '../core/platform-service';
import { administratorGrants } from './administrators';
import { AuditDevices } from './audit-devices';
import { Databases } from './databases';
import { KvStore } from './kv-store';
import type { PeopleFacts } from './login';
import { PeopleAuth } from './people-auth';
import { PkiAuthority } from './pki-authority';
import { Quotas } from './quotas';
import { SNAPSHOT_GRANTS, SNAPSHOT_ROLE } from './snapshots';
import { TransitKeys } from './transit-keys';
import type { VaultFacts } from './vault-facts';
import { databaseRole, pkiMount, platformRole, SNAPSHOTS, VAULT_ADDRESS } from './vault-names';
import { OWN_TOKEN } from './vault-policy';
import type { VaultSettings } from './vault-settings';
import { WorkloadAuth } from './workload-auth';

/** What tenants must know of a region's Vault. */
export function vaultFactsFor({ tokens, people, databases }: VaultSettings, region: string): VaultFacts {
  return {
    region,
    tokens: { ttl: seconds(tokens.ttl), maxTtl: seconds(tokens.maxTtl) },
    people: peopleFacts(people),
    databaseRoles: Object.fromEntries(
      Object.entries(databases).flatMap(([name, { tenant, roles, accounts }]) => [
        ...Object.keys(roles).map((role) => [databaseRole(tenant, name, role), 'lease'] as const),
        ...Object.keys(accounts).map((role) => [databaseRole(tenant, name, role), 'account'] as const),
      ]),
    ),
  };
}

function peopleFacts({ audience, mfa, maxTtl }: VaultSettings['people']): PeopleFacts {
  return { audience, mfa, maxTtl: seconds(maxTtl) };
}

/** What the region decides of its Vault, and who its people are. */
export interface VaultConfigurationProps {
  readonly settings: VaultSettings;
  /** Issuer of the tokens that people sign on with. */
  readonly issuer: string;
}

/** What a region's Vault is told: who may log in, what there is, and who may do what with it. Tenants add their own. */
export class VaultConfiguration extends Construct {
  constructor(scope: Construct, id: string, { settings, issuer }: VaultConfigurationProps) {
    super(scope, id);
    const { region } = clusterFactsOf(this);
    const { people, pki, snapshots } = settings;
    const audit = new AuditDevices(this, 'Audit', settings);
    const workloads = new WorkloadAuth(this, 'Workloads', settings, region);
    const persons = new PeopleAuth(this, 'People', issuer, peopleFacts(people));
    persons.grant(platformRole('administrators'), people.admins, administratorGrants(region));
    new KvStore(this, 'Kv');
    const mount = pkiMount(region);
    const authority = new PkiAuthority(this, 'Pki', { mount, address: VAULT_ADDRESS });
    for (const [name, { domains, account, ...role }] of Object.entries(pki.roles)) {
      const [first, ...others] = domains;
      if (first === undefined) continue;
      authority.addRole({ name, domains: [first, ...others], ...role });
      workloads.grant({
        role: `pki-${name}`,
        namespace: account.namespace,
        account: account.name,
        grants: [...OWN_TOKEN, { path: `${mount}/sign/${name}`, capabilities: ['update'] }],
      });
    }
    if (snapshots.mode === 'scheduled') {
      workloads.grant({
        role: SNAPSHOT_ROLE,
        namespace: PLATFORM_SERVICES.vault.namespace,
        account: SNAPSHOTS,
        grants: SNAPSHOT_GRANTS,
      });
    }
    new TransitKeys(this, 'Transit', settings.transit);
    new Databases(this, 'Databases', settings.databases);
    // A quota of a path is refused while there is nothing at the path.
    new Quotas(this, 'Quotas', settings.limits, region).node.addDependency(workloads, persons);
    // While its first device is set up Vault refuses every other request; and what is configured later is written down.
    for (const part of this.node.children) if (part !== audit) part.node.addDependency(audit);
  }
}
