import { ApiObject } from 'cdk8s';
import type { k8s } from 'cdk8s-plus-28';
import type { Construct } from 'constructs';

/** Name, namespace, labels and annotations of an object; names are always explicit, never generated. */
export interface ManifestMetadata {
  readonly name: string;
  readonly namespace?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** One Kubernetes object as plain data, exactly as it will be written and sent. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ManifestMetadata;
}

/**
 * The API's own interface with the generated wrapper classes (`IntOrString`, `Quantity`) taken off,
 * so that a manifest stays a literal that looks like the manifest.
 */
export type Plain<T> = T extends Date
  ? string
  : T extends readonly (infer U)[]
    ? readonly Plain<U>[]
    : T extends object
      ? 'value' extends keyof T
        ? Exclude<keyof T, 'value'> extends never
          ? string | number
          : PlainFields<T>
        : PlainFields<T>
      : T;

type PlainFields<T> = { readonly [K in keyof T]: Plain<T[K]> };

/** Adds `apiVersion`, `kind` and explicit metadata to the fields of an API type. */
export type Typed<V extends string, K extends string, Fields> = {
  readonly apiVersion: V;
  readonly kind: K;
  readonly metadata: ManifestMetadata;
} & Omit<Plain<Fields>, 'metadata' | 'apiVersion' | 'kind'>;

/** A Kubernetes Namespace as a literal, typed by the API. */
export type Namespace = Typed<'v1', 'Namespace', k8s.KubeNamespaceProps>;
/** A Kubernetes ServiceAccount as a literal, typed by the API. */
export type ServiceAccount = Typed<'v1', 'ServiceAccount', k8s.KubeServiceAccountProps>;
/** A Kubernetes ResourceQuota as a literal, typed by the API. */
export type ResourceQuota = Typed<'v1', 'ResourceQuota', k8s.KubeResourceQuotaProps>;
/** A Kubernetes LimitRange as a literal, typed by the API. */
export type LimitRange = Typed<'v1', 'LimitRange', k8s.KubeLimitRangeProps>;
/** A Kubernetes NetworkPolicy as a literal, typed by the API. */
export type NetworkPolicy = Typed<'networking.k8s.io/v1', 'NetworkPolicy', k8s.KubeNetworkPolicyProps>;
/** A Kubernetes ClusterRole as a literal, typed by the API. */
export type ClusterRole = Typed<'rbac.authorization.k8s.io/v1', 'ClusterRole', k8s.KubeClusterRoleProps>;
/** A Kubernetes ClusterRoleBinding as a literal, typed by the API. */
export type ClusterRoleBinding = Typed<
  'rbac.authorization.k8s.io/v1',
  'ClusterRoleBinding',
  k8s.KubeClusterRoleBindingProps
>;
/** A Kubernetes Role as a literal, typed by the API. */
export type Role = Typed<'rbac.authorization.k8s.io/v1', 'Role', k8s.KubeRoleProps>;
/** A Kubernetes RoleBinding as a literal, typed by the API. */
export type RoleBinding = Typed<'rbac.authorization.k8s.io/v1', 'RoleBinding', k8s.KubeRoleBindingProps>;
/** A Kubernetes PriorityClass as a literal, typed by the API. */
export type PriorityClass = Typed<'scheduling.k8s.io/v1', 'PriorityClass', k8s.KubePriorityClassProps>;
/** A Kubernetes RuntimeClass as a literal, typed by the API. */
export type RuntimeClass = Typed<'node.k8s.io/v1', 'RuntimeClass', k8s.KubeRuntimeClassProps>;
/** A Kubernetes StorageClass as a literal, typed by the API. */
export type StorageClass = Typed<'storage.k8s.io/v1', 'StorageClass', k8s.KubeStorageClassProps>;

/** Places one object in the tree, under the given construct id, as it is. */
export function manifest<T extends Manifest>(scope: Construct, id: string, object: T): ApiObject {
  return new ApiObject(scope, id, object);
}

/**
 * What an object is to the API server: group, kind, namespace and name. Two objects of one cluster may not share it.
 * The version is left out, because `v1` and `v1beta1` of a kind are the same stored object.
 */
export function objectKey(object: Manifest): string {
  const slash = object.apiVersion.indexOf('/');
  const group = slash < 0 ? '' : object.apiVersion.slice(0, slash);
  return `${group}/${object.kind}/${object.metadata.namespace ?? ''}/${object.metadata.name}`;
}

/** How people name an object: `NetworkPolicy acme-train/default-deny`. */
export function objectLabel(object: Manifest): string {
  const { namespace, name } = object.metadata;
  return `${object.kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;
}
