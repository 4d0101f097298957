import type { IConstruct } from 'constructs';
import type { HelmReleaseProps } from '../../../constructs/core/helm-release';
import { type Leaf, leavesOf, manifestsOf } from '../../../constructs/core/leaves';
import type { Manifest } from '../../../constructs/core/manifest';
import { withReadiness } from './readiness';
import { STATEFUL } from './stateful';
import { kindKey, kubernetesToken } from './token';

/** One resource as it will be registered: plain data, so that it can be hashed, compared and tested without an engine. */
export interface Registration {
  /** Unique within a stack; what `dependsOn` and `inside` refer to. */
  readonly id: string;
  /** Pulumi name: the construct's path, and for one of a group's objects its kind and name after it. */
  readonly name: string;
  readonly token: string;
  readonly plugin: 'kubernetes' | 'vault';
  readonly inputs: object;
  /** Resources of the same layer that come first: the tree's edges, and the namespace. */
  readonly dependsOn: readonly string[];
  /** The namespace with which the resource goes: nothing need be deleted one by one inside a namespace that is deleted. */
  readonly inside?: string;
  readonly protect: boolean;
  readonly retainOnDelete: boolean;
}

/** Resources of a layer, and the construct paths of Vault leaves that no configured Vault takes. */
export interface LayerRegistrations {
  readonly registrations: readonly Registration[];
  readonly leftOut: readonly string[];
}

/** What decides which of a layer's leaves are registered, and how. */
export interface RegistrationOptions {
  /** Whether Vault leaves have a Vault to go to. */
  readonly vault: boolean;
  /** Whether stateful kinds are held; false lets a tenant be off-boarded. */
  readonly protect: boolean;
}

/** The resources below a construct in order; each depends on earlier ones only. */
export function registrationsOf(root: IConstruct, options: RegistrationOptions): LayerRegistrations {
  const leaves = leavesOf(root).filter(({ type }) => type !== 'host-file');
  const leftOut = options.vault ? [] : leaves.filter(({ type }) => type === 'vault');
  const idsOf = new Map<IConstruct, readonly string[]>();
  const namespaces = new Map<string, string>();
  const registrations: Registration[] = [];
  for (const leaf of leaves) {
    if (leftOut.includes(leaf)) continue;
    const first = edgesOf(leaf.construct, root, idsOf);
    const drafts = draftsOf(leaf);
    idsOf.set(leaf.construct, drafts.map(idOf));
    for (const draft of drafts) {
      const inside = draft.namespace === undefined ? undefined : namespaces.get(draft.namespace);
      registrations.push(registrationOf(draft, first, inside, options.protect));
      if (draft.defines !== undefined) namespaces.set(draft.defines, idOf(draft));
    }
  }
  return { registrations, leftOut: leftOut.map(({ construct }) => construct.node.path) };
}

/** A resource before anybody knows what comes before it. */
interface Draft extends Pick<Registration, 'name' | 'token' | 'plugin' | 'inputs'> {
  /** Row of the table of stateful kinds. */
  readonly kind: string;
  readonly namespace?: string | undefined;
  /** Name of the namespace that this resource is. */
  readonly defines?: string;
}

function draftsOf(leaf: Leaf): readonly Draft[] {
  const { path } = leaf.construct.node;
  switch (leaf.type) {
    case 'object':
      return manifestsOf(leaf).map((object) => objectDraft(path, object));
    case 'group':
      return manifestsOf(leaf).map((object) => objectDraft(`${path}/${nameInGroup(object)}`, object));
    case 'release':
      return [releaseDraft(path, leaf.construct.release)];
    case 'vault': {
      const { type, args } = leaf.construct.object;
      return [{ name: path, token: type, plugin: 'vault', inputs: args, kind: type }];
    }
    case 'host-file':
      return [];
  }
}

function nameInGroup({ kind, metadata: { namespace, name } }: Manifest): string {
  return [kind, namespace, name].filter((part) => part !== undefined).join('/');
}

function objectDraft(name: string, object: Manifest): Draft {
  const { apiVersion, kind, metadata } = object;
  return {
    name,
    token: kubernetesToken(apiVersion, kind),
    plugin: 'kubernetes',
    inputs: withReadiness(object),
    kind: kindKey(apiVersion, kind),
    namespace: metadata.namespace,
    ...(apiVersion === 'v1' && kind === 'Namespace' ? { defines: metadata.name } : {}),
  };
}

/** A release is awaited, so that the definitions of its kinds are there for the next layer; its namespace is ours. */
function releaseDraft(path: string, { name, namespace, repo, chart, version, values }: HelmReleaseProps): Draft {
  const oci = repo.startsWith('oci://');
  return {
    name: path,
    token: kubernetesToken('helm.sh/v3', 'Release'),
    plugin: 'kubernetes',
    inputs: {
      name,
      namespace,
      chart: oci ? `${repo}/${chart}` : chart,
      ...(oci ? {} : { repositoryOpts: { repo } }),
      version,
      createNamespace: false,
      skipAwait: false,
      ...(values === undefined ? {} : { values }),
    },
    kind: kindKey('helm.sh/v3', 'Release'),
    namespace,
  };
}

function registrationOf(
  draft: Draft,
  first: readonly string[],
  inside: string | undefined,
  held: boolean,
): Registration {
  const { name, token, plugin, inputs, kind } = draft;
  const stateful = STATEFUL[kind];
  return {
    id: idOf(draft),
    name,
    token,
    plugin,
    inputs,
    dependsOn: inside === undefined || first.includes(inside) ? first : [...first, inside],
    // A release is uninstalled by Helm, which would not know that its namespace went.
    ...(inside === undefined || token.endsWith(':Release') ? {} : { inside }),
    protect: held && stateful?.protect === true,
    retainOnDelete: stateful?.retainOnDelete === true,
  };
}

/** Two kinds of a group may share a name, so a name alone is not enough; a URN is made of both as well. */
function idOf({ token, name }: Pick<Registration, 'token' | 'name'>): string {
  return `${token} ${name}`;
}

/** What a leaf's own dependencies and those of the constructs around it come down to. */
function edgesOf(
  leaf: IConstruct,
  root: IConstruct,
  idsOf: ReadonlyMap<IConstruct, readonly string[]>,
): readonly string[] {
  const within = leaf.node.scopes.slice(root.node.scopes.length - 1);
  const before = within.flatMap(({ node }) => node.dependencies).filter((other) => !leaf.node.scopes.includes(other));
  return [...new Set(before.flatMap(({ node }) => node.findAll().flatMap((one) => idsOf.get(one) ?? [])))];
}
