import { keysOf } from '../../analysis/keys';
import { checkedObjects, renderPlan } from '../../stacks/examine';
import { loadPlan } from '../../stacks/load';
import { EXIT } from '../exit';
import type { CommandResult, Context } from '../result';
import { keysText } from '../text/keys';
import { environmentTarget } from './target';

/** Options of `drun keys`. */
export interface KeysFlags {
  readonly environment: string;
  readonly tenants?: string;
}

/** Lists the keys of an environment, what stands over each, and when it is replaced by whom. */
export function keys(flags: KeysFlags, context: Context): CommandResult {
  const { environment, tenants } = environmentTarget(flags.environment, flags.tenants, context);
  context.progress(`${environment.name}: synthesizing`);
  const regions = renderPlan(loadPlan(environment, tenants)).regions.map((region) => ({
    region: region.planned.region.name,
    keys: keysOf(checkedObjects(region)),
  }));
  return {
    exit: EXIT.ok,
    json: { environment: environment.name, regions },
    text: () => keysText(regions),
  };
}
