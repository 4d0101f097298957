import * as z from 'zod';
import { clusterSchema } from '../../charts/cluster';
import { shortName } from '../../constructs/core/names';
import { parseOrThrow } from '../../constructs/core/parse';
import { waiverSchema } from '../../constructs/core/waiver';
import { meshMistakes } from './mesh-checks';
import { sealMistakes } from './vault-checks';

const { facts, access, storage, controlPlane, ingress, mesh, vault } = clusterSchema.shape;

const region = z.strictObject({
  name: shortName,
  continent: z.enum(['africa', 'asia', 'europe', 'north-america', 'oceania', 'south-america']),
  role: z
    .enum(['active', 'standby'])
    .default('active')
    .describe('standby regions carry the platform and wait to take over; tenants land there only when they say so'),
  failover: shortName.optional().describe('region that takes over when this one is lost'),
  facts,
  storage,
  controlPlane,
  ingress,
  mesh,
  vault,
  context: z
    .string()
    .min(1)
    .optional()
    .describe('kubeconfig context of the region’s cluster; the region’s name when left out'),
});

/** How the objects reach the clusters: pushed by Pulumi, or pulled by Flux or Argo CD from a repository. Exactly one. */
const delivery = z.discriminatedUnion(
  'by',
  [
    z.strictObject({ by: z.literal('pulumi') }),
    z.strictObject({
      by: z.enum(['flux', 'argocd']),
      repository: z.string().regex(/^(https|ssh):\/\/\S+$/, { error: 'an https or ssh address of a Git repository' }),
      branch: z.string().min(1).max(100).default('main'),
      path: z.string().regex(/^[a-z0-9][a-z0-9/-]*$/, { error: 'a folder of the repository such as clusters/prod' }),
    }),
  ],
  { error: 'one of pulumi, flux or argocd' },
);

/** Fields of an environment, without the checks between them; the JSON Schema for editors is generated from it. */
export const environmentFields = z.strictObject({
  name: shortName,
  description: z.string().max(200).default(''),
  delivery: delivery.prefault({ by: 'pulumi' }),
  access,
  regions: z.array(region).min(1).max(20),
  shards: z
    .int()
    .min(1)
    .max(100)
    .default(1)
    .describe(
      'number of tenant stacks; about one for every 15 tenants. Raising it moves few tenants, adding a tenant moves none',
    ),
  waivers: z.array(waiverSchema).default([]),
});

/** An environment: its regions, its people and how it is delivered. */
export const environmentSchema = environmentFields.superRefine((environment, context) => {
  const names = environment.regions.map(({ name }) => name);
  environment.regions.forEach(({ name, failover }, i) => {
    if (names.indexOf(name) !== i) {
      context.addIssue({
        code: 'custom',
        path: ['regions', i, 'name'],
        message: 'a name that no other region has',
        params: { remedy: 'rename one of them' },
      });
    }
    if (failover !== undefined && (failover === name || !names.includes(failover))) {
      const others = names.filter((other) => other !== name);
      context.addIssue({
        code: 'custom',
        path: ['regions', i, 'failover'],
        message: `another region of the environment: ${others.join(', ') || 'there is none'}`,
        params: { remedy: 'name one of them' },
      });
    }
  });
  for (const { region, path, message, remedy } of [
    ...meshMistakes(environment.regions),
    ...sealMistakes(environment.regions),
  ]) {
    context.addIssue({ code: 'custom', path: ['regions', region, ...path], message, params: { remedy } });
  }
});

/** What an environment's file says. */
export type EnvironmentProps = z.input<typeof environmentFields>;
/** An environment with every default filled in. */
export type Environment = Readonly<z.output<typeof environmentFields>>;
export type Region = Environment['regions'][number];

/** Parses an environment; throws a `ProblemError` with every mistake. */
export function defineEnvironment(props: EnvironmentProps): Environment {
  return parseOrThrow(environmentSchema, {
    ...props,
    regions: props.regions.map((one) => ({ ...one, facts: { ...one.facts, region: one.name } })),
  });
}
