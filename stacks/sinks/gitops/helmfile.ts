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
  const repositories = repositoriesOf(releases);
  const document = {
    helmDefaults: { wait: true, waitForJobs: true, createNamespace: false, cleanupOnFail: true, timeout: 600 },
    ...(repositories.length === 0 ? {} : { repositories: repositories.map(({ name, url }) => ({ name, url })) }),
    releases: releases.map((release, i) => releaseOf(release, releases[i - 1], repositories)),
  };
  return [{ path: `${region}/helmfile.yaml`, documents: [document] }];
}

interface Repository {
  readonly name: string;
  readonly url: string;
}

/** Each address once, under the name of the first release that is fetched from it. */
function repositoriesOf(releases: readonly HelmReleaseProps[]): readonly Repository[] {
  const fetched = releases.filter(({ repo }) => !isOci(repo));
  const urls = [...new Set(fetched.map(({ repo }) => repo))];
  return urls.map((url) => ({ name: fetched.find(({ repo }) => repo === url)?.name ?? url, url }));
}

function releaseOf(
  { name, namespace, repo, chart, version, values }: HelmReleaseProps,
  previous: HelmReleaseProps | undefined,
  repositories: readonly Repository[],
): JsonObject {
  return {
    name,
    namespace,
    chart: `${repositories.find(({ url }) => url === repo)?.name ?? repo}/${chart}`,
    version,
    ...(previous === undefined ? {} : { needs: [`${previous.namespace}/${previous.name}`] }),
    ...(values === undefined ? {} : { values: [values] }),
  };
}

function isOci(repo: string): boolean {
  return repo.startsWith('oci://');
}
