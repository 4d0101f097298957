/**
 * Pulumi's type token of a Kubernetes kind: `kubernetes:core/v1:Namespace`, `kubernetes:apps/v1:Deployment`. The core
 * group is spelled out: under `kubernetes:v1:Namespace` the provider does not know its own kinds.
 */
export function kubernetesToken(apiVersion: string, kind: string): string {
  return `kubernetes:${apiVersion.includes('/') ? apiVersion : `core/${apiVersion}`}:${kind}`;
}

/** A kind whatever its version, as the tables of this sink name it: `Namespace.core`, `ClusterQueue.kueue.x-k8s.io`. */
export function kindKey(apiVersion: string, kind: string): string {
  const slash = apiVersion.indexOf('/');
  return `${kind}.${slash < 0 ? 'core' : apiVersion.slice(0, slash)}`;
}
