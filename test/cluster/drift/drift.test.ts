import type { ClusterRequest } from '../../../cluster/client/cluster';
import { collectionPath, objectPath } from '../../../cluster/client/resources';
import { type Drift, drift, hasDrifted } from '../../../cluster/drift/drift';
import type { Json } from '../../../constructs/core/json';
import { LABEL } from '../../../constructs/core/labels';
import type { Manifest } from '../../../constructs/core/manifest';
import { fieldText } from '../../../stacks/preview/changes';
import { DEV, REGION } from '../faults/plans';
import { type LiveRegion, objectsOf, startRegion, up } from '../region';

jest.setTimeout(300_000);

let region: LiveRegion;
beforeAll(async () => {
  region = await startRegion(DEV, REGION);
  expect((await up(region)).flatMap(({ problems }) => problems)).toEqual([]);
});
afterAll(() => region?.stop());

/** What was found, in the words that people read. */
async function found(): Promise<{
  objects: readonly string[];
  posture: readonly string[];
  notes: readonly string[];
  drift: Drift;
}> {
  const all = await drift([region.plan], { connect: region.connect });
  const { objects, posture } = all.changes;
  return {
    objects: objects.map(({ change, label, fields }) => [change, label, ...fields.map(fieldText)].join(' | ')),
    posture: posture.map(({ direction, tenant, sentence }) => `${direction} ${tenant ?? 'platform'}: ${sentence}`),
    notes: all.notes.map(({ label, note }) => `${label}: ${note}`),
    drift: all,
  };
}

/** Applies the plan again, and asks for no difference. */
async function restored(): Promise<void> {
  expect((await up(region)).flatMap(({ problems }) => problems)).toEqual([]);
  const { objects, notes } = await found();
  expect({ objects, notes }).toEqual({ objects: [], notes: [] });
}

async function send(request: ClusterRequest): Promise<void> {
  const answer = await region.live.cluster.request(request);
  expect({ path: request.path, status: answer.status < 300, body: answer.status < 300 ? {} : answer.body }).toEqual({
    path: request.path,
    status: true,
    body: {},
  });
}

async function pathOf({ apiVersion, kind, metadata }: Manifest): Promise<string> {
  return objectPath(await region.live.resourceOf({ apiVersion, kind }), metadata.name, metadata.namespace);
}

async function patch(object: Manifest, body: Json, manager = 'somebody'): Promise<void> {
  const contentType = 'application/merge-patch+json';
  await send({ method: 'PATCH', path: await pathOf(object), contentType, query: { fieldManager: manager }, body });
}

async function create(object: Manifest & Record<string, Json | object>): Promise<() => Promise<void>> {
  const resource = await region.live.resourceOf(object);
  const body: Json = JSON.parse(JSON.stringify(object));
  const query = { fieldManager: 'somebody' };
  await send({ method: 'POST', path: collectionPath(resource, object.metadata.namespace), query, body });
  return async () => send({ method: 'DELETE', path: await pathOf(object) });
}

function one(kind: string, isWanted: (object: Manifest) => boolean = () => true): Manifest {
  const object = objectsOf(region.plan).find((candidate) => candidate.kind === kind && isWanted(candidate));
  if (object === undefined) throw new Error(`no ${kind}`);
  return object;
}

/** A namespace of a tenant. */
function tenantSpace(): Manifest {
  return one('Namespace', ({ metadata }) => metadata.labels?.[LABEL.tenant] !== undefined);
}

test('[MON-5] as deployed nothing has drifted: what the server fills in and what controllers report is no difference', async () => {
  const { objects, posture, notes, drift: all } = await found();
  expect({ objects, posture, notes }).toEqual({ objects: [], posture: [], notes: [] });
  expect(all.objects).toBe(objectsOf(region.plan).length);
  expect(hasDrifted(all)).toBe(false);
});

describe('missing', () => {
  test('[IAM-2] W05 fails to overlook a policy that a cluster admin deleted, says what it opens, and a deployment brings it back', async () => {
    await send({
      method: 'DELETE',
      path: await pathOf(one('ValidatingAdmissionPolicy', ({ metadata }) => metadata.name === 'drun-metadata')),
    });
    const { objects, posture } = await found();
    expect(objects).toEqual(['removed | ValidatingAdmissionPolicy drun-metadata']);
    expect(posture).toContainEqual(
      expect.stringMatching(/^widens platform: (removes|drops|disables) .*admission policy drun-metadata/),
    );
    await restored();
  });

  test('[NET-4] fails to overlook a network policy that is gone', async () => {
    const policy = one('NetworkPolicy', ({ metadata }) => metadata.namespace === tenantSpace().metadata.name);
    await send({ method: 'DELETE', path: await pathOf(policy) });
    expect((await found()).objects).toEqual([
      `removed | NetworkPolicy ${policy.metadata.namespace}/${policy.metadata.name}`,
    ]);
    await restored();
  });
});

describe('changed', () => {
  test('[CTR-3] fails to overlook weaker Pod Security, and names who wrote it', async () => {
    await patch(
      tenantSpace(),
      { metadata: { labels: { 'pod-security.kubernetes.io/enforce': 'privileged' } } },
      'mallory',
    );
    const { objects, posture, notes } = await found();
    expect(objects).toEqual([expect.stringMatching(/^changed \| Namespace .*enforce"\]: restricted -> privileged$/)]);
    expect(posture).toEqual([expect.stringMatching(/^widens .*weakens Pod Security/)]);
    expect(notes).toEqual([expect.stringMatching(/^Namespace .*: fields written by mallory$/)]);
    await restored();
  });

  test('[NET-4] fails to overlook a network policy that was opened', async () => {
    const policy = one('NetworkPolicy', ({ metadata }) => metadata.namespace === tenantSpace().metadata.name);
    await patch(policy, { spec: { egress: [{}], policyTypes: ['Ingress', 'Egress'] } });
    expect((await found()).posture).toContainEqual(expect.stringMatching(/^widens .* -> anywhere on every port$/));
    await restored();
  });

  test('fails to overlook a field that was added beside those of the platform', async () => {
    await patch(tenantSpace(), { metadata: { labels: { 'istio-injection': 'disabled' } } });
    expect((await found()).objects).toEqual([expect.stringMatching(/labels.istio-injection: added disabled$/)]);
    await patch(tenantSpace(), { metadata: { labels: { 'istio-injection': null } } });
    await restored();
  });

  test('fails to be fooled by the name of the platform’s own manager', async () => {
    await patch(tenantSpace(), { metadata: { labels: { forged: 'yes' } } }, 'drun');
    expect((await found()).objects).toEqual([expect.stringMatching(/labels.forged: added yes$/)]);
    await patch(tenantSpace(), { metadata: { labels: { forged: null } } });
    await restored();
  });

  test('fails to overlook a finalizer that would wedge the removal', async () => {
    const quota = one('ResourceQuota');
    await patch(quota, { metadata: { finalizers: ['evil.example/wedge'] } });
    expect((await found()).objects).toEqual([
      expect.stringMatching(/^changed \| ResourceQuota .*metadata.finalizers.*evil.example\/wedge/),
    ]);
    await patch(quota, { metadata: { finalizers: null } });
    await restored();
  });

  test('fails to be silenced by wiping the record of who wrote what', async () => {
    const quota = one('ResourceQuota');
    await patch(quota, { metadata: { managedFields: [{}] } });
    expect((await found()).notes).toEqual([expect.stringMatching(/the record of who wrote its fields was wiped/)]);
    await up(region);
  });
});

describe('added', () => {
  test('[IAM-2] fails to overlook a role binding in a tenant’s namespace, and says what it grants', async () => {
    const namespace = tenantSpace().metadata.name;
    const undo = await create({
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'RoleBinding',
      metadata: { name: 'evil', namespace },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
      subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'mallory' }],
    });
    const { objects, posture, notes } = await found();
    expect(objects).toEqual([`added | RoleBinding ${namespace}/evil`]);
    expect(posture).toEqual([expect.stringMatching(/^widens .*: grants role cluster-admin in .* to mallory$/)]);
    expect(notes).toEqual([`RoleBinding ${namespace}/evil: made by somebody`]);
    await undo();
  });

  test('[NET-5] fails to overlook a policy of the admin tier that the platform did not make', async () => {
    const undo = await create({
      apiVersion: 'policy.networking.k8s.io/v1alpha2',
      kind: 'ClusterNetworkPolicy',
      metadata: { name: 'evil' },
      spec: {
        tier: 'Admin',
        priority: 1,
        subject: { namespaces: {} },
        egress: [{ action: 'Accept', to: [{ networks: ['0.0.0.0/0'] }] }],
      },
    });
    expect((await found()).objects).toEqual(['added | ClusterNetworkPolicy evil']);
    await undo();
  });

  test('fails to overlook an object under the platform’s labels', async () => {
    const metadata = { name: 'fake', namespace: 'default', labels: { [LABEL.managedBy]: 'drun-platform' } };
    const undo = await create({ apiVersion: 'v1', kind: 'ConfigMap', metadata });
    expect((await found()).objects).toEqual(['added | ConfigMap default/fake']);
    await undo();
  });

  test('fails to be fooled by an owner: what grants something is nobody’s by-product', async () => {
    const namespace = tenantSpace().metadata.name;
    const quota = await region.live.get(one('ResourceQuota', ({ metadata }) => metadata.namespace === namespace));
    const owner = { apiVersion: 'v1', kind: 'ResourceQuota', name: 'compute', uid: quota?.uid ?? '' };
    const undo = await create({
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: 'owned', namespace, ...{ ownerReferences: [owner] } },
      spec: { podSelector: {}, ingress: [{}], policyTypes: ['Ingress'] },
    });
    expect((await found()).objects).toEqual([`added | NetworkPolicy ${namespace}/owned`]);
    await undo();
  });

  test('what tenants may make in their namespaces is theirs, and so is anything elsewhere', async () => {
    const namespace = tenantSpace().metadata.name;
    const undo = [
      await create({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'app', namespace } }),
      await create({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'app', namespace: 'default' } }),
      await create({
        apiVersion: 'networking.k8s.io/v1',
        kind: 'NetworkPolicy',
        metadata: { name: 'app', namespace: 'default' },
        spec: { podSelector: {} },
      }),
    ];
    expect((await found()).objects).toEqual([]);
    for (const one of undo) await one();
  });
});

test('at the end nothing has drifted', restored);
