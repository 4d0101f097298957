import { join } from 'node:path';
import { synth } from '../../../stacks/synth/synth';
import { type Job, type Said, TODAY } from '../job';

/**
 * The real `synth` of an environment of one region, from the tenants' YAML files: it reads and parses them, plans, builds
 * the platform's layers too, checks everything, and writes what changed. The state of `out` decides how much that is.
 */
export function synths({ input, out }: Job): Said {
  const options = { environment: 'dev', tenants: join(input, 'tenants'), out, today: TODAY };
  const { problems, ...counts } = synth(options);
  const [first] = problems;
  const loaded = Object.keys(require.cache);
  return {
    ...counts,
    problems: problems.length,
    ...(first === undefined ? {} : { first: JSON.stringify(first) }),
    pulumi: loaded.some((file) => file.includes('@pulumi')),
  };
}
