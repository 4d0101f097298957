import { join } from 'node:path';
import type { DeclaredPath } from '../../analysis/network';
import { METADATA_CIDRS } from '../../constructs/core/cluster-facts';
import { type Problem, ProblemError, show } from '../../constructs/core/problem';
import { type ClusterProof, proveCluster, proveRegion, renderPlan } from '../../stacks/examine';
import { findingProblem, type ProofFinding, proofFindings } from '../../stacks/findings';
import { loadPlan } from '../../stacks/load';
import { readClusters } from '../../stacks/read-cluster';
import { COMMAND_CODES } from '../../stacks/spec/command-codes';
import { EXIT } from '../exit';
import type { CommandResult, Context } from '../result';
import { proveText } from '../text/prove';
import { usage } from './flags';
import { type EnvironmentTarget, targetNamed } from './target';

/** Options of `drun prove`. */
export interface ProveFlags {
  readonly target: string;
  readonly podCidr?: readonly string[];
  readonly serviceCidr?: readonly string[];
  readonly nodeCidr?: readonly string[];
  readonly apiServerCidr?: readonly string[];
  readonly trustDomain?: string;
  readonly declare?: readonly string[];
  readonly tenants?: string;
}

/** The proofs of one cluster with what they found. */
export interface ProvedCluster {
  readonly cluster: string;
  readonly proof: ClusterProof;
  readonly findings: readonly ProofFinding[];
}

/** Proves reachability and rights in every cluster. */
export function prove(flags: ProveFlags, context: Context): CommandResult {
  const target = targetNamed(flags.target, flags.tenants, context);
  const clusters =
    target.kind === 'environment'
      ? proveEnvironment(target, flags, context)
      : proveDirectory(target.path, flags, context);
  const problems = clusters.flatMap(({ cluster, findings }) =>
    findings.map((finding) => findingProblem(cluster, finding)),
  );
  return {
    exit: problems.length === 0 ? EXIT.ok : EXIT.findings,
    json: { target: flags.target, clusters: clusters.map(clusterJson) },
    text: (paint) => proveText(flags.target, clusters, paint),
    findings: problems,
  };
}

function proveEnvironment(
  { environment, tenants }: EnvironmentTarget,
  flags: ProveFlags,
  { progress }: Context,
): readonly ProvedCluster[] {
  const given = FACT_FLAGS.filter(([key]) => flags[key] !== undefined).map(([, name]) => name);
  if (given.length > 0 || flags.declare !== undefined) {
    const name = given[0] ?? '--declare';
    throw new ProblemError([
      usage(
        name,
        `${name} with an environment`,
        'the environment’s own facts and paths',
        `leave ${name} out, or prove a directory`,
      ),
    ]);
  }
  progress(`${environment.name}: synthesizing`);
  return renderPlan(loadPlan(environment, tenants)).regions.map((region) => {
    const { name } = region.planned.region;
    progress(`${environment.name}: proving ${name}`);
    return provedCluster(name, proveRegion(region));
  });
}

function proveDirectory(path: string, flags: ProveFlags, { progress }: Context): readonly ProvedCluster[] {
  const missing = FACT_FLAGS.filter(([key]) => (flags[key] ?? []).length === 0);
  const problems = missing.map(([, name]): Problem => {
    const { remedy } = COMMAND_CODES.CLI006;
    return { code: 'CLI006', path: name, given: 'nothing', expected: 'the address ranges of the cluster', remedy };
  });
  const declared = (flags.declare ?? []).map(declaredPath);
  problems.push(...declared.flatMap((one) => ('code' in one ? [one] : [])));
  if (problems.length > 0) throw new ProblemError(problems);
  const { podCidr = [], serviceCidr = [], nodeCidr = [], apiServerCidr = [], trustDomain = 'cluster.local' } = flags;
  const facts = {
    podCidrs: podCidr,
    serviceCidrs: serviceCidr,
    nodeCidrs: nodeCidr,
    apiServerCidrs: apiServerCidr,
    apiServerPorts: [443, 6443],
    metadataCidrs: METADATA_CIDRS,
    trustDomain,
  };
  const paths = declared.flatMap((one) => ('code' in one ? [] : [one]));
  const clusters = readClusters(path);
  if (clusters.length > 1)
    throw tooMany(
      path,
      clusters.map(({ name }) => name),
    );
  return clusters.map(({ name, objects }) => {
    progress(`proving ${name}`);
    return provedCluster(name, proveCluster(objects, facts, paths));
  });
}

/** Regions have addresses of their own: one set of ranges for all of them would prove something about none. */
function tooMany(path: string, names: readonly string[]): ProblemError {
  const given = `the clusters ${names.join(', ')}`;
  const remedy = `prove each by itself: ${names.map((name) => join(path, name)).join(', ')}`;
  return new ProblemError([{ code: 'CLI006', path, given, expected: 'the objects of one cluster', remedy }]);
}

const FACT_FLAGS = [
  ['podCidr', '--pod-cidr'],
  ['serviceCidr', '--service-cidr'],
  ['nodeCidr', '--node-cidr'],
  ['apiServerCidr', '--api-server-cidr'],
] as const;

function declaredPath(text: string): DeclaredPath | Problem {
  const [, from, to, namespace, ports] =
    /^([a-z0-9-]+):([a-z0-9-]+)\/([a-z0-9-]+):(\d{1,5}(?:,\d{1,5})*)$/.exec(text) ?? [];
  if (from === undefined || to === undefined || namespace === undefined || ports === undefined) {
    return usage('--declare', show(text), 'FROM:TO/NAMESPACE:PORT[,PORT]', 'write it as acme:beta/beta-serve:8443');
  }
  return { from, to, namespace, ports: ports.split(',').map(Number) };
}

function provedCluster(cluster: string, proof: ClusterProof): ProvedCluster {
  return { cluster, proof, findings: proofFindings(proof) };
}

function clusterJson({ cluster, proof: { network, rbac, declared }, findings }: ProvedCluster): object {
  return {
    cluster,
    holds: findings.length === 0,
    tenants: network.tenants,
    pairs: network.pairs,
    futureKinds: network.futureKinds,
    declared,
    paths: network.paths,
    egress: network.egress,
    rights: { ...rbac.figures, notes: rbac.notes, matrix: rbac.matrix },
    findings,
  };
}
