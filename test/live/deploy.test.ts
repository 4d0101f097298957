import { type DeployOptions, deploy } from '../../cluster/apply/deploy';
import { destroy } from '../../cluster/apply/destroy';
import type { RegionPlan } from '../../cluster/apply/plan';
import { formatProblem } from '../../constructs/core/problem';
import { FakeCluster } from '../support/live/fake-cluster';
import { config, namespace, planWith } from './plan';

const SPACE = '/api/v1/namespaces/a';
const MAP = `${SPACE}/configmaps/m`;
const PLAN = planWith({ dev: [[namespace('a'), config('m', 'a', { k: '1' })], [config('late', 'a')]] });

let cluster: FakeCluster;
beforeEach(() => {
  cluster = new FakeCluster();
});

async function up(plan: RegionPlan = PLAN, options: Partial<DeployOptions> = {}) {
  cluster.requests.length = 0;
  const reports = await deploy([plan], { now: () => 0, connect: async () => cluster, ...options });
  return { reports, writes: cluster.writes, problems: reports.flatMap(({ problems }) => problems).map(formatProblem) };
}

describe('deploying', () => {
  test('creates layer after layer, a namespace before what is in it', async () => {
    const { reports, writes } = await up();
    expect(writes).toEqual([`PATCH ${SPACE}`, `PATCH ${MAP}`, `PATCH ${SPACE}/configmaps/late`]);
    expect(reports).toMatchObject([{ outcome: 'deployed', counts: { created: 3 } }]);
  });

  test('asks for strict validation under one field manager, and takes over nothing that is new', async () => {
    await up();
    const patches = cluster.requests.filter(({ method }) => method === 'PATCH');
    for (const { query, contentType } of patches) {
      expect(contentType).toBe('application/apply-patch+yaml');
      expect(query).toEqual({ fieldManager: 'drun', fieldValidation: 'Strict', force: 'false' });
    }
  });

  test('a second time writes nothing', async () => {
    await up();
    const { reports, writes } = await up();
    expect(writes).toEqual([]);
    expect(reports).toMatchObject([{ counts: { unchanged: 3, created: 0, updated: 0 } }]);
  });

  test('writes the one object that changed', async () => {
    await up();
    const { writes, reports } = await up(
      planWith({ dev: [[namespace('a'), config('m', 'a', { k: '2' })], [config('late', 'a')]] }),
    );
    expect(writes).toEqual([`PATCH ${MAP}`]);
    expect(reports).toMatchObject([{ counts: { updated: 1, unchanged: 2 } }]);
  });

  test('with a dry run writes nothing, and says what it would', async () => {
    const { writes, reports } = await up(PLAN, { dryRun: true });
    expect(writes).toEqual([]);
    expect(reports).toMatchObject([{ counts: { created: 3 } }]);
  });

  test('fails over an object of somebody else, leaves it as it is, and holds back the next layer', async () => {
    cluster.put(SPACE, {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: 'a', managedFields: [{ manager: 'helm' }] },
    });
    const { writes, problems, reports } = await up();
    expect(writes).toEqual([]);
    expect(problems).toEqual([expect.stringMatching(/^LIV010 Namespace a: given an object made by helm/)]);
    expect(reports).toMatchObject([{ outcome: 'failed', heldBack: ['ConfigMap a/m', 'ConfigMap a/late'] }]);
  });

  test('takes over the account that Kubernetes makes in every namespace', async () => {
    await up();
    const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace: 'a' } };
    cluster.put(`${SPACE}/serviceaccounts/default`, account);
    const { problems } = await up(
      planWith({ dev: [[namespace('a'), { ...account, metadata: { ...account.metadata } }]] }),
    );
    expect(problems).toEqual([]);
  });

  test('fails before anything is written where a kind is not served', async () => {
    const odd = { apiVersion: 'odd.example/v1', kind: 'Odd', metadata: { name: 'x', namespace: 'a' } };
    const { writes, problems, reports } = await up(
      planWith({ dev: [[namespace('a'), odd]], 'dev-tenants-00': [[config('t', 'a')]] }),
    );
    expect(writes).toEqual([]);
    expect(problems).toEqual([expect.stringMatching(/^LIV011 eu: given odd.example\/v1 Odd, of which 1 are planned/)]);
    expect(reports.map(({ outcome }) => outcome)).toEqual(['failed', 'not-run']);
  });

  test('fails over what the server refuses, and says what it said', async () => {
    cluster.intercept = ({ method, path }) =>
      method === 'PATCH' && path === MAP
        ? { status: 422, body: { message: 'data: Invalid value' }, warnings: [] }
        : undefined;
    const { problems } = await up();
    expect(problems).toEqual([expect.stringMatching(/^LIV012 ConfigMap a\/m: given 422 data: Invalid value/)]);
  });

  test('does not touch tenants while the platform is not there', async () => {
    cluster.intercept = ({ method }) => (method === 'PATCH' ? { status: 403, body: {}, warnings: [] } : undefined);
    const { reports } = await up(planWith({ dev: [[namespace('a')]], 'dev-tenants-00': [[namespace('t')]] }));
    expect(reports.map(({ outcome }) => outcome)).toEqual(['failed', 'not-run']);
  });
});

describe('what nobody wants any more', () => {
  test('is removed, and nothing else', async () => {
    await up();
    cluster.put(`${SPACE}/configmaps/other`, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'other', namespace: 'a' },
    });
    const { writes, reports } = await up(planWith({ dev: [[namespace('a')], [config('late', 'a')]] }));
    expect(writes).toEqual([`DELETE ${MAP}`]);
    expect(reports).toMatchObject([{ counts: { removed: 1, unchanged: 2 } }]);
  });

  test('stays where it is a controller’s copy of the labels', async () => {
    await up();
    const metadata = {
      name: 'copy',
      namespace: 'a',
      labels: { 'drun.io/stack': 'dev', 'drun.io/urn': 'f'.repeat(40) },
    };
    cluster.put(`${SPACE}/configmaps/copy`, { apiVersion: 'v1', kind: 'ConfigMap', metadata });
    expect((await up()).writes).toEqual([]);
  });

  test('[BDR-2] fails to be removed where it holds data, before anything is written', async () => {
    await up(planWith({ dev: [[namespace('a', { 'drun.io/tenant': 'acme' }), namespace('b')]] }));
    const smaller = planWith({ dev: [[namespace('b', { x: 'y' })]] });
    const refused = await up(smaller);
    expect(refused.writes).toEqual([]);
    expect(refused.problems).toEqual([
      expect.stringMatching(/^LIV014 Namespace a: given its removal: everything in it/),
    ]);
    expect((await up(smaller, { unprotect: ['beta'] })).writes).toEqual([]);
  });

  test('[BDR-2] is removed where its tenant was let go', async () => {
    await up(planWith({ dev: [[namespace('a', { 'drun.io/tenant': 'acme' }), namespace('b')]] }));
    const { writes } = await up(planWith({ dev: [[namespace('b')]] }), { unprotect: ['acme'] });
    expect(writes).toEqual([`DELETE ${SPACE}`]);
  });

  test('[BDR-2] keeps a volume claim, and the namespace that it is in', async () => {
    const claim = { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name: 'data', namespace: 'a' } };
    await up(planWith({ dev: [[namespace('a', { 'drun.io/tenant': 'acme' }), claim, namespace('b')]] }));
    const { writes, reports } = await up(planWith({ dev: [[namespace('b')]] }), { unprotect: ['acme'] });
    expect(writes).toEqual([]);
    expect(reports).toMatchObject([{ retained: ['PersistentVolumeClaim a/data', 'Namespace a'] }]);
  });

  test('fails where a tenant would move from one stack to another', async () => {
    await up(planWith({ dev: [[]], 'dev-tenants-00': [[namespace('a')]], 'dev-tenants-01': [[]] }));
    const { writes, problems } = await up(
      planWith({ dev: [[]], 'dev-tenants-00': [[]], 'dev-tenants-01': [[namespace('a')]] }),
    );
    expect(writes).toEqual([]);
    expect(problems).toEqual([expect.stringMatching(/^PL124 Namespace a: given a namespace of dev-tenants-00/)]);
  });

  test('fails where a stack is there that the plan has no more', async () => {
    await up(planWith({ dev: [[]], 'dev-tenants-07': [[namespace('a')]] }));
    const { writes, problems } = await up(planWith({ dev: [[namespace('b')]] }));
    expect(writes).toEqual([]);
    expect(problems).toEqual([
      expect.stringMatching(/^PL123 dev-tenants-07: given a stack of which 1 objects are there/),
    ]);
  });
});

describe('removing an environment', () => {
  const down = async (plan: RegionPlan) => {
    cluster.requests.length = 0;
    return destroy('dev', [plan], { now: () => 0, connect: async () => cluster });
  };

  test('takes tenants before the platform, and the last layer first', async () => {
    const plan = planWith({
      dev: [[namespace('p')], [config('late', 'q')]],
      'dev-tenants-00': [[namespace('t'), config('in', 't')]],
    });
    cluster.put('/api/v1/namespaces/q', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'q' } });
    await up(plan);
    const reports = await down(plan);
    expect(cluster.writes).toEqual([
      'DELETE /api/v1/namespaces/t',
      'DELETE /api/v1/namespaces/q/configmaps/late',
      'DELETE /api/v1/namespaces/p',
    ]);
    expect(reports.map(({ stack, outcome, counts }) => [stack, outcome, counts.removed])).toEqual([
      ['dev-tenants-00', 'removed', 2],
      ['dev', 'removed', 2],
    ]);
    expect([...cluster.objects.keys()]).toEqual(['/api/v1/namespaces/q']);
  });

  test('takes also what the plan has forgotten, and leaves another environment alone', async () => {
    const other = planWith({ devel: [[namespace('other')]] });
    await up(planWith({ dev: [[namespace('a')]], 'dev-tenants-03': [[namespace('t')]] }));
    await up(other);
    await down(planWith({ dev: [[]] }));
    expect([...cluster.objects.keys()]).toEqual(['/api/v1/namespaces/other']);
  });

  test('deletes exactly the object that it saw', async () => {
    await up();
    await down(PLAN);
    for (const { body } of cluster.requests.filter(({ method }) => method === 'DELETE'))
      expect(body).toMatchObject({ preconditions: { uid: expect.stringMatching(/^uid-/) } });
  });
});
