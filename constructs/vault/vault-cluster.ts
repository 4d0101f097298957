import { Construct } from 'constructs';
import { clusterFactsOf } from '../core/cluster-facts';
import { satisfiesAll } from '../core/control';
import { type HelmReleaseProps, helmRelease } from '../core/helm-release';
import { manifest, type NetworkPolicy } from '../core/manifest';
import { PLATFORM_SERVICES } from '../core/platform-service';
import { outsideOf } from '../core/private-networks';
import { stampFor } from '../core/stamp';
import type { TenantSecretProps } from './tenant-secret';
import type { VaultSettings } from './vault-settings';
import { SERVER_PODS, serverValues } from './vault-values';

const CONTROLS = {
  'ENC-1': 'Vault speaks TLS 1.3 and nothing older',
  'ENC-3': 'Vault is unsealed by a key that is not in the cluster, on three or five servers in different zones',
  'NET-4': 'Vault calls its seal, its databases and its audit collector, and nothing else',
} as const;

/** Whoever reads secrets: a tenant. */
export interface SecretReader {
  readSecret(secret: TenantSecretProps): unknown;
  /** Its first namespace. */
  toPeer(): { readonly namespace: string };
}

/** Charts of both servers; the settings choose. */
export interface VaultClusterProps {
  readonly settings: VaultSettings;
  readonly charts: { readonly vault: HelmReleaseProps; readonly openbao: HelmReleaseProps };
}

type Egress = NonNullable<NonNullable<NetworkPolicy['spec']>['egress']>;

/**
 * A region's Vault, or OpenBao: raft over zones, unsealed by a key service. It is initialized once, by hand and without a
 * root token left behind: docs/vault.md.
 */
export class VaultCluster extends Construct {
  constructor(scope: Construct, id: string, { settings, charts }: VaultClusterProps) {
    super(scope, id);
    satisfiesAll(this, CONTROLS);
    const facts = clusterFactsOf(this);
    const { audit, databases } = settings;
    this.egress('allow-seal', [{ to: [outsideOf(facts)], ports: [{ protocol: 'TCP', port: 443 }] }]);
    const { ranges, port } = audit.collector;
    this.egress('allow-audit', [towards(ranges, port)]);
    const reached = Object.values(databases).map((database) => towards(database.ranges, database.port));
    if (reached.length > 0) this.egress('allow-databases', reached);
    helmRelease(this, 'Servers', { ...charts[settings.provider], values: serverValues(settings) });
  }

  /**
   * Lets an account of a tenant read a secret of that tenant: a secret `db` that people put there is `'db'`, for the account
   * `workload` of the tenant's first namespace; anything else says what it is.
   */
  grantRead<T extends SecretReader>(reader: T, secret: string | TenantSecretProps): T {
    const { namespace } = reader.toPeer();
    reader.readSecret(typeof secret === 'string' ? { from: 'kv', name: secret, namespace } : secret);
    return reader;
  }

  private egress(name: string, egress: Egress): void {
    const stamp = stampFor({ component: 'vault' }, CONTROLS);
    manifest<NetworkPolicy>(this, name, {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: stamp(name, PLATFORM_SERVICES.vault.namespace),
      spec: { podSelector: { matchLabels: SERVER_PODS }, policyTypes: ['Egress'], egress },
    });
  }
}

function towards(ranges: readonly string[], port: number): Egress[number] {
  return { to: ranges.map((cidr) => ({ ipBlock: { cidr } })), ports: [{ protocol: 'TCP', port }] };
}
