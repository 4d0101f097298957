import { join } from 'node:path';
import { HostFile, type HostFileProps } from '../../constructs/core/host-file';
import type { Platform } from '../../constructs/core/platform';
import type { Plan } from '../../stacks/plan';
import { buildTree } from '../../stacks/tree';
import { type ControlPlane, type ControlPlaneOptions, startControlPlane } from './control-plane';
import { newFolder } from './host-root';

/** Every host file of a region, as it ships. */
export function hostFilesOf(tree: Platform, region: string): readonly HostFileProps[] {
  const all = tree.node.findChild(region).node.findAll();
  return all.flatMap((construct) => (construct instanceof HostFile ? [construct.file] : []));
}

/** The same plan for control planes of this machine: the socket of each region's key service lies in a folder of its own. */
export function localPlan(plan: Plan, folder: string): Plan {
  const regions = plan.regions.map(({ region, tenants }, at) => {
    const kmsSocket = `unix://${join(folder, String(at), 'kms.sock')}`;
    return { tenants, region: { ...region, controlPlane: { ...region.controlPlane, kmsSocket } } };
  });
  const environment = { ...plan.environment, regions: regions.map(({ region }) => region) };
  return { ...plan, environment, regions };
}

/** Control planes of all regions of a plan, by the name of the region, with the tree whose host files they run. */
export interface LocalRegions {
  readonly folder: string;
  readonly plan: Plan;
  readonly tree: Platform;
  readonly planes: ReadonlyMap<string, ControlPlane>;
  stop(): Promise<void>;
}

/** Starts one control plane for each region of a plan. Throws as {@link startControlPlane} does; then none is left running. */
export async function startRegions(
  wanted: Plan,
  options: Omit<ControlPlaneOptions, 'hosts' | 'name'> = {},
): Promise<LocalRegions> {
  const folder = newFolder(options.folder);
  const plan = localPlan(wanted, folder);
  const tree = buildTree(plan);
  const started = await Promise.allSettled(
    plan.regions.map(({ region: { name } }, at) =>
      startControlPlane({ ...options, hosts: hostFilesOf(tree, name), name, folder: join(folder, String(at)) }),
    ),
  );
  const planes = started.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  const stop = async () => {
    await Promise.all(planes.map((plane) => plane.stop()));
  };
  const failed = started.find((one) => one.status === 'rejected');
  if (failed !== undefined) {
    await stop();
    throw failed.reason;
  }
  return { folder, plan, tree, planes: new Map(planes.map((plane) => [plane.name, plane])), stop };
}
