import type { IConstruct } from 'constructs';
import { TENANT_POLICY_API } from '../../../constructs/admission/tenant-policy';
import type { HelmReleaseProps } from '../../../constructs/core/helm-release';
import { type Leaf, leavesOf, manifestsOf, vaultObjectsOf } from '../../../constructs/core/leaves';
import type { Manifest } from '../../../constructs/core/manifest';
import { withIdentity } from '../../identity';
import { STATEFUL } from './stateful';
import { kindKey, kubernetesToken, tokenOf } from './token';

/** One resource as it will be registered: plain data, so that it can be hashed, compared and tested without an engine. */
export type Registration = ObjectRegistration | OtherRegistration;

/** A Kubernetes object, with the labels of its identity. */
export interface ObjectRegistration extends Registered {
  readonly type: 'object';
  readonly inputs: Manifest;
}

/** What is no object of a cluster's API: a chart's release, or an object of Vault. */
export interface OtherRegistration extends Registered {
  readonly type: 'release' | 'vault';
  readonly inputs: object;
}

interface Registered {
  /** Unique within a stack; what `dependsOn` and `inside` refer to. */
  readonly id: string;
  /** Pulumi name: the construct's path, and for one of a group's objects its kind and name after it. */
  readonly name: string;
  readonly token: string;
  /** Resources of the same layer that come first: the tree's edges, the namespace, and what its admission reads. */
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
  /** Name of the stack: it is part of every object's identity. */
  readonly stack: string;
  /** Whether Vault leaves have a Vault to go to. */
  readonly vault: boolean;
  /** Whether stateful kinds are held; false lets a tenant be off-boarded. */
  readonly protect: boolean;
}

/** The resources below a construct in order; each depends on earlier ones only. */
export function registrationsOf(root: IConstruct, options: RegistrationOptions): LayerRegistrations {
  const leaves = leavesOf(root).filter(({ type }) => type !== 'host-file');
  const leftOut = options.vault ? [] : leaves.flatMap(vaultObjectsOf).map(({ path }) => path);
  const idsOf = new Map<IConstruct, readonly string[]>();
  const namespaces = new Map<string, string>();
  const parameters = new Map<string, string>();
  const registrations: Registration[] = [];
  for (const leaf of leaves) {
    const first = edgesOf(leaf.construct, root, idsOf);
    const drafts = draftsOf(leaf, options);
    idsOf.set(leaf.construct, drafts.map(idOf));
    for (const draft of drafts) {
      const inside = draft.namespace === undefined ? undefined : namespaces.get(draft.namespace);
      const read = draft.namespace === undefined ? undefined : parameters.get(draft.namespace);
      const before = [...first, ...[inside, read].filter((id) => id !== undefined)];
      registrations.push(registrationOf(draft, [...new Set(before)], inside, options.protect));
      if (draft.defines !== undefined) namespaces.set(draft.defines, idOf(draft));
      if (draft.governs !== undefined) parameters.set(draft.governs, idOf(draft));
    }
  }
  return { registrations, leftOut };
}

/** A resource before anybody knows what comes before it. */
type Draft = DraftFields & (Pick<ObjectRegistration, 'type' | 'inputs'> | Pick<OtherRegistration, 'type' | 'inputs'>);

interface DraftFields extends Pick<Registered, 'name' | 'token'> {
  /** Row of the table of stateful kinds. */
  readonly kind: string;
  readonly namespace?: string | undefined;
  /** Name of the namespace that this resource is. */
  readonly defines?: string;
  /** Name of the namespace whose admission reads this resource: a write there is refused while it is missing. */
  readonly governs?: string | undefined;
}

function draftsOf(leaf: Leaf, { stack, vault }: RegistrationOptions): readonly Draft[] {
  const { path } = leaf.construct.node;
  switch (leaf.type) {
    case 'object':
      return manifestsOf(leaf).map((object) => objectDraft(path, object, stack));
    case 'group':
      return [
        ...(vault ? vaultDrafts(leaf) : []),
        ...governedFirst(manifestsOf(leaf)).map((object) =>
          objectDraft(`${path}/${nameInGroup(object)}`, object, stack),
        ),
      ];
    case 'release':
      return [releaseDraft(path, leaf.construct.release)];
    case 'vault':
      return vault ? vaultDrafts(leaf) : [];
    case 'host-file':
      return [];
  }
}

/** What a tenant's objects read from Vault is there before them. */
function vaultDrafts(leaf: Leaf): readonly Draft[] {
  return vaultObjectsOf(leaf).map(({ path, type, args }) => ({
    name: path,
    token: type,
    type: 'vault',
    inputs: args,
    kind: type,
  }));
}

function nameInGroup({ kind, metadata: { namespace, name } }: Manifest): string {
  return [kind, namespace, name].filter((part) => part !== undefined).join('/');
}

/** Namespaces, then what their admission reads, then the rest: while a parameter is missing every write is refused. */
function governedFirst(objects: readonly Manifest[]): readonly Manifest[] {
  const rank = (object: Manifest): number => (isNamespace(object) ? 0 : isParameter(object) ? 1 : 2);
  return [0, 1, 2].flatMap((place) => objects.filter((object) => rank(object) === place));
}

function isNamespace({ apiVersion, kind }: Manifest): boolean {
  return apiVersion === 'v1' && kind === 'Namespace';
}

function isParameter({ apiVersion, kind }: Manifest): boolean {
  return apiVersion === TENANT_POLICY_API && kind === 'TenantPolicy';
}

function objectDraft(name: string, object: Manifest, stack: string): Draft {
  const { apiVersion, kind, metadata } = object;
  const token = tokenOf(object);
  return {
    type: 'object',
    name,
    token,
    inputs: withIdentity(object, { stack, token, name }),
    kind: kindKey(apiVersion, kind),
    namespace: metadata.namespace,
    ...(isNamespace(object) ? { defines: metadata.name } : {}),
    ...(isParameter(object) ? { governs: metadata.namespace } : {}),
  };
}

/** A release is awaited, so that the definitions of its kinds are there for the next layer; its namespace is ours. */
function releaseDraft(path: string, { name, namespace, repo, chart, version, values }: HelmReleaseProps): Draft {
  const oci = repo.startsWith('oci://');
  return {
    name: path,
    type: 'release',
    token: kubernetesToken('helm.sh/v3', 'Release'),
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
  dependsOn: readonly string[],
  inside: string | undefined,
  held: boolean,
): Registration {
  const { name, token, kind } = draft;
  const stateful = STATEFUL[kind];
  const resource = {
    id: idOf(draft),
    name,
    token,
    dependsOn,
    // A release is uninstalled by Helm, which would not know that its namespace went.
    ...(inside === undefined || draft.type === 'release' ? {} : { inside }),
    protect: held && stateful?.protect === true,
    retainOnDelete: stateful?.retainOnDelete === true,
  };
  return draft.type === 'object'
    ? { ...resource, type: draft.type, inputs: draft.inputs }
    : { ...resource, type: draft.type, inputs: draft.inputs };
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
