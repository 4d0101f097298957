import { loadPlan } from '../../stacks/load';
import { EXIT } from '../exit';
import type { CommandResult, Context } from '../result';
import { columns } from '../text/words';
import { environmentTarget } from './target';

/** Options of `drun tenant list`. */
export interface TenantListFlags {
  readonly environment: string;
  readonly tenants?: string;
}

/** Lists the tenants of an environment with what a reader asks first. */
export function tenantList(flags: TenantListFlags, context: Context): CommandResult {
  const { environment, tenants: folder } = environmentTarget(flags.environment, flags.tenants, context);
  const tenants = loadPlan(environment, folder).tenants.flatMap(({ source, regions, shard }) =>
    source.spec === undefined ? [] : [{ ...source.spec, regions, shard, file: source.file }],
  );
  const rows = tenants.map(({ name, trust, scenario, regions, namespaces, gpu, owner }) => [
    name,
    trust,
    scenario,
    regions.join(','),
    Object.keys(namespaces).join(','),
    gpu === undefined ? '-' : `${gpu.count} ${gpu.mode}`,
    owner,
  ]);
  const head = ['NAME', 'TRUST', 'SCENARIO', 'REGIONS', 'NAMESPACES', 'GPUS', 'OWNER'];
  return {
    exit: EXIT.ok,
    json: { environment: environment.name, tenants },
    text: () => (rows.length === 0 ? `no tenants in ${environment.name}\n` : `${columns([head, ...rows])}\n`),
  };
}
