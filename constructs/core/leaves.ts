import { ApiObject } from 'cdk8s';
import type { IConstruct } from 'constructs';
import { HelmRelease } from './helm-release';
import { HostFile } from './host-file';
import type { Manifest } from './manifest';
import { ManifestGroup } from './manifest-group';
import { ProblemError } from './problem';
import { VaultObject } from './vault-object';

/** What sinks write: everything in a tree that has an effect outside it. */
export type Leaf =
  | { readonly type: 'object'; readonly construct: ApiObject }
  | { readonly type: 'group'; readonly construct: ManifestGroup }
  | { readonly type: 'release'; readonly construct: HelmRelease }
  | { readonly type: 'vault'; readonly construct: VaultObject }
  | { readonly type: 'host-file'; readonly construct: HostFile };

/**
 * The leaves below a construct in the order in which they must be applied: as declared, but a dependency first. Throws a
 * `ProblemError` that names the circle where dependencies run in one.
 */
export function leavesOf(root: IConstruct): readonly Leaf[] {
  const leaves: Leaf[] = [];
  const state = new Map<IConstruct, 'open' | 'done'>();
  const visit = (construct: IConstruct, trail: readonly IConstruct[]): void => {
    const seen = state.get(construct);
    if (seen === 'done') return;
    if (seen === 'open') throw circle([...trail, construct]);
    state.set(construct, 'open');
    const below = [...trail, construct];
    for (const dependency of construct.node.dependencies) {
      // A dependency outside this root belongs to another layer, whose order is the table of layers.
      if (isWithin(dependency, root) && !isWithin(construct, dependency)) visit(dependency, below);
    }
    const leaf = leafOf(construct);
    if (leaf !== undefined) leaves.push(leaf);
    for (const child of construct.node.children) visit(child, below);
    state.set(construct, 'done');
  };
  visit(root, []);
  return leaves;
}

/** The Kubernetes objects of a leaf as plain data; none for leaves that are not Kubernetes objects. */
export function manifestsOf(leaf: Leaf): readonly Manifest[] {
  if (leaf.type === 'group') return leaf.construct.manifests();
  return leaf.type === 'object' ? [leaf.construct.toJson()] : [];
}

function leafOf(construct: IConstruct): Leaf | undefined {
  if (construct instanceof ApiObject) return { type: 'object', construct };
  if (construct instanceof ManifestGroup) return { type: 'group', construct };
  if (construct instanceof HelmRelease) return { type: 'release', construct };
  if (construct instanceof VaultObject) return { type: 'vault', construct };
  return construct instanceof HostFile ? { type: 'host-file', construct } : undefined;
}

function isWithin(construct: IConstruct, ancestor: IConstruct): boolean {
  return construct.node.scopes.includes(ancestor);
}

function circle(trail: readonly IConstruct[]): ProblemError {
  const last = trail.at(-1);
  const names = trail.slice(trail.findIndex((construct) => construct === last)).map(({ node }) => node.path);
  return new ProblemError([
    {
      code: 'PL002',
      path: last?.node.path ?? '',
      given: `a circle of dependencies: ${names.join(' -> ')}`,
      expected: 'dependencies that end',
      remedy: 'remove one of them',
    },
  ]);
}
