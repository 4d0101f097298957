/** How the deletion of a resource is held back. */
export interface Durability {
  /** Pulumi refuses an update that would delete or replace the resource, before it deletes anything. */
  readonly protect: boolean;
  /** What is let go by the state stays in the cluster. */
  readonly retainOnDelete: boolean;
  readonly because: string;
}

/**
 * Kinds whose deletion takes with it what no update brings back. A namespace is protected but never retained: a namespace
 * that stays while its policies go is an open one. Left out on purpose: StorageClass, because volumes outlive it and its
 * parameters can only be changed by replacing it; policies and quotas, because they come back as they were.
 */
export const STATEFUL: Readonly<Record<string, Durability>> = {
  'Namespace.core': hold('everything in it goes with it, volumes and secrets included'),
  'PersistentVolume.core': keep('it is the data'),
  'PersistentVolumeClaim.core': keep('its volume may be deleted with it'),
  'CustomResourceDefinition.apiextensions.k8s.io': hold('every object of the kind goes with it, in all namespaces'),
  'Release.helm.sh': hold('charts carry definitions, and every object of their kinds goes with them'),
  'vault:index/mount:Mount': hold('every secret and key below the path goes with it'),
  'vault:index/authBackend:AuthBackend': hold('every role and every login made through it goes with it'),
};

function hold(because: string): Durability {
  return { protect: true, retainOnDelete: false, because };
}

function keep(because: string): Durability {
  return { protect: true, retainOnDelete: true, because };
}
