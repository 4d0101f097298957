import { seconds } from '../core/duration';
import { PLATFORM_SERVICES } from '../core/platform-service';
import type { Alert, PrometheusRule } from '../core/prometheus-rule';
import type { Stamp } from '../core/stamp';
import type { SnapshotSchedule } from './snapshot-settings';
import { SNAPSHOTS } from './vault-names';

const { namespace } = PLATFORM_SERVICES.vault;

/**
 * When the last run that left a verified snapshot in both regions ended. Of kube-state-metrics
 * (https://github.com/kubernetes/kube-state-metrics/blob/main/docs/metrics/workload/cronjob-metrics.md).
 */
const LAST = `kube_cronjob_status_last_successful_time{namespace="${namespace}",cronjob="${SNAPSHOTS}"}`;

/** When more would be lost than was promised, and when nobody could tell. */
export function snapshotAlerts({ rpo, alerts }: SnapshotSchedule, stamp: Stamp): readonly PrometheusRule[] {
  if (alerts === 'none') return [];
  return [
    {
      apiVersion: 'monitoring.coreos.com/v1',
      kind: 'PrometheusRule',
      metadata: stamp(SNAPSHOTS, namespace),
      spec: { groups: [{ name: SNAPSHOTS, rules: [tooOld(seconds(rpo)), unseen(rpo)] }] },
    },
  ];
}

function tooOld(rpo: number): Alert {
  return {
    alert: 'VaultSnapshotTooOld',
    expr: `time() - max(${LAST}) > ${rpo}`,
    for: '1m',
    labels: { severity: 'critical' },
    annotations: {
      summary: 'the last snapshot that is whole in both regions is older than the recovery point that was promised',
      action: `read the log of the last Job of ${SNAPSHOTS} in ${namespace}: Vault, one of the buckets, or what was read back`,
    },
  };
}

function unseen(rpo: string): Alert {
  return {
    alert: 'VaultSnapshotsUnseen',
    expr: `absent(${LAST})`,
    for: rpo,
    labels: { severity: 'critical' },
    annotations: {
      summary: 'no snapshot of Vault has ever succeeded, or nobody reads the state of its CronJob',
      action: `look at the CronJob ${SNAPSHOTS} in ${namespace}, and for kube-state-metrics among the targets of Prometheus`,
    },
  };
}
