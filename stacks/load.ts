import { join } from 'node:path';
import { leavesOf, manifestsOf } from '../constructs/core/leaves';
import type { Manifest } from '../constructs/core/manifest';
import { outsideManifestsOf } from '../constructs/core/outside-manifest';
import type { Platform } from '../constructs/core/platform';
import { ProblemError } from '../constructs/core/problem';
import { vaultManifestsOf } from '../constructs/core/vault-manifest';
import { type Plan, planEnvironment, planProblems } from './plan';
import type { Environment } from './spec/environment';
import { parseTenant, type TenantSource } from './spec/tenant-source';
import { PACKAGE_ROOT } from './synth/fingerprint';
import { type Input, readInputs } from './synth/inputs';

/** Folder of an environment's tenant files in this repository. */
export function tenantsFolder(environment: string): string {
  return join(PACKAGE_ROOT, 'stacks', 'environments', environment, 'tenants');
}

/**
 * Reads an environment's tenants and plans with them. Throws a `ProblemError` that lists every mistake in every file, and
 * those between the files.
 */
export function loadPlan(environment: Environment, tenants: string = tenantsFolder(environment.name)): Plan {
  return planInputs(environment, readInputs(tenants));
}

/** As {@link loadPlan}, for files that were read elsewhere, such as from a commit. */
export function planInputs(environment: Environment, inputs: readonly Input[]): Plan {
  const read = inputs.map(({ bytes, path }) => parseTenant(bytes, path));
  const sources: TenantSource[] = read.flatMap((one) => ('source' in one ? [one.source] : []));
  const plan = planEnvironment(environment, sources);
  const unread = read.flatMap((one) => ('problems' in one ? one.problems : []));
  const problems = [...unread, ...planProblems(plan, unread)];
  if (problems.length > 0) throw new ProblemError(problems);
  return plan;
}

/** What a region's Vault is told, in the form of manifests. */
export function regionVault(tree: Platform, region: string): readonly Manifest[] {
  return leavesOf(tree.node.findChild(region)).flatMap(vaultManifestsOf);
}

/** Host files and charts of a region, in the form of manifests. */
export function regionOutside(tree: Platform, region: string): readonly Manifest[] {
  return leavesOf(tree.node.findChild(region)).flatMap(outsideManifestsOf);
}

/** Every object of a region, in the order in which it is applied. */
export function regionObjects(tree: Platform, region: string): readonly Manifest[] {
  return leavesOf(tree.node.findChild(region)).flatMap(manifestsOf);
}
