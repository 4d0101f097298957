import type { HelmReleaseProps } from '../../../constructs/core/helm-release';
import type { JsonObject } from '../../../constructs/core/json';
import type { Environment } from '../../spec/environment';
import { argocdFiles } from './argocd';
import { fluxFiles } from './flux';
import { helmfile } from './helmfile';

/** A file beside the objects, and its documents. */
export interface DeliveryFile {
  /** Path below the output folder. */
  readonly path: string;
  readonly documents: readonly JsonObject[];
}

/** A platform layer of a region as the delivery sees it. */
export interface DeliveredLayer {
  readonly name: string;
  /** Place in the table of layers with the name: `04-network`. */
  readonly label: string;
  /** File of the layer's objects below the output folder; absent where it has none. */
  readonly file?: string;
  readonly releases: readonly HelmReleaseProps[];
}

/** One region as the delivery sees it. */
export interface DeliveredRegion {
  readonly region: string;
  /** The platform's layers in order. */
  readonly layers: readonly DeliveredLayer[];
  /** Whether the region has a folder of tenants. */
  readonly tenants: boolean;
}

/** What a cluster pulls from. */
export type PulledDelivery = Exclude<Environment['delivery'], { by: 'pulumi' }>;

/**
 * The files with which a region's objects and charts reach its cluster: objects of Flux or Argo CD, or, where Pulumi
 * pushes, a helmfile for people who apply the YAML themselves. Pure, and free of secrets: a private repository is named by
 * a reference to a secret that whoever installs Flux or Argo CD puts there.
 */
export function deliveryFiles({ delivery }: Environment, region: DeliveredRegion): readonly DeliveryFile[] {
  const landing = {
    ...region,
    layers: region.layers.filter(({ file, releases }) => file !== undefined || releases.length > 0),
  };
  switch (delivery.by) {
    case 'flux':
      return fluxFiles(delivery, landing);
    case 'argocd':
      return argocdFiles(delivery, landing);
    case 'pulumi':
      return helmfile(landing);
  }
}
