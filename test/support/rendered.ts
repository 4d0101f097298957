import type { Manifest } from '../../constructs/core/manifest';
import { ENVIRONMENTS } from '../../stacks/environments';
import { loadPlan, regionObjects } from '../../stacks/load';
import type { Plan, PlannedRegion } from '../../stacks/plan';
import type { Environment, Region } from '../../stacks/spec/environment';
import { buildTree } from '../../stacks/tree';
import type { Order } from './inventory';

/** One region of a committed environment with all its objects. */
export interface RenderedRegion {
  readonly environment: string;
  readonly plan: Plan;
  readonly planned: PlannedRegion;
  readonly objects: readonly Manifest[];
}

/** Every region of every committed environment, or of some: what invariants are asserted over. */
export function renderedRegions(names?: readonly string[]): readonly RenderedRegion[] {
  return ENVIRONMENTS.filter(({ name }) => names?.includes(name) ?? true).flatMap((environment) => {
    const plan = loadPlan(environment);
    const tree = buildTree(plan);
    return plan.regions.map((planned) => ({
      environment: environment.name,
      plan,
      planned,
      objects: regionObjects(tree, planned.region.name),
    }));
  });
}

/** What was ordered for a region: the tenants' specifications and the region's own facts. */
export function orderOf({ plan: { environment }, planned: { region, tenants } }: RenderedRegion): Order {
  return {
    ...acrossOf(environment, region),
    tenants: tenants.flatMap(({ source }) => (source.spec === undefined ? [] : [source.spec])),
    facts: region.facts,
    ...disksOf(region),
    ...(region.vault === undefined ? {} : { vault: region.vault }),
    ...(region.ingress === undefined ? {} : { edge: region.ingress, issuers: [environment.access.issuer] }),
  };
}

function disksOf({ storage: { provider, key } }: Region): Pick<Order, 'disks' | 'diskKey'> {
  if (provider === 'ceph') throw new Error('no environment has disks of Ceph; the inventory does not know them');
  return { disks: provider, ...(key === undefined ? {} : { diskKey: key }) };
}

function acrossOf({ regions }: Environment, { name, mesh: { clusters } }: Region): Pick<Order, 'across'> {
  if (clusters.mode === 'single') return {};
  const others = regions.filter((other) => other.name !== name);
  return {
    across: {
      network: clusters.network ?? name,
      server: clusters.authority.server ?? 'https://vault.vault.svc:8200',
      mesh: clusters.mesh,
      callers: clusters.callers,
      balancer: clusters.loadBalancer,
      gateways: others.flatMap(({ mesh }) => (mesh.clusters.mode === 'single' ? [] : mesh.clusters.gateway)),
      apiServers: others.flatMap(({ facts }) => facts.apiServerCidrs),
      failover: regions.flatMap((one) => (one.failover === undefined ? [] : [[one.name, one.failover] as const])),
    },
  };
}
