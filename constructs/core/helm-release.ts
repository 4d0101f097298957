import { Construct } from 'constructs';
import type { JsonObject } from './json';

/** A chart whose bytes nothing pins, for a while and with a reason. */
export interface UnpinnedChart {
  readonly unpinned: { readonly because: string; readonly owner: string; readonly expires: string };
}

/** How the bytes of a chart are known: by digest, or, for a while and with a reason, not. */
export type ChartDigest = { readonly sha256: string } | UnpinnedChart;

/**
 * Where a chart comes from. Only a registry gives out charts by digest (that of the manifest, as `helm push` prints it): of
 * a repository behind `https://` Helm checks signatures at most, so a digest there would be one that nobody looks at. Copy
 * such a chart to a registry to pin it.
 */
export type ChartSource =
  | { readonly repo: `oci://${string}`; readonly digest: ChartDigest }
  | { readonly repo: `https://${string}`; readonly digest: UnpinnedChart };

/** A third-party controller, installed from its official chart. */
export type HelmReleaseProps = ChartSource & {
  readonly name: string;
  readonly namespace: string;
  readonly chart: string;
  /** Exact chart version. */
  readonly version: string;
  /** @default - the chart's own values */
  readonly values?: JsonObject;
};

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
