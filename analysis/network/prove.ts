import { readFacts } from './facts';
import { groundViolations } from './ground';
import { proveOutside } from './outside';
import { provePlatform } from './platform';
import { readPolicies } from './policies';
import { Reader } from './reader';
import type { ReachabilityInput, ReachabilityReport, Verdict, Violation } from './report';
import { proveEgress } from './service-entry';
import { findUnused, proveTenants } from './tenants';
import { buildWorld } from './world';

/**
 * Proves what tenants of one cluster can reach, over sets and not samples: all ordered pairs of tenants and every
 * tenant yet to come, all ports and protocols, all pods they may ever create with whatever labels and service accounts.
 * The proof holds where `violations` is empty. It never throws over its input: what it cannot read is a violation.
 * @example
 * proveReachability({ objects, facts, declared: [{ from: 'acme', to: 'beta', namespace: 'beta-serve', ports: [8443] }] })
 */
export function proveReachability(input: ReachabilityInput): ReachabilityReport {
  const { objects, facts, declared, assumeTenantPolicies = true } = input;
  const verdicts: readonly Verdict[] = assumeTenantPolicies ? ['asWritten', 'ifTenantOpensAll'] : ['asWritten'];
  const reader = new Reader();
  const plan = readFacts(reader, facts);
  const policies = readPolicies(objects);
  const world = buildWorld(objects, policies, plan);
  const ground = groundViolations(objects, policies, reader.flaws, world);
  if (world === undefined) {
    return { pairs: 0, tenants: [], futureKinds: 0, paths: [], egress: [], violations: ground, unused: [] };
  }
  const between = proveTenants(world, declared, verdicts);
  const platform = provePlatform(world);
  const egress = proveEgress(world, objects, policies);
  return {
    pairs: between.pairs,
    tenants: world.tenants,
    futureKinds: world.namespaces.filter(({ future }) => future).length,
    paths: [...between.paths, ...platform.paths],
    egress: egress.egress,
    violations: inOrder([
      ...ground,
      ...between.violations,
      ...proveOutside(world, verdicts),
      ...platform.violations,
      ...egress.violations,
    ]),
    unused: findUnused(world, declared),
  };
}

function inOrder(violations: readonly Violation[]): readonly Violation[] {
  const keyed = violations.map((violation) => ({ key: `${violation.code} ${violation.sentence}`, violation }));
  return keyed.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0)).map(({ violation }) => violation);
}
