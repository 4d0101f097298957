import type { HelmReleaseProps } from '../../../constructs/core/helm-release';
import type { JsonObject } from '../../../constructs/core/json';
import type { DeliveredRegion, DeliveryFile } from './delivery';

/**
 * The charts of a region as a helmfile, for people who apply the YAML by hand: the layers' files up to the charts' layer,
 * `helmfile apply`, the rest. Each release waits until it runs, and for the one before it.
 */
export function helmfile({ region, layers }: DeliveredRegion): readonly DeliveryFile[] {
  const releases = layers.flatMap((layer) => layer.releases);
  if (releases.length === 0) return [];
  const repositories = releases.filter(({ repo }) => !isOci(repo)).map(({ name, repo }) => ({ name, url: repo }));
  const document = {
    helmDefaults: { wait: true, waitForJobs: true, createNamespace: false, cleanupOnFail: true, timeout: 600 },
    ...(repositories.length === 0 ? {} : { repositories }),
    releases: releases.map((release, i) => releaseOf(release, releases[i - 1])),
  };
  return [{ path: `${region}/helmfile.yaml`, documents: [document] }];
}

function releaseOf(
  { name, namespace, repo, chart, version, values }: HelmReleaseProps,
  previous: HelmReleaseProps | undefined,
): JsonObject {
  return {
    name,
    namespace,
    chart: `${isOci(repo) ? repo : name}/${chart}`,
    version,
    ...(previous === undefined ? {} : { needs: [`${previous.namespace}/${previous.name}`] }),
    ...(values === undefined ? {} : { values: [values] }),
  };
}

function isOci(repo: string): boolean {
  return repo.startsWith('oci://');
}
