import type { HelmReleaseProps } from '../../../constructs/core/helm-release';
import type { JsonObject } from '../../../constructs/core/json';
import type { DeliveredLayer, DeliveredRegion, DeliveryFile, PulledDelivery } from './delivery';
import { DELIVERY_LABELS } from './labels';

const NAMESPACE = 'argocd';
const PROJECT = 'drun';
const SERVER = 'https://kubernetes.default.svc';

/**
 * What holds for every Application: the server merges, a kind whose definition another wave brings is no failure, what goes
 * goes last and after a person's word. Confirmation is Argo CD's form of Pulumi's `protect`.
 */
const SYNC_OPTIONS = [
  'ApplyOutOfSyncOnly=true',
  'CreateNamespace=false',
  'FailOnSharedResource=true',
  'PruneLast=true',
  'Prune=confirm',
  'Delete=confirm',
  'ServerSideApply=true',
  'SkipDryRunOnMissingResource=true',
];

/**
 * A region for Argo CD: `gitops/root/applications.yaml` is applied once by hand and from then on keeps itself, an
 * Application for each layer and chart in the wave of its layer, and one for the folder of tenants. A wave waits for the
 * health of Applications only where `argocd-cm` assesses them (`resource.customizations.health.argoproj.io_Application`);
 * without that, later waves are tried again until the earlier ones have landed. Field names are those of Argo CD 3.6.
 */
export function argocdFiles(delivery: PulledDelivery, landing: DeliveredRegion): readonly DeliveryFile[] {
  const { region, layers, tenants } = landing;
  const folder = `${delivery.path}/${region}`;
  const waves = layers.flatMap((layer, wave) => layerApplications(delivery, folder, layer, wave));
  const people = tenants
    ? [application('drun-tenants', layers.length, directory(delivery, `${folder}/tenants`, { recurse: true }))]
    : [];
  const root = application('drun-root', 0, directory(delivery, `${folder}/gitops/root`, { recurse: false }));
  return [
    {
      path: `${region}/gitops/root/applications.yaml`,
      documents: [project(delivery, layers), root, ...waves, ...people],
    },
  ];
}

function layerApplications(
  delivery: PulledDelivery,
  folder: string,
  { name, file, releases }: DeliveredLayer,
  wave: number,
): readonly JsonObject[] {
  const objects =
    file === undefined
      ? []
      : [
          application(
            `drun-${name}`,
            wave,
            directory(delivery, folder, { recurse: false, include: file.slice(file.lastIndexOf('/') + 1) }),
          ),
        ];
  return [
    ...objects,
    ...releases.map((release) => application(release.name, wave, chartSource(release), release.namespace)),
  ];
}

/** The project bounds what the Applications may read; they may write everything, because they are the platform. */
function project({ repository }: PulledDelivery, layers: readonly DeliveredLayer[]): JsonObject {
  const charts = layers.flatMap(({ releases }) => releases.map(chartRepository));
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'AppProject',
    metadata: {
      name: PROJECT,
      namespace: NAMESPACE,
      labels: DELIVERY_LABELS,
      annotations: { 'argocd.argoproj.io/sync-wave': '-1' },
    },
    spec: {
      description: 'the platform and its tenants',
      sourceRepos: [...new Set([repository, ...charts])].sort(),
      destinations: [{ server: SERVER, namespace: '*' }],
      clusterResourceWhitelist: [{ group: '*', kind: '*' }],
    },
  };
}

function directory({ repository, branch }: PulledDelivery, path: string, how: JsonObject): JsonObject {
  return { repoURL: repository, targetRevision: branch, path, directory: how };
}

function chartSource(release: HelmReleaseProps): JsonObject {
  const { name, chart, version, values } = release;
  const helm = { releaseName: name, ...(values === undefined ? {} : { valuesObject: values }) };
  return { repoURL: chartRepository(release), chart, targetRevision: version, helm };
}

/** Argo CD writes OCI registries of Helm charts without their scheme. */
function chartRepository({ repo }: HelmReleaseProps): string {
  return repo.replace(/^oci:\/\//, '');
}

function application(name: string, wave: number, source: JsonObject, namespace: string = NAMESPACE): JsonObject {
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: {
      name,
      namespace: NAMESPACE,
      labels: DELIVERY_LABELS,
      annotations: { 'argocd.argoproj.io/sync-wave': String(wave) },
    },
    spec: {
      project: PROJECT,
      source,
      destination: { server: SERVER, namespace },
      syncPolicy: {
        automated: { prune: true, selfHeal: true },
        syncOptions: SYNC_OPTIONS,
        retry: { limit: 20, backoff: { duration: '10s', factor: 2, maxDuration: '5m' } },
      },
    },
  };
}
