import { Construct } from 'constructs';
import { DNS_PORTS, KUBE_DNS } from '../core/cluster-dns';
import { clusterFactsOf } from '../core/cluster-facts';
import { satisfiesAll } from '../core/control';
import { type Exemption, exempted } from '../core/exemption';
import type { JsonObject } from '../core/json';
import { RPO_ANNOTATION } from '../core/labels';
import { type Manifest, type ManifestMetadata, manifest, type NetworkPolicy } from '../core/manifest';
import { PLATFORM_SERVICES } from '../core/platform-service';
import { unpinned } from '../core/references';
import { stampFor } from '../core/stamp';
import { snapshotAlerts } from './snapshot-alerts';
import { SNAPSHOT_PODS, snapshotJob } from './snapshot-job';
import type { SnapshotSchedule } from './snapshot-settings';
import { platformRole, SNAPSHOTS, workloadAuth } from './vault-names';
import type { Grant } from './vault-policy';
import type { VaultSettings } from './vault-settings';
import { SERVER_PODS } from './vault-values';

const CONTROLS = {
  'BDR-1': 'Vault’s store is copied on a schedule, to buckets of two regions with keys of their own',
  'BDR-2': 'a copy lies where the region’s loss does not reach it',
  'BDR-3': 'what arrived in a bucket is read back and compared with its hash before the hash is written beside it',
  'IAM-4': 'the job may take a snapshot and nothing else, and comes to the buckets with tokens of minutes',
} as const;

/** All that the job’s login may do: read the whole store, which is encrypted, and end itself. It cannot restore. */
export const SNAPSHOT_GRANTS: readonly Grant[] = [
  { path: 'sys/storage/raft/snapshot', capabilities: ['read'] },
  { path: 'auth/token/revoke-self', capabilities: ['update'] },
];

/** Login role of the job, and the name of its policy. */
export const SNAPSHOT_ROLE = platformRole('snapshots');

interface Loose extends Manifest {
  readonly [field: string]: unknown;
}

/**
 * Snapshots of a region's Vault. Where there are none, or where the region that takes over cannot open them, an object says
 * why and until when; `check` fails after that day.
 */
export class VaultSnapshots extends Construct {
  private readonly stamp = stampFor({ component: 'vault' }, CONTROLS);

  constructor(scope: Construct, id: string, settings: VaultSettings) {
    super(scope, id);
    const { snapshots, noTakeover } = settings;
    const reasons = noTakeover === undefined ? [] : [noTakeover];
    if (snapshots.mode === 'none') {
      this.object('ConfigMap', 'v1', exempted(this.named(), ...reasons, snapshots), {});
      return;
    }
    satisfiesAll(this, CONTROLS);
    this.scheduled(snapshots, settings, reasons);
  }

  private scheduled(schedule: SnapshotSchedule, settings: VaultSettings, reasons: readonly Exemption[]): void {
    const { region } = clusterFactsOf(this);
    const { rpo, images } = schedule;
    const metadata = exempted(this.named(), ...reasons, ...unpinned([images.vault, images.rclone]));
    this.object('ServiceAccount', 'v1', this.named(), { automountServiceAccountToken: false });
    this.object(
      'CronJob',
      'batch/v1',
      { ...metadata, annotations: { ...metadata.annotations, [RPO_ANNOTATION]: rpo } },
      { spec: snapshotJob(schedule, settings, { auth: workloadAuth(region), role: SNAPSHOT_ROLE }, region) },
    );
    this.network(schedule);
    for (const rule of snapshotAlerts(schedule, this.stamp)) manifest(this, rule.kind, rule);
  }

  /** It calls names, Vault and the buckets; policies of the whole namespace do not select its pods (constructs/network). */
  private network({ buckets }: SnapshotSchedule): void {
    const name = `allow-${SNAPSHOTS}`;
    const ranges = [...new Set(buckets.flatMap((bucket) => bucket.ranges))].sort();
    manifest<NetworkPolicy>(this, 'NetworkPolicy', {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: this.stamp(name, PLATFORM_SERVICES.vault.namespace),
      spec: {
        podSelector: { matchLabels: SNAPSHOT_PODS },
        policyTypes: ['Egress'],
        egress: [
          { to: [KUBE_DNS], ports: DNS_PORTS },
          {
            to: [{ podSelector: { matchLabels: SERVER_PODS } }],
            ports: [{ protocol: 'TCP', port: PLATFORM_SERVICES.vault.port }],
          },
          { to: ranges.map((cidr) => ({ ipBlock: { cidr } })), ports: [{ protocol: 'TCP', port: 443 }] },
        ],
      },
    });
  }

  private named(): ManifestMetadata {
    return this.stamp(SNAPSHOTS, PLATFORM_SERVICES.vault.namespace);
  }

  private object(kind: string, apiVersion: string, metadata: ManifestMetadata, fields: JsonObject): void {
    manifest<Loose>(this, kind, { apiVersion, kind, metadata, ...fields });
  }
}
