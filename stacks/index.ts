import * as pulumi from '@pulumi/pulumi';
import { readSettings } from './config/settings';
import { land } from './sinks/pulumi/program';

/**
 * The Pulumi program. The stack named after an environment carries its platform; `<environment>-tenants-<nn>` carries the
 * tenants of that shard, and needs the platform stack to have landed before. No stack reads another's outputs.
 */
const settings = readSettings((key) => {
  const [namespace, name = ''] = key.split(':');
  return new pulumi.Config(namespace).get(name);
});
const landed = land({
  stack: pulumi.getStack(),
  settings,
  today: settings.today ?? new Date().toISOString().slice(0, 10),
});

/** Hash of what the stack holds; `drun up` compares it with what it is about to land. */
export const contentHash = landed.contentHash;
/** Number of resources besides providers and layers. */
export const objects = landed.objects;
/** Tenants that the stack carries, by name. */
export const tenants = landed.tenants;
/** Construct paths of Vault objects that were left out because `vault:address` is not set. */
export const leftOut = landed.leftOut;
