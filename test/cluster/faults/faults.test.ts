import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { ownedObjects } from '../../../cluster/apply/inventory';
import { LiveCluster } from '../../../cluster/apply/live-cluster';
import type { RegionPlan } from '../../../cluster/apply/plan';
import type { StackOutcome } from '../../../cluster/apply/report';
import { objectLabel } from '../../../constructs/core/manifest';
import { connectTo, down, eventually, everything, type LiveRegion, objectsOf, startRegion, up } from '../region';
import { FaultyCluster } from './faulty-cluster';
import { DEV, REGION, trialPlan } from './plans';

jest.setTimeout(300_000);

const STEPS = ['create', 'update', 'destroy'] as const;
const VICTIMS = ['deployer', 'kube-apiserver', 'etcd'] as const;
const WHENS = ['before', 'during', 'after'] as const;

/** Rounds of create, update and destroy, each interrupted once: 42 trials. */
const ROUNDS = Number(process.env.DRUN_FAULT_ROUNDS ?? 14);

type StepName = (typeof STEPS)[number];
type Victim = (typeof VICTIMS)[number];
type When = (typeof WHENS)[number];

let region: LiveRegion;
let empty: readonly string[];
/** Writes of each step where nothing happens: the points are spread over them. */
const writes: Record<StepName, number> = { create: 0, update: 0, destroy: 0 };
const struck: string[] = [];

beforeAll(async () => {
  region = await startRegion(DEV, REGION);
  empty = await names();
  for (const step of STEPS) writes[step] = await countWrites(step);
});
afterAll(async () => {
  await region?.stop();
  console.info(
    `${struck.length} interruptions: ${VICTIMS.map((one) => `${struck.filter((line) => line.startsWith(one)).length} ${one}`).join(', ')}`,
  );
});

describe.each(Array.from({ length: ROUNDS }, (_, round) => round))('round %i', (round) => {
  test.each(
    STEPS.map(
      (step, at) =>
        [step, VICTIMS[(round + at) % 3] ?? 'deployer', WHENS[(Math.floor(round / 3) + at) % 3] ?? 'after'] as const,
    ),
  )(
    '[BDR-2] %s interrupted by the loss of the %s %s a write converges when it is run again, and then nothing changes',
    async (step, victim, when) => {
      const at = 1 + Math.floor((round * Math.max(0, writes[step] - 1)) / (ROUNDS - 1));
      const start = performance.now();
      await interrupted(step, victim, when, at);
      struck.push(`${victim} ${when} write ${at} of ${writes[step]} of ${step}`);
      const again = await run(step, region.connect);
      expect(again.flatMap(({ problems }) => problems)).toEqual([]);
      expect(await present()).toEqual(step === 'destroy' ? [] : planned(planFor(step)));
      const second = await run(step, region.connect);
      expect(second.flatMap(({ counts }) => [counts.created, counts.updated, counts.replaced, counts.removed])).toEqual(
        second.flatMap(() => [0, 0, 0, 0]),
      );
      if (step === 'destroy') expect(await eventually(names, (found) => found.join() === empty.join())).toEqual(empty);
      // The trials take minutes: whoever watches sees that they go on.
      process.stderr.write(`${struck.at(-1)}: ${Math.round((performance.now() - start) / 1000)} s\n`);
    },
  );
});

test('there were forty interruptions or more, of every part, in every step', () => {
  expect(struck.length).toBeGreaterThanOrEqual(40);
  for (const part of [...VICTIMS, ...STEPS])
    expect({ part, times: struck.filter((line) => line.includes(part)).length > 8 }).toEqual({ part, times: true });
});

function planFor(step: StepName): RegionPlan {
  return trialPlan(step === 'create' ? 'first' : 'changed');
}

function run(step: StepName, connect: LiveRegion['connect']): Promise<readonly StackOutcome[]> {
  const plan = planFor(step);
  return step === 'destroy' ? down(region, plan, { connect }) : up(region, plan, { connect });
}

async function countWrites(step: StepName): Promise<number> {
  const counted: FaultyCluster[] = [];
  const reports = await run(step, async () => {
    const cluster = new FaultyCluster(await connectTo(region.plane));
    counted.push(cluster);
    return cluster;
  });
  expect(reports.flatMap(({ problems }) => problems)).toEqual([]);
  return counted.reduce((sum, cluster) => sum + cluster.writes, 0);
}

/** Runs a step and lets something be lost at one of its writes; afterwards everything that was lost is there again. */
async function interrupted(step: StepName, victim: Victim, when: When, at: number): Promise<void> {
  if (victim === 'deployer') {
    expect(await killedDeployer(step, when, at)).toBe('SIGKILL');
    return;
  }
  let hit = false;
  const strike = async () => {
    hit = true;
    await region.plane.kill(victim);
    // Without its store the API server lets every request wait for a minute: the store comes back, as a failed-over one would.
    if (victim === 'etcd') await region.plane.restart(victim);
  };
  const connect = async () => new FaultyCluster(await connectTo(region.plane), { at, when, strike });
  const broken = await run(step, connect).catch(() => []);
  const failed = broken.length === 0 || broken.some(({ outcome }) => outcome === 'failed');
  expect({ hit, noticed: failed || victim === 'etcd' || isLast(step, at) }).toEqual({ hit: true, noticed: true });
  if (victim !== 'etcd') await region.plane.restart(victim);
}

/** After the last write nothing need be asked of the server any more. */
function isLast(step: StepName, at: number): boolean {
  return at >= writes[step];
}

function killedDeployer(step: StepName, when: When, at: number): Promise<string | number | null> {
  const script = join(__dirname, 'deployer.js');
  const child = spawn(process.execPath, [script, region.plane.kubeconfig, step, String(at), when], {
    stdio: 'inherit',
  });
  return new Promise((resolve) => child.on('exit', (code, signal) => resolve(signal ?? code)));
}

/** What this project owns, with the kinds that are served now. */
async function present(): Promise<readonly string[]> {
  return (await ownedObjects(await LiveCluster.open(region.live.cluster))).map(({ label }) => label).sort();
}

function planned(plan: RegionPlan): readonly string[] {
  return objectsOf(plan).map(objectLabel).sort();
}

async function names(): Promise<readonly string[]> {
  return [...(await everything(region)).keys()].sort();
}
