import type { Construct } from 'constructs';
import * as z from 'zod';
import { shortName } from './names';
import { parseOrThrow } from './parse';

const cidrs = z.array(z.union([z.cidrv4(), z.cidrv6()], { error: 'an address range such as 10.0.0.0/16' })).min(1);

/**
 * What the constructs must know of the cluster they land in. The ranges decide what a tenant may never reach, so an
 * environment states them; the defaults serve a first look at a single cluster.
 */
export const clusterFactsSchema = z.strictObject({
  region: shortName.default('local'),
  /** Kubernetes minor version; Pod Security levels are pinned to it. */
  kubernetes: z
    .string()
    .regex(/^1\.\d{2}$/, { error: 'a minor version such as 1.36' })
    .default('1.36'),
  /** SPIFFE trust domain of the mesh; identities read `spiffe://<trustDomain>/ns/<namespace>/sa/<account>`. */
  trustDomain: z
    .string()
    .regex(/^[a-z0-9.-]{1,253}$/)
    .default('cluster.local'),
  podCidrs: cidrs.default(['10.0.0.0/14']),
  serviceCidrs: cidrs.default(['10.96.0.0/16']),
  nodeCidrs: cidrs.default(['172.16.0.0/16']),
  /** Addresses behind the API server's endpoint, as a pod would reach it besides the service address. */
  apiServerCidrs: cidrs.default(['172.16.0.10/32']),
});

/** Facts of one cluster with every default filled in. */
export type ClusterFacts = Readonly<z.output<typeof clusterFactsSchema>>;
/** What a caller may say of a cluster; every field has a default. */
export type ClusterFactsProps = z.input<typeof clusterFactsSchema>;

const CONTEXT = 'drun:cluster';
const DEFAULTS: ClusterFacts = clusterFactsSchema.parse({});

/** Says in which cluster everything below `scope` lands; call it before `scope` has children. Throws a `ProblemError`. */
export function provideClusterFacts(scope: Construct, facts: ClusterFactsProps): ClusterFacts {
  const parsed = parseOrThrow(clusterFactsSchema, facts);
  scope.node.setContext(CONTEXT, parsed);
  return parsed;
}

/** The facts provided above `construct`, or the defaults: a single local cluster. */
export function clusterFactsOf(construct: Construct): ClusterFacts {
  const facts: ClusterFacts | undefined = construct.node.tryGetContext(CONTEXT);
  return facts ?? DEFAULTS;
}

/**
 * Addresses under which clouds hand out instance credentials; no tenant may reach them.
 * Sources: AWS, Google Cloud and Azure instance metadata (169.254.169.254, fd00:ec2::254), AWS container credentials
 * (169.254.170.2), Alibaba Cloud (100.100.100.200), Oracle Cloud (192.0.0.192); each in its provider's documentation.
 */
export const METADATA_CIDRS = [
  '169.254.169.254/32',
  '169.254.170.2/32',
  '100.100.100.200/32',
  '192.0.0.192/32',
  'fd00:ec2::254/128',
] as const;
