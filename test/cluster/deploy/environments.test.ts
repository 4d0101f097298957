import { listObjects } from '../../../cluster/apply/live-cluster';
import type { StackOutcome } from '../../../cluster/apply/report';
import { assault } from '../../../cluster/attack/assault';
import { reportOf } from '../../../cluster/attack/report';
import { drift, hasDrifted } from '../../../cluster/drift/drift';
import { listAt, numberAt, stringAt } from '../../../constructs/core/json';
import { leavesOf, vaultObjectsOf } from '../../../constructs/core/leaves';
import { ENVIRONMENTS } from '../../../stacks/environments';
import { loadPlan, regionObjects } from '../../../stacks/load';
import { buildTree } from '../../../stacks/tree';
import { down, eventually, everything, type LiveRegion, settled, startRegion, up } from '../region';

jest.setTimeout(300_000);

const REGIONS = ENVIRONMENTS.flatMap((environment) =>
  environment.regions.map(({ name }) => [environment.name, name, environment] as const),
);

/** An attack needs two tenants, and takes a while: one region of the environment that people first meet, and one of the largest. */
const ATTACKED = ['dev eu-central-1', 'prod eu-central-1'];

describe.each(REGIONS)('%s in %s', (_, name, environment) => {
  let region: LiveRegion;
  let before: ReadonlyMap<string, string>;
  let first: readonly StackOutcome[];

  beforeAll(async () => {
    region = await startRegion(environment, name);
    // Kubernetes makes its own roles and flow schemas for a while after the start.
    before = await settled(region);
    first = await up(region);
  });
  afterAll(() => region?.stop());

  test('every object is accepted with strict validation', () => {
    const objects = regionObjects(buildTree(loadPlan(environment)), name).length;
    expect(first.flatMap(({ problems }) => problems)).toEqual([]);
    expect(first.map(({ outcome }) => outcome)).toEqual(first.map(() => 'deployed'));
    expect(sum(first, ({ counts }) => counts.created + counts.updated)).toBe(objects);
    console.info(`${environment.name} ${name}: ${objects} objects applied`);
  });

  test('charts and Vault objects are counted as left out, and nothing else is', () => {
    expect(first.flatMap(({ leftOut }) => leftOut.releases).length).toBeGreaterThan(0);
    // Nobody says here where the region's Vault is.
    const told = leavesOf(buildTree(loadPlan(environment)).node.findChild(name)).flatMap(vaultObjectsOf);
    expect(told.length).toBeGreaterThan(20);
    const leftOut = first.flatMap(({ leftOut: { vault } }) => vault);
    expect([...leftOut].sort()).toEqual(told.map(({ path }) => path).sort());
  });

  test('the server has no remark, and every admission policy passes its type check', async () => {
    expect(first.flatMap(({ warnings }) => warnings)).toEqual([]);
    const resource = await region.live.resourceOf({
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingAdmissionPolicy',
    });
    const policies = await listObjects(region.live.cluster, resource);
    expect(policies.length).toBeGreaterThan(40);
    const remarks = policies.flatMap((policy) => listAt(policy, 'status', 'typeChecking', 'expressionWarnings'));
    const unseen = policies.filter(
      (policy) => numberAt(policy, 'status', 'observedGeneration') !== numberAt(policy, 'metadata', 'generation'),
    );
    expect({ remarks, unseen: unseen.map((policy) => stringAt(policy, 'metadata', 'name')) }).toEqual({
      remarks: [],
      unseen: [],
    });
  });

  test('a second apply changes nothing: no version of any object in the cluster moves', async () => {
    const was = await settled(region);
    const second = await up(region);
    expect(sum(second, ({ counts }) => counts.unchanged)).toBe(sum(second, ({ objects }) => objects));
    expect(await everything(region)).toEqual(was);
  });

  test('nothing has drifted', async () => {
    const found = await drift([region.plan], { connect: region.connect });
    expect({ objects: found.changes.objects, notes: found.notes, drifted: hasDrifted(found) }).toEqual({
      objects: [],
      notes: [],
      drifted: false,
    });
  });

  if (ATTACKED.includes(`${environment.name} ${name}`)) {
    test('an attack as users start it has no finding', async () => {
      const { problems, attacks } = reportOf(await assault(region.live.cluster, { sweep: false }));
      expect(problems).toEqual([]);
      expect(attacks).toBeGreaterThan(600);
    });
  }

  test('removal leaves nothing behind', async () => {
    const removed = await down(region);
    expect(removed.flatMap(({ problems }) => problems)).toEqual([]);
    const names = [...before.keys()].sort();
    const left = await eventually(
      async () => [...(await everything(region)).keys()].sort(),
      (keys) => keys.join() === names.join(),
    );
    expect(left).toEqual(names);
  });
});

function sum(outcomes: readonly StackOutcome[], of: (outcome: StackOutcome) => number): number {
  return outcomes.reduce((all, outcome) => all + of(outcome), 0);
}
