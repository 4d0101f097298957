import type { Manifest } from '../../../constructs/core/manifest';

/**
 * Pulumi's type token of a Kubernetes kind: `kubernetes:core/v1:Namespace`, `kubernetes:apps/v1:Deployment`. The core
 * group is spelled out: under `kubernetes:v1:Namespace` the provider does not know its own kinds.
 */
export function kubernetesToken(apiVersion: string, kind: string): string {
  return `kubernetes:${apiVersion.includes('/') ? apiVersion : `core/${apiVersion}`}:${kind}`;
}

/**
 * Pulumi's type token of an object. What Kubernetes makes by itself is there before anybody can make it, and a creation would
 * be refused: the plugin's patch resources take what they are given into the object that is there, and make it where it is not.
 */
export function tokenOf(object: Manifest): string {
  const token = kubernetesToken(object.apiVersion, object.kind);
  return isByKubernetes(object) ? `${token}Patch` : token;
}

/** What Kubernetes makes by itself in every namespace, so that whoever wants to say something about it finds it there. */
export function isByKubernetes({ apiVersion, kind, metadata }: Manifest): boolean {
  return apiVersion === 'v1' && kind === 'ServiceAccount' && metadata.name === 'default';
}

/** A kind whatever its version, as the tables of this sink name it: `Namespace.core`, `ClusterQueue.kueue.x-k8s.io`. */
export function kindKey(apiVersion: string, kind: string): string {
  const slash = apiVersion.indexOf('/');
  return `${kind}.${slash < 0 ? 'core' : apiVersion.slice(0, slash)}`;
}
