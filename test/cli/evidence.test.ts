import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkObjects } from '../../analysis/rules';
import { CONTROLS } from '../../constructs/core/control';
import type { Manifest } from '../../constructs/core/manifest';
import { proveCluster } from '../../stacks/examine';
import { type ControlEvidence, type EvidenceInput, evidenceOf } from '../../stacks/sinks/evidence';
import { drun, TODAY } from '../support/drun';

const FACTS = {
  podCidrs: ['10.0.0.0/16'],
  serviceCidrs: ['10.1.0.0/16'],
  nodeCidrs: ['10.2.0.0/16'],
  apiServerCidrs: ['10.2.0.10/32'],
  apiServerPorts: [6443],
  metadataCidrs: ['169.254.169.254/32'],
  trustDomain: 'cluster.local',
};
const labels = { 'app.kubernetes.io/managed-by': 'drun-platform', 'drun.io/component': 'test' };
const account: Manifest = {
  apiVersion: 'v1',
  kind: 'ServiceAccount',
  metadata: { name: 'a', namespace: 'b', labels, annotations: { 'drun.io/controls': 'IAM-2 ENC-2' } },
};
const stranger: Manifest = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c' } };

function statusOf(
  control: string,
  objects: readonly Manifest[],
  constructs: EvidenceInput['constructs'],
): ControlEvidence | undefined {
  const { network, rbac } = proveCluster(objects, FACTS, []);
  const check = checkObjects(objects, { today: TODAY });
  const all = evidenceOf({ constructs, regions: [{ region: 'r', objects, check, network, rbac }], fingerprint: 'f' });
  expect(all.map((one) => one.control)).toEqual(Object.keys(CONTROLS));
  return all.find((one) => one.control === control);
}

describe('[CMP-1] the evidence of a promise', () => {
  const claims = [
    {
      construct: 'r/net',
      claims: [
        { control: 'IAM-2' as const, how: 'roles' },
        { control: 'MDL-1' as const, how: 'signatures' },
      ],
    },
  ];

  test('is proved where constructs claim it and every rule and proof of it passed', () => {
    expect(statusOf('IAM-2', [account], claims)).toMatchObject({
      status: 'proved',
      claims: [{ construct: 'r/net', how: 'roles' }],
      objects: { count: { r: 1 }, list: ['r: ServiceAccount b/a'] },
      generatedFrom: 'f',
    });
  });

  test('is only claimed where nothing checks what constructs claim', () => {
    expect(statusOf('MDL-1', [account], claims)).toMatchObject({ status: 'claimed', rules: [], proofs: [] });
  });

  test('is open where no construct claims it, whatever passes', () => {
    expect(statusOf('IAM-2', [account], [])).toMatchObject({ status: 'open', claims: [] });
    expect(statusOf('MDL-4', [account], claims)).toMatchObject({ status: 'open', objects: { count: {}, list: [] } });
  });

  test('fails where a rule of it fails, and where a proof of it does', () => {
    const binding = {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: { name: 'x', labels },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
      subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: 'system:authenticated' }],
    };
    const found = statusOf('IAM-2', [account, binding], claims);
    expect(found?.status).toBe('failed');
    expect(found?.proofs.filter(({ outcome }) => outcome === 'fails').map(({ code }) => code)).toContain('PRV150');
    const orphaned = statusOf('NET-4', [stranger], [{ construct: 'x', claims: [{ control: 'NET-4', how: 'walls' }] }]);
    expect(orphaned?.rules.some(({ failed }) => failed > 0)).toBe(true);
    expect(orphaned?.status).toBe('failed');
  });
});

describe('evidence', () => {
  test('[CMP-1] joins every promise of an environment and says plainly which are open', async () => {
    const { code, out, err } = await drun(['evidence', 'dev']);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    for (const control of Object.keys(CONTROLS))
      expect(out).toMatch(new RegExp(`^${control}  (proved|checked|claimed|open) +`, 'm'));
    expect(out).toMatch(/^NET-4 {2}proved {3}/m);
    expect(out).toMatch(/^MDL-4 {2}open .*\n +no construct claims it yet$/m);
    expect(out).toMatch(/^dev: 35 promises: \d+ proved, \d+ checked, \d+ claimed, 0 failed, \d+ open$/m);
  });

  test('writes the JSON document to a file, the same at every run', async () => {
    const work = mkdtempSync(join(tmpdir(), 'drun-evidence-'));
    const files = await Promise.all(
      ['a.json', 'deep/b.json'].map((file) => drun(['evidence', 'dev', '-o', file], { cwd: work })),
    );
    expect(files.map(({ code }) => code)).toEqual([0, 0]);
    expect(readFileSync(join(work, 'a.json'), 'utf8')).toBe(readFileSync(join(work, 'deep/b.json'), 'utf8'));
    const { controls } = JSON.parse(readFileSync(join(work, 'a.json'), 'utf8'));
    const net4 = controls.find((one: ControlEvidence) => one.control === 'NET-4');
    expect(net4.objects.list).toContain('eu-central-1: NetworkPolicy team-alpha-main/default-deny');
    expect(net4.proofs.map(({ code }: { code: string }) => code)).toContain('PRV001');
    rmSync(work, { recursive: true });
  });
});
