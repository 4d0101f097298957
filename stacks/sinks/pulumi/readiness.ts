import type { Manifest } from '../../../constructs/core/manifest';
import { kindKey } from './token';

/** When a resource counts as ready: once conditions hold, or as soon as the API server took it. */
export type Readiness = { readonly waitFor: readonly string[] } | { readonly skipAwait: true };

/**
 * Readiness by kind, for kinds that the provider does not know how to wait for, or waits for in vain. It is a matter of
 * this sink: the tree and the YAML do not carry it. Conditions are in the words of the provider's annotation
 * `pulumi.com/waitFor`: `condition=Type`, or `jsonpath={...}` with or without a value.
 */
const READINESS: Readonly<Record<string, Readiness>> = {
  'Namespace.core': { waitFor: ['jsonpath={.status.phase}=Active'] },
  'CustomResourceDefinition.apiextensions.k8s.io': { waitFor: ['condition=Established'] },
  'ValidatingAdmissionPolicy.admissionregistration.k8s.io': { waitFor: ['jsonpath={.status.observedGeneration}'] },
  'Gateway.gateway.networking.k8s.io': { waitFor: ['condition=Programmed'] },
  'ClusterQueue.kueue.x-k8s.io': { waitFor: ['condition=Active'] },
  'LocalQueue.kueue.x-k8s.io': { waitFor: ['condition=Active'] },
  'ClusterIssuer.cert-manager.io': { waitFor: ['condition=Ready'] },
  'Certificate.cert-manager.io': { waitFor: ['condition=Ready'] },
  // A quota that nobody has counted yet refuses by itself: waiting for the count makes nothing safer.
  'ResourceQuota.core': { skipAwait: true },
  // Each stands in front of a Deployment that is waited for; its endpoints follow from that.
  'Service.core': { skipAwait: true },
  // The provider waits for token secrets, which clusters no longer make.
  'ServiceAccount.core': { skipAwait: true },
};

/** Annotations with which Pulumi reads when a resource is ready; their prefix is kept for them alone. */
export const READINESS_PREFIX = 'pulumi.com/';

/** When an object of that kind counts as ready; undefined leaves it to whoever deploys. */
export function readinessOf({ apiVersion, kind }: Manifest): Readiness | undefined {
  return READINESS[kindKey(apiVersion, kind)];
}

/** The object as Pulumi gets it: with the annotations that say when it is ready. */
export function withReadiness(object: Manifest): Manifest {
  const readiness = readinessOf(object);
  if (readiness === undefined) return object;
  const said =
    'waitFor' in readiness
      ? { 'pulumi.com/waitFor': JSON.stringify(readiness.waitFor) }
      : { 'pulumi.com/skipAwait': 'true' };
  return { ...object, metadata: { ...object.metadata, annotations: { ...object.metadata.annotations, ...said } } };
}
