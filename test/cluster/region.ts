import { type DeployOptions, deploy } from '../../cluster/apply/deploy';
import { destroy } from '../../cluster/apply/destroy';
import { listable } from '../../cluster/apply/inventory';
import { LiveCluster, listMetadata } from '../../cluster/apply/live-cluster';
import { type RegionPlan, regionPlans } from '../../cluster/apply/plan';
import type { ConnectOptions } from '../../cluster/client/cluster';
import { connect } from '../../cluster/client/cluster';
import type { ControlPlane } from '../../cluster/local/control-plane';
import { definitionsFor, installDefinitions } from '../../cluster/local/definitions';
import { startRegions } from '../../cluster/local/region';
import { type JsonObject, stringAt } from '../../constructs/core/json';
import type { Manifest } from '../../constructs/core/manifest';
import { admit } from '../../stacks/sinks/admit';
import type { Environment } from '../../stacks/spec/environment';
import { pooled } from '../../stacks/up/pool';

/** The day on which these tests take place. */
export const TODAY = '2026-11-22';

/** One region of an environment with a control plane of its own. */
export interface LiveRegion {
  readonly plan: RegionPlan;
  readonly plane: ControlPlane;
  readonly live: LiveCluster;
  readonly connect: DeployOptions['connect'];
  stop(): Promise<void>;
}

/** How a region's control plane is started. */
export interface RegionOptions {
  /** Folder of the tenants' files. @default - the environment's own */
  readonly tenants?: string;
  /** Whether kinds of a group are there from the start; others come with charts. @default - all of them */
  readonly serves?: (group: string) => boolean;
}

/** Starts the control plane of a region, with the kinds that the region's objects have. */
export async function startRegion(
  environment: Environment,
  region: string,
  { tenants, serves = () => true }: RegionOptions = {},
): Promise<LiveRegion> {
  const admitted = admit(environment, TODAY, tenants);
  const plan = planOf(environment, region, tenants);
  const only = admitted.plan.regions.filter((one) => one.region.name === region);
  const regions = await startRegions({ ...admitted.plan, regions: only }, { controllers: true });
  const plane = regions.planes.get(region);
  if (plane === undefined) throw new Error(`no control plane for ${region}`);
  try {
    const definitions = await definitionsFor(objectsOf(plan));
    const there = definitions.filter((one) => serves(stringAt(one, 'spec', 'group') ?? ''));
    await installDefinitions(plane.admin, there);
    const cluster = await connectTo(plane);
    const stop = async () => {
      cluster.close();
      await regions.stop();
    };
    return { plan, plane, live: await LiveCluster.open(cluster), connect: () => connectTo(plane), stop };
  } catch (error) {
    await regions.stop();
    throw error;
  }
}

/** What a region of an environment gets, as `drun up` would plan it. */
export function planOf(
  environment: Environment,
  region: string,
  tenants?: string,
  unprotected: readonly string[] = [],
): RegionPlan {
  // An environment that is pulled is looked at as if it were pushed: the objects are the same.
  const pushed: Environment = { ...environment, delivery: { by: 'pulumi' } };
  const plan = regionPlans(admit(pushed, TODAY, tenants), { unprotected }).find((one) => one.region === region);
  if (plan === undefined) throw new Error(`no region ${region}`);
  return plan;
}

/** Every object of a plan, in order. */
export function objectsOf({ stacks }: RegionPlan): readonly Manifest[] {
  return stacks.flatMap(({ layers }) => layers.flatMap(({ objects }) => objects.map(({ inputs }) => inputs)));
}

/** A connection with all rights. */
export function connectTo({ kubeconfig, name }: Pick<ControlPlane, 'kubeconfig' | 'name'>): ReturnType<typeof connect> {
  const options: ConnectOptions = { kubeconfig, context: name };
  return connect(options);
}

/** Deploys a plan to the region's control plane. */
export function up(region: LiveRegion, plan: RegionPlan = region.plan, options: Partial<DeployOptions> = {}) {
  return deploy([plan], { now: () => performance.now(), connect: region.connect, ...options });
}

/** Removes the environment from the region's control plane. */
export function down(region: LiveRegion, plan: RegionPlan = region.plan, options: Partial<DeployOptions> = {}) {
  const environment = plan.stacks[0]?.stack ?? '';
  return destroy(environment, [plan], { now: () => performance.now(), connect: region.connect, ...options });
}

/** Kinds that come and go by themselves. */
const RESTLESS = ['Event', 'Lease'];

/** Every object of every kind that a cluster holds, with the version of its content. */
export async function everything(region: LiveRegion): Promise<ReadonlyMap<string, string>> {
  const live = await LiveCluster.open(region.live.cluster);
  const kinds = listable(live.resources).filter(({ kind }) => !RESTLESS.includes(kind));
  const lists = await pooled(kinds, 8, async (resource) => {
    const found = await listMetadata(live.cluster, resource, '');
    return found.map(
      (object) => [nameOf(resource.group, resource.kind, object), versionOf(resource.kind, object)] as const,
    );
  });
  return new Map(lists.flat());
}

/** What the cluster holds once it has been the same for a second. */
export async function settled(region: LiveRegion): Promise<ReadonlyMap<string, string>> {
  let last = await everything(region);
  for (let tries = 0; tries < 60; tries += 1) {
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    const now = await everything(region);
    if (JSON.stringify([...now]) === JSON.stringify([...last])) return now;
    last = now;
  }
  return last;
}

/** Every object with those labels, by its metadata. */
export async function labelled(region: LiveRegion, selector: string): Promise<readonly JsonObject[]> {
  const live = await LiveCluster.open(region.live.cluster);
  const lists = await pooled(listable(live.resources), 8, (resource) => listMetadata(live.cluster, resource, selector));
  return lists.flat();
}

function nameOf(group: string, kind: string, object: JsonObject): string {
  return [group, kind, stringAt(object, 'metadata', 'namespace') ?? '', stringAt(object, 'metadata', 'name')].join('/');
}

/** A scaler's controller writes down what it measured, every few seconds. */
const MEASURED = ['HorizontalPodAutoscaler'];

function versionOf(kind: string, object: JsonObject): string {
  if (MEASURED.includes(kind)) return `${stringAt(object, 'metadata', 'uid')}`;
  return `${stringAt(object, 'metadata', 'uid')}@${stringAt(object, 'metadata', 'resourceVersion')}`;
}

/** Asks until the answer is as wished, or the time is over; gives the last one. */
export async function eventually<T>(
  ask: () => Promise<T>,
  isFine: (answer: T) => boolean,
  milliseconds = 60_000,
): Promise<T> {
  const end = performance.now() + milliseconds;
  let answer = await ask();
  while (!isFine(answer) && performance.now() < end) {
    await new Promise((resolve) => setTimeout(resolve, 500));
    answer = await ask();
  }
  return answer;
}
