import { type DeclaredPath, proveReachability } from '../../../analysis/network';
import { METADATA_CIDRS } from '../../../constructs/core/cluster-facts';
import { leavesOf, manifestsOf } from '../../../constructs/core/leaves';
import { namespaceName } from '../../../constructs/core/object-names';
import type { TenantSpec } from '../../../constructs/tenant/tenant-spec';
import { environmentNamed } from '../../../stacks/environments';
import { planEnvironment } from '../../../stacks/plan';
import { buildTree } from '../../../stacks/tree';
import { members, specOf } from '../../support/population';
import type { Job, Said } from '../job';

/** Everything in a cluster with `count` tenants, and the proof of what they can reach. */
export function prove({ count, facts }: Job): Said {
  const specs = [...members(count)].map(specOf);
  const sources = specs.map((spec) => ({
    file: `${spec.name}.yaml`,
    outline: { ...spec, namespaces: Object.keys(spec.namespaces), published: [], counted: [] },
    spec,
  }));
  const environment = environmentNamed('dev');
  const objects = leavesOf(buildTree(planEnvironment(environment, sources))).flatMap(manifestsOf);
  const network = { ...facts, apiServerPorts: [443, 6443], metadataCidrs: METADATA_CIDRS };
  const declared = specs.flatMap(declaredBy);
  const { pairs, violations, paths } = proveReachability({ objects, facts: network, declared });
  const [first] = violations;
  const said = { objects: objects.length, pairs, violations: violations.length, paths: paths.length };
  return first === undefined ? said : { ...said, first: first.sentence };
}

function declaredBy(spec: TenantSpec): readonly DeclaredPath[] {
  return spec.allow.flatMap(({ to, ports }) =>
    'tenant' in to
      ? [{ from: spec.name, to: to.tenant, namespace: namespaceName(to.tenant, to.namespace), ports }]
      : [],
  );
}
