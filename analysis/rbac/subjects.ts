import { stringAt } from '../../constructs/core/json';
import { LABEL } from '../../constructs/core/labels';
import type { Manifest } from '../../constructs/core/manifest';

/**
 * One thing a request can be recognized by: a user name or a group. A service account is the user
 * `system:serviceaccount:<namespace>:<name>`, however a binding spells it.
 */
export type Token = `User ${string}` | `Group ${string}`;

/** Who owns each namespace; a namespace that no tenant owns is the platform's. */
export type Owners = ReadonlyMap<string, string>;

/** What everybody is, tenants of the future and strangers included. */
export const EVERYONE: readonly Token[] = [
  'Group system:unauthenticated',
  'User system:anonymous',
  'Group system:authenticated',
  'Group system:serviceaccounts',
];

/** Groups of the platform's own people; a tenant's file cannot name them. */
const PLATFORM_GROUP = /^(oidc:)?(drun-platform|system[:-]|kubeadm:)/;

/** Maps tenant namespaces to tenants: by the label on the Namespace, and by that of its content where it is missing. */
export function namespaceOwners(objects: readonly Manifest[]): Owners {
  const owners = new Map<string, string>();
  const declared = new Set<string>();
  for (const object of objects) {
    if (object.kind !== 'Namespace' || object.apiVersion !== 'v1') continue;
    declared.add(object.metadata.name);
    const tenant = stringAt(object, 'metadata', 'labels', LABEL.tenant);
    if (tenant !== undefined) owners.set(object.metadata.name, tenant);
  }
  for (const object of objects) {
    const { namespace } = object.metadata;
    const tenant = stringAt(object, 'metadata', 'labels', LABEL.tenant);
    if (namespace === undefined || tenant === undefined || declared.has(namespace)) continue;
    owners.set(namespace, tenant);
  }
  return owners;
}

/** The token of a subject in a binding; undefined where the API server would refuse the subject. */
export function subjectToken(subject: unknown, bindingNamespace: string | undefined): Token | undefined {
  const name = stringAt(subject, 'name');
  if (name === undefined) return undefined;
  switch (stringAt(subject, 'kind')) {
    case 'User':
      return `User ${name}`;
    case 'Group':
      return `Group ${name}`;
    case 'ServiceAccount':
      return serviceAccountToken(stringAt(subject, 'namespace') ?? bindingNamespace ?? '', name);
    default:
      return undefined;
  }
}

/** The token of one service account. */
export function serviceAccountToken(namespace: string, name: string): Token {
  return `User system:serviceaccount:${namespace}:${name}`;
}

/** The token that every service account of a namespace has, those included that nobody has made yet. */
export function namespaceToken(namespace: string): Token {
  return `Group system:serviceaccounts:${namespace}`;
}

/** The namespace whose service account, or all of them, the token stands for. */
export function tokenNamespace(token: Token): string | undefined {
  return (
    /^User system:serviceaccount:([^:]+):/.exec(token)?.[1] ?? /^Group system:serviceaccounts:(.+)$/.exec(token)?.[1]
  );
}

/** Whether the token is a person or group that is neither Kubernetes' own nor the platform's. */
export function isPerson(token: Token): boolean {
  const name = token.slice(token.indexOf(' ') + 1);
  return !PLATFORM_GROUP.test(name) && name !== '';
}

/** `ServiceAccount acme-train/workload`, `Group oidc:acme-dev`: how a token is said in a chain. */
export function tokenText(token: Token): string {
  const account = /^User system:serviceaccount:([^:]+):(.+)$/.exec(token);
  if (account !== null) return `ServiceAccount ${account[1]}/${account[2]}`;
  const namespace = tokenNamespace(token);
  return namespace === undefined ? token : `every ServiceAccount of ${namespace}`;
}
