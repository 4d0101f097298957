import { ApiObject } from 'cdk8s';
import type { IConstruct } from 'constructs';
import { HelmRelease } from './helm-release';
import { HostFile } from './host-file';
import type { Manifest } from './manifest';
import { ManifestGroup } from './manifest-group';
import { ProblemError } from './problem';
import { VaultObject, type VaultResourceData } from './vault-object';

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
  const state = new Map<IConstruct, 'open' | 'done'>([[root, 'open']]);
  // An explicit stack: a chain of dependencies may be longer than the call stack is deep.
  const stack: Visit[] = [visitOf(root, root)];
  for (let visit = stack.at(-1); visit !== undefined; visit = stack.at(-1)) {
    const step = visit.steps[visit.next];
    visit.next += 1;
    if (step === undefined) {
      state.set(visit.construct, 'done');
      stack.pop();
    } else if (step === visit.construct) {
      const leaf = leafOf(step);
      if (leaf !== undefined) leaves.push(leaf);
    } else if (state.get(step) === 'open') {
      throw circle(
        stack.map(({ construct }) => construct),
        step,
      );
    } else if (state.get(step) === undefined) {
      state.set(step, 'open');
      stack.push(visitOf(step, root));
    }
  }
  return leaves;
}

/** A construct on the way: what it needs first, itself, then what it holds. */
interface Visit {
  readonly construct: IConstruct;
  readonly steps: readonly IConstruct[];
  next: number;
}

function visitOf(construct: IConstruct, root: IConstruct): Visit {
  // A dependency outside this root belongs to another layer, whose order is the table of layers.
  const first = construct.node.dependencies.filter(
    (dependency) => isWithin(dependency, root) && !isWithin(construct, dependency),
  );
  return { construct, steps: [...first, construct, ...construct.node.children], next: 0 };
}

/** The Kubernetes objects of a leaf as plain data; none for leaves that are not Kubernetes objects. */
export function manifestsOf(leaf: Leaf): readonly Manifest[] {
  if (leaf.type === 'group') return leaf.construct.manifests();
  return leaf.type === 'object' ? [leaf.construct.toJson()] : [];
}

/** A Vault object with the path by which it is known: the construct's, and for one of a group its name after it. */
export interface VaultLeaf extends VaultResourceData {
  readonly path: string;
  /** Absent where it is the platform's own. */
  readonly tenant?: string;
}

/** The Vault objects of a leaf; none for leaves that say nothing to Vault. */
export function vaultObjectsOf(leaf: Leaf): readonly VaultLeaf[] {
  const { path } = leaf.construct.node;
  if (leaf.type === 'vault') return [{ path, ...leaf.construct.object }];
  if (leaf.type !== 'group') return [];
  return leaf.construct
    .vaultObjects()
    .map(({ name, tenant, type, args }) => ({ path: `${path}/vault/${name}`, tenant, type, args }));
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

function circle(before: readonly IConstruct[], last: IConstruct): ProblemError {
  const names = [...before.slice(before.indexOf(last)), last].map(({ node }) => node.path);
  return new ProblemError([
    {
      code: 'PL002',
      path: last.node.path,
      given: `a circle of dependencies: ${names.join(' -> ')}`,
      expected: 'dependencies that end',
      remedy: 'remove one of them',
    },
  ]);
}
