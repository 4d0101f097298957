import { assault } from '../../cluster/attack/assault';
import { isHarmless, readOnly } from '../../cluster/attack/guard';
import { assaultPage } from '../../cluster/attack/html';
import { whenParametersAreKnown } from '../../cluster/attack/parameters';
import { reportOf } from '../../cluster/attack/report';
import type { Cluster, ClusterAnswer, ClusterRequest } from '../../cluster/client/cluster';
import type { JsonObject } from '../../constructs/core/json';
import { regionObjects } from '../../stacks/load';
import { buildTree } from '../../stacks/tree';
import { hostilePlan } from '../support/attacks/environment';
import { jsonOf } from '../support/attacks/json';

const objects = regionObjects(buildTree(hostilePlan()), 'eu-central-1').map(jsonOf);

/** A cluster that shows the platform's objects and answers everything else as it is told; it remembers what it was asked. */
function standIn(answer: (request: ClusterRequest) => ClusterAnswer): Cluster & { readonly asked: ClusterRequest[] } {
  const asked: ClusterRequest[] = [];
  const kinds: Readonly<Record<string, string>> = {
    '/api/v1/namespaces': 'Namespace',
    '/api/v1/resourcequotas': 'ResourceQuota',
    '/apis/policy.drun.io/v1/tenantpolicies': 'TenantPolicy',
    '/apis/rbac.authorization.k8s.io/v1/rolebindings': 'RoleBinding',
  };
  return {
    name: 'stand-in',
    asked,
    close: () => undefined,
    request: async (request) => {
      asked.push(request);
      const kind = kinds[request.path];
      if (request.as !== undefined || kind === undefined) return answer(request);
      return said(200, { items: objects.filter((one) => one.kind === kind) });
    },
  };
}

const said = (status: number, body: JsonObject): ClusterAnswer => ({ status, body, warnings: [] });
const refusal = (request: ClusterRequest) =>
  said(403, { message: `<img src=x> is forbidden: User "u" cannot create resource "${request.path}"` });

describe('an assault', () => {
  test('writes nothing: each request is a reading, a dry run or a question', async () => {
    const cluster = standIn(refusal);
    await assault(cluster, { sweep: false });
    expect(cluster.asked.length).toBeGreaterThan(2_000);
    expect(cluster.asked.filter((request) => !isHarmless(request))).toEqual([]);
  });

  test('fails on a cluster that refuses everything: the twins are not accepted, and policies are missed', async () => {
    const { problems, rows } = reportOf(await assault(standIn(refusal), { sweep: false }));
    const codes = new Set(problems.map(({ code }) => code));
    expect([...codes].sort()).toEqual(['AT001', 'AT002']);
    expect(rows.find(({ row }) => row === 'R01')?.stopped).toBeGreaterThan(0);
    expect(rows.find(({ row }) => row === 'R01')?.twinsAccepted).toBe(0);
  });

  test('fails on a cluster that admits everything: no attack is stopped', async () => {
    const report = reportOf(
      await assault(
        standIn(() => said(201, {})),
        { sweep: false },
      ),
    );
    // What the server leaves out of the object counts as stopped; this one leaves out all.
    expect(report.rows.filter(({ row, stopped }) => stopped > 0 && row !== 'D03')).toEqual([]);
    expect(report.twinsAccepted).toBe(report.twins);
  });

  test('says who there is to attack where the tenant is not known', async () => {
    await expect(assault(standIn(refusal), { tenant: 'nobody' })).rejects.toThrow(/AT004.*acme, beta, cedar/);
  });
});

describe('policies whose parameters the API server does not know yet', () => {
  const unknown = 'failed to configure policy: failed to find resource referenced by paramKind';
  const asked = async (answers: readonly ClusterAnswer[]): Promise<readonly ClusterRequest[]> => {
    const left = [...answers];
    const cluster = standIn(() => left.shift() ?? said(201, {}));
    await whenParametersAreKnown(cluster, { ns: 'acme-main', 'owner-group': 'oidc:acme' });
    return cluster.asked;
  };

  test('are waited for, with a dry run of a pod', async () => {
    const questions = await asked([said(403, { message: unknown }), said(403, { message: unknown })]);
    expect(questions).toHaveLength(3);
    expect(questions.filter((one) => !isHarmless(one))).toEqual([]);
    expect(questions[2]).toMatchObject({
      path: '/api/v1/namespaces/acme-main/pods',
      as: { groups: ['oidc:acme', 'system:authenticated'] },
    });
  });

  test('fails to wait for anything else: one question is enough for a refusal of another kind', async () => {
    expect(await asked([said(403, { message: 'pods is forbidden' }), said(403, { message: unknown })])).toHaveLength(1);
  });
});

test('[IAM-2] nothing but a reading, a dry run or a question is sent', async () => {
  const cluster = standIn(() => said(200, {}));
  const guarded = readOnly(cluster);
  await expect(guarded.request({ method: 'DELETE', path: '/api/v1/namespaces/a' })).rejects.toThrow(/AT005/);
  await expect(guarded.request({ method: 'POST', path: '/api/v1/pods', query: { dryRun: 'None' } })).rejects.toThrow(
    /AT005/,
  );
  expect(cluster.asked).toEqual([]);
  await guarded.request({ method: 'DELETE', path: '/api/v1/namespaces/a', query: { dryRun: 'All' } });
  await guarded.request({ method: 'GET', path: '/api' });
  expect(cluster.asked.length).toBe(2);
});

test('a report is one page that loads nothing, and what a server said stays text', async () => {
  const page = assaultPage([reportOf(await assault(standIn(refusal), { sweep: false }))]);
  expect(page).not.toMatch(/<script|<img|<link|src=[^x]|url\(|https?:\/\//);
  expect(page).toContain('&#60;img src=x&#62;');
  expect(page).toContain('R01');
});
