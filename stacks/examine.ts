import type { ClusterNetworkFacts, DeclaredPath, ReachabilityReport } from '../analysis/network';
import { proveReachability } from '../analysis/network/prove';
import { proveRbac } from '../analysis/rbac/prove';
import type { RbacReport } from '../analysis/rbac/report';
import type { CheckReport } from '../analysis/rules';
import { type ClusterFacts, METADATA_CIDRS } from '../constructs/core/cluster-facts';
import type { Manifest } from '../constructs/core/manifest';
import { namespaceName } from '../constructs/core/object-names';
import type { Platform } from '../constructs/core/platform';
import type { Problem } from '../constructs/core/problem';
import { findingProblem, proofFindings } from './findings';
import { gateOf, gateProblems, treeProblems } from './gate';
import { regionObjects, regionOutside, regionVault } from './load';
import type { Plan, PlannedRegion, PlannedTenant } from './plan';
import type { Environment } from './spec/environment';
import { buildTree } from './tree';

/** A plan as objects. */
export interface Rendered {
  readonly plan: Plan;
  readonly tree: Platform;
  readonly regions: readonly RenderedRegion[];
}

/** Every object of one region. */
export interface RenderedRegion {
  readonly planned: PlannedRegion;
  readonly objects: readonly Manifest[];
  /** What its Vault is told, in the form of manifests. */
  readonly vault: readonly Manifest[];
  /** Host files and charts, in the form of manifests. */
  readonly outside: readonly Manifest[];
}

/** Both proofs over one cluster. */
export interface ClusterProof {
  readonly network: ReachabilityReport;
  readonly rbac: RbacReport;
  /** The paths that were taken for declared. */
  readonly declared: readonly DeclaredPath[];
}

/** Renders a plan into memory. */
export function renderPlan(plan: Plan): Rendered {
  const tree = buildTree(plan);
  const regions = plan.regions.map((planned) => ({
    planned,
    objects: regionObjects(tree, planned.region.name),
    vault: regionVault(tree, planned.region.name),
    outside: regionOutside(tree, planned.region.name),
  }));
  return { plan, tree, regions };
}

/** A region with the verdicts over it. */
export interface ExaminedRegion extends RenderedRegion {
  readonly check: CheckReport;
  readonly proof: ClusterProof;
}

/** What rules and proofs say of an environment. */
export interface Examination {
  readonly regions: readonly ExaminedRegion[];
  /** Breaches of rules and of what the constructs say of themselves; paths begin with the region. */
  readonly checkProblems: readonly Problem[];
  /** What the proofs found; paths begin with the region. */
  readonly proofProblems: readonly Problem[];
  /** Both together. */
  readonly problems: readonly Problem[];
}

/** How to examine. */
export interface ExamineOptions {
  /** The date that waivers are held against: `YYYY-MM-DD`, UTC. */
  readonly today: string;
  readonly onProgress?: (what: string) => void;
}

/** All rules and both proofs over every region of an environment. */
export function examine(rendered: Rendered, { today, onProgress }: ExamineOptions): Examination {
  const { name } = rendered.plan.environment;
  const regions = rendered.regions.map((region) => {
    const where = region.planned.region.name;
    onProgress?.(`${name}: checking ${where}`);
    const check = checkRegion(rendered.plan.environment, region, today);
    onProgress?.(`${name}: proving ${where}`);
    return { ...region, check, proof: proveRegion(region) };
  });
  const reports = regions.map(({ planned, check }) => ({ region: planned.region.name, report: check }));
  const checkProblems = [...treeProblems(rendered.tree, today), ...gateProblems(reports)];
  const proofProblems = regions.flatMap(({ planned, proof }) =>
    proofFindings(proof).map((finding) => findingProblem(planned.region.name, finding)),
  );
  return { regions, checkProblems, proofProblems, problems: [...checkProblems, ...proofProblems] };
}

/** All rules over one region, with the environment's waivers: the gate that synth passes as well. */
export function checkRegion(environment: Environment, region: RenderedRegion, today: string): CheckReport {
  const gate = gateOf(environment, today);
  gate.add(checkedObjects(region));
  return gate.finish();
}

/** All that rules are held against: the objects, what Vault is told, host files and charts. */
export function checkedObjects({ objects, vault, outside }: RenderedRegion): readonly Manifest[] {
  return [...objects, ...vault, ...outside];
}

/** Both proofs over one region, against the paths that its tenants agreed to. */
export function proveRegion({ planned, objects }: RenderedRegion): ClusterProof {
  return proveCluster(objects, networkFacts(planned.region.facts), declaredPaths(planned.tenants));
}

/** Both proofs over the objects of one cluster. */
export function proveCluster(
  objects: readonly Manifest[],
  facts: ClusterNetworkFacts,
  declared: readonly DeclaredPath[],
): ClusterProof {
  return { network: proveReachability({ objects, facts, declared }), rbac: proveRbac({ objects }), declared };
}

/** Addresses of a cluster as the proof needs them. The API server also answers on the first address of each service range. */
export function networkFacts(facts: ClusterFacts): ClusterNetworkFacts {
  const { podCidrs, serviceCidrs, nodeCidrs, apiServerCidrs, trustDomain } = facts;
  return {
    podCidrs,
    serviceCidrs,
    nodeCidrs,
    apiServerCidrs: [...apiServerCidrs, ...serviceCidrs.flatMap(apiServiceAddress)],
    apiServerPorts: [443, 6443],
    metadataCidrs: METADATA_CIDRS,
    trustDomain,
  };
}

/** Paths between the tenants of one region that both ends named: the caller's `allow` and the other's `accept`. */
export function declaredPaths(tenants: readonly PlannedTenant[]): readonly DeclaredPath[] {
  const outlines = new Map(tenants.map(({ source }) => [source.outline.name, source.outline]));
  return tenants.flatMap(({ source }) =>
    source.outline.allow.flatMap(({ to, ports }): readonly DeclaredPath[] => {
      const peer = 'tenant' in to ? outlines.get(to.tenant) : undefined;
      if (!('tenant' in to) || peer === undefined) return [];
      const accepted = peer.accept
        .filter(
          ({ from, namespace }) =>
            'tenant' in from && from.tenant === source.outline.name && (namespace ?? to.namespace) === to.namespace,
        )
        .flatMap((entry) => entry.ports);
      const agreed = ports.filter((port) => accepted.includes(port));
      if (agreed.length === 0) return [];
      return [
        { from: source.outline.name, to: to.tenant, namespace: namespaceName(to.tenant, to.namespace), ports: agreed },
      ];
    }),
  );
}

/** `10.96.0.1/32` of `10.96.0.0/16`: Kubernetes gives the first address of the range to the service `kubernetes`. */
function apiServiceAddress(cidr: string): readonly string[] {
  const octets = /^(\d+)\.(\d+)\.(\d+)\.(\d+)\//.exec(cidr)?.slice(1).map(Number);
  if (octets === undefined) return cidr.includes('::/') ? [cidr.replace(/::\/\d+$/, '::1/128')] : [];
  const [a, b, c, d = 0] = octets;
  return [`${a}.${b}.${c}.${d + 1}/32`];
}
