import type { RegionPlan } from '../../../cluster/apply/plan';
import type { ClusterRequest } from '../../../cluster/client/cluster';
import { objectPath } from '../../../cluster/client/resources';
import type { JsonObject } from '../../../constructs/core/json';
import { stringAt } from '../../../constructs/core/json';
import { LABEL } from '../../../constructs/core/labels';
import { type Manifest, objectLabel } from '../../../constructs/core/manifest';
import { formatProblem } from '../../../constructs/core/problem';
import { DEV, REGION, trialPlan } from '../faults/plans';
import { eventually, everything, type LiveRegion, objectsOf, startRegion, up } from '../region';

jest.setTimeout(300_000);

const PLAN = trialPlan('first');
let region: LiveRegion;
beforeAll(async () => {
  region = await startRegion(DEV, REGION);
});
afterAll(() => region?.stop());

async function run(plan: RegionPlan = PLAN, options: Parameters<typeof up>[2] = {}) {
  const reports = await up(region, plan, options);
  return { reports, problems: reports.flatMap(({ problems }) => problems).map(formatProblem) };
}

async function send(request: ClusterRequest, expected: readonly number[] = [200, 201, 202]): Promise<JsonObject> {
  const { status, body } = await region.live.cluster.request(request);
  expect({ path: request.path, body, fine: expected.includes(status) }).toMatchObject({
    path: request.path,
    fine: true,
  });
  return body;
}

async function pathOf({ apiVersion, kind, metadata }: Manifest): Promise<string> {
  return objectPath(await region.live.resourceOf({ apiVersion, kind }), metadata.name, metadata.namespace);
}

/** A tenant's namespace of the plan. */
function space(): Manifest {
  const found = objectsOf(PLAN).find(
    ({ kind, metadata }) => kind === 'Namespace' && metadata.labels?.[LABEL.tenant] !== undefined,
  );
  if (found === undefined) throw new Error('no namespace of a tenant');
  return found;
}

/** The plan with some of its objects in another form; undefined drops one. */
function revised(change: (object: Manifest) => Manifest | undefined): RegionPlan {
  return {
    ...PLAN,
    stacks: PLAN.stacks.map((stack) => ({
      ...stack,
      layers: stack.layers.map(({ path, objects }) => ({
        path,
        objects: objects.flatMap((one) => {
          const inputs = change(one.inputs);
          return inputs === undefined ? [] : [{ ...one, inputs }];
        }),
      })),
    })),
  };
}

test('[IAM-2] fails over a namespace of somebody else with a tenant’s name, and leaves it exactly as it is', async () => {
  const { name } = space().metadata;
  const foreign = { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels: { team: 'x' } } };
  const path = '/api/v1/namespaces';
  const was = await send({ method: 'POST', path, query: { fieldManager: 'helm' }, body: foreign });
  const { problems, reports } = await run();
  expect(problems).toEqual([
    expect.stringMatching(new RegExp(`^LIV010 Namespace ${name}: given an object made by helm`)),
  ]);
  expect(reports.at(-1)?.heldBack.length).toBeGreaterThan(10);
  const is = await send({ method: 'GET', path: `${path}/${name}` });
  expect(stringAt(is, 'metadata', 'uid')).toBe(stringAt(was, 'metadata', 'uid'));
  expect(is.metadata).toMatchObject({ labels: { team: 'x', 'kubernetes.io/metadata.name': name } });
  expect(Object.keys(Object(Object(is.metadata).labels))).toHaveLength(2);
  await send({ method: 'DELETE', path: `${path}/${name}` });
  // The namespace is on its way out when the deployment starts again: it waits, and makes its own.
  expect((await run()).problems).toEqual([]);
});

test('a dry run changes nothing, and says what it would', async () => {
  const was = await everything(region);
  const changed = trialPlan('changed');
  const { reports, problems } = await run(changed, { dryRun: true });
  expect(problems).toEqual([]);
  expect(reports.reduce((sum, { counts }) => sum + counts.updated + counts.removed, 0)).toBe(objectsOf(PLAN).length);
  expect(await everything(region)).toEqual(was);
});

test('what controllers make with copies of the labels is not pruned', async () => {
  const { name: namespace } = space().metadata;
  const labels = Object.fromEntries(
    Object.entries(space().metadata.labels ?? {}).filter(([key]) => key.startsWith('drun.io/')),
  );
  const spec = { ports: [{ port: 80 }], selector: { app: 'x' } };
  const service = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'copy', namespace, labels }, spec };
  const path = `/api/v1/namespaces/${namespace}/services`;
  await send({ method: 'POST', path, query: { fieldManager: 'somebody' }, body: service });
  const slices = async () =>
    [...(await everything(region)).keys()].filter((key) =>
      key.startsWith(`discovery.k8s.io/EndpointSlice/${namespace}/copy`),
    );
  const made = await eventually(slices, (found) => found.length > 0);
  expect(made).toHaveLength(1);
  const { problems, reports } = await run();
  expect({ problems, removed: reports.reduce((sum, { counts }) => sum + counts.removed, 0) }).toEqual({
    problems: [],
    removed: 0,
  });
  expect(await slices()).toEqual(made);
  await send({ method: 'DELETE', path: `${path}/copy` });
});

test('a field that cannot be changed is changed by a new object', async () => {
  const binding = objectsOf(PLAN).find(({ kind }) => kind === 'RoleBinding');
  if (binding === undefined) throw new Error('no role binding');
  const uid = async () => stringAt(await send({ method: 'GET', path: await pathOf(binding) }), 'metadata', 'uid');
  const was = await uid();
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' };
  const plan = revised((object) =>
    objectLabel(object) === objectLabel(binding) ? Object.assign({}, object, { roleRef }) : object,
  );
  const { problems, reports } = await run(plan);
  expect({ problems, replaced: reports.reduce((sum, { counts }) => sum + counts.replaced, 0) }).toEqual({
    problems: [],
    replaced: 1,
  });
  expect(await uid()).not.toBe(was);
  expect((await run()).problems).toEqual([]);
});

test('[BDR-2] fails to remove a tenant that nobody let go, before anything is written; then removes it with all that is in it', async () => {
  const tenant = space().metadata.labels?.[LABEL.tenant] ?? '';
  const without = revised((object) => (object.metadata.labels?.[LABEL.tenant] === tenant ? undefined : object));
  const was = await everything(region);
  expect((await run(without)).problems).toEqual([
    expect.stringMatching(new RegExp(`^LIV014 Namespace ${space().metadata.name}: given its removal`)),
  ]);
  expect(await everything(region)).toEqual(was);
  expect((await run(without, { unprotect: [tenant] })).problems).toEqual([]);
  const left = [...(await everything(region)).keys()].filter((key) => key.includes(`/${space().metadata.name}`));
  expect(left).toEqual([]);
});

test('fails where a kind is not served, before anything is written', async () => {
  const odd = { apiVersion: 'odd.example/v1', kind: 'Odd' };
  const plan = revised((object) =>
    object.kind === 'ServiceEntry' || object.kind === 'LimitRange' ? { ...object, ...odd } : object,
  );
  const was = await everything(region);
  expect((await run(plan)).problems).toEqual([
    expect.stringMatching(/^LIV011 eu-central-1: given odd.example\/v1 Odd/),
  ]);
  expect(await everything(region)).toEqual(was);
});

test('fails with what the server says where a field is unknown', async () => {
  const plan = revised((object) =>
    object.kind === 'PriorityClass' ? Object.assign({}, object, { colour: 'red' }) : object,
  );
  const { problems } = await run(plan);
  expect(problems.length).toBeGreaterThan(0);
  for (const problem of problems) expect(problem).toMatch(/^LIV012 PriorityClass .*colour/);
});
