import { ProblemError } from '../../constructs/core/problem';
import type { CommandResult, Context } from '../result';
import { environmentAndTenants, usage } from './target';

/** Options of `drun up`. */
export interface UpFlags {
  readonly environment: string;
  readonly dryRun?: boolean;
  readonly force?: boolean;
  readonly concurrency?: string;
  readonly tenants?: string;
  readonly today?: string;
}

/** Deploys an environment: the only command that loads Pulumi. */
export function up(flags: UpFlags, context: Context): CommandResult {
  const { environment } = environmentAndTenants(flags.environment, flags.tenants, context);
  throw new ProblemError([usage('drun up', environment.name, 'a build with the deployment driver', `run \`pulumi up -s ${environment.name}\``)]);
}
