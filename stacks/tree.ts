import { Cluster } from '../charts/cluster';
import { Platform } from '../constructs/core/platform';
import { clusterPlan, type Plan } from './plan';

/** The one tree of an environment: a cluster per region, its layers, their constructs. Pure: same plan, same tree. */
export function buildTree({ environment, regions }: Plan): Platform {
  const platform = new Platform();
  for (const { region, tenants } of regions) {
    new Cluster(platform, region.name, clusterPlan(environment, region, tenants));
  }
  return platform;
}
