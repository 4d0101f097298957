import { stampFor } from '../../constructs/core/stamp';
import { snapshotAlerts } from '../../constructs/vault/snapshot-alerts';
import { SNAPSHOTS } from '../../constructs/vault/vault-names';
import { alertGroups, checkAlerts, firesOtherwise, type Readings } from '../support/alerts';

const bucket = (region: string) => ({ region, bucket: 'b', key: 'k', role: 'r', ranges: ['192.0.2.0/28'] });
const groups = alertGroups(
  snapshotAlerts(
    {
      mode: 'scheduled',
      every: '1h',
      rpo: '2h',
      keep: '30d',
      buckets: [bucket('eu-west-1'), bucket('eu-central-1')],
      images: { vault: 'v', rclone: 'r' },
      alerts: 'prometheus-operator',
    },
    stampFor({ component: 'vault' }, {}),
  ),
);

const NOW = Math.floor(Date.now() / 1000);
const CRONJOB = { cronjob: SNAPSHOTS, namespace: 'vault' };
/** What kube-state-metrics says of a CronJob: written by hand, because no kubelet and no controller of jobs run here. */
const succeeded = (namespace: string, from: number, to: number): Readings => {
  const series = `kube_cronjob_status_last_successful_time{cronjob="${SNAPSHOTS}",namespace="${namespace}"}`;
  return { before: `${series} ${from}`, after: `${series} ${to}` };
};

describe('[BDR-3] alerts about snapshots of Vault, in Prometheus', () => {
  test.each([
    ['of a minute ago, always', [succeeded('vault', NOW - 60, NOW - 45)], []],
    ['and none since', [succeeded('vault', NOW, NOW)], ['VaultSnapshotTooOld']],
    [
      'in a namespace of somebody else',
      [succeeded('acme', NOW, NOW + 15)],
      [{ alert: 'VaultSnapshotsUnseen', labels: CRONJOB }],
    ],
    ['nowhere', [], [{ alert: 'VaultSnapshotsUnseen', labels: CRONJOB }]],
  ] as const)('the last success %s', async (_when, readings, alerts) => {
    expect(await firesOtherwise(groups, readings, alerts)).toBe('');
  });

  test('are what Prometheus takes, without a remark', async () => {
    expect(groups).toHaveLength(1);
    expect(await checkAlerts(groups)).toMatchObject({ code: 0, stderr: '' });
  });
});
