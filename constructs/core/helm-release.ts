import { Construct } from 'constructs';
import type { JsonObject } from './json';

/** How the bytes of a chart are known: by digest, or, for a while and with a reason, not. */
export type ChartDigest =
  | { readonly sha256: string }
  | { readonly unpinned: { readonly because: string; readonly owner: string; readonly expires: string } };

/** A third-party controller, installed from its official chart. */
export interface HelmReleaseProps {
  readonly name: string;
  readonly namespace: string;
  /** Repository address, `https://` or `oci://`. */
  readonly repo: string;
  readonly chart: string;
  /** Exact chart version. */
  readonly version: string;
  readonly digest: ChartDigest;
  /** @default - the chart's own values */
  readonly values?: JsonObject;
}

/**
 * A Helm release as a leaf of the tree. The Pulumi sink registers `helm.sh/v3:Release`; the YAML sink writes the Flux or
 * Argo CD object that installs the same chart.
 */
export class HelmRelease extends Construct {
  readonly release: HelmReleaseProps;

  constructor(scope: Construct, id: string, release: HelmReleaseProps) {
    super(scope, id);
    this.release = release;
  }
}

/** Places a chart release in the tree. */
export function helmRelease(scope: Construct, id: string, props: HelmReleaseProps): HelmRelease {
  return new HelmRelease(scope, id, props);
}
