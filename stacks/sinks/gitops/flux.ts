import type { HelmReleaseProps } from '../../../constructs/core/helm-release';
import type { JsonObject } from '../../../constructs/core/json';
import type { DeliveredLayer, DeliveredRegion, DeliveryFile, PulledDelivery } from './delivery';
import { DELIVERY_LABELS } from './labels';

const NAMESPACE = 'flux-system';
const SOURCE = 'drun';

/**
 * A region for Flux: `gitops/root/sync.yaml` is applied once by hand and from then on keeps itself, a Kustomization for
 * each layer that waits for the one before, and one for the folder of tenants. Field names are those of Flux 2.9
 * (source.toolkit.fluxcd.io/v1, kustomize.toolkit.fluxcd.io/v1, helm.toolkit.fluxcd.io/v2).
 */
export function fluxFiles(
  delivery: PulledDelivery,
  { region, layers, tenants }: DeliveredRegion,
): readonly DeliveryFile[] {
  const root = `${region}/gitops/root`;
  const chain = layers.map((layer, i) => {
    const path = `${region}/gitops/layers/${layer.label}`;
    return { layer, path, sync: layerSync(layer.name, `./${delivery.path}/${path}`, layers[i - 1]?.name) };
  });
  const people = tenants ? [tenantSync(`./${delivery.path}/${region}/tenants`, layers.at(-1)?.name)] : [];
  const sync = [
    gitRepository(delivery),
    rootSync(`./${delivery.path}/${root}`),
    ...chain.map((one) => one.sync),
    ...people,
  ];
  return [
    { path: `${root}/sync.yaml`, documents: sync },
    ...chain.flatMap(({ layer, path }) => layerFiles(layer, path)),
  ];
}

function gitRepository({ repository, branch }: PulledDelivery): JsonObject {
  return {
    apiVersion: 'source.toolkit.fluxcd.io/v1',
    kind: 'GitRepository',
    metadata: metadata(SOURCE),
    spec: {
      interval: '1m',
      url: repository,
      ref: { branch },
      // Git over ssh needs a key; the secret is put there with Flux, and never by this project.
      ...(repository.startsWith('ssh://') ? { secretRef: { name: 'drun-repository' } } : {}),
    },
  };
}

/** The root carries itself: it must not wait for what it carries, or it would wait for itself. */
function rootSync(path: string): JsonObject {
  return kustomization('drun-root', { path, timeout: '5m', wait: false, deletionPolicy: 'Orphan' });
}

/** Deleting a layer's Kustomization, or the root's, deletes nothing in the cluster: only what a commit removes goes. */
function layerSync(name: string, path: string, previous: string | undefined): JsonObject {
  return kustomization(`drun-${name}`, { path, timeout: '15m', deletionPolicy: 'Orphan', ...after(previous) });
}

/**
 * A tenant whose file is removed goes as a whole, namespaces too: a namespace that stays while its policies go is an open
 * one. With the last tenant of a region this object goes, and takes what is left along.
 */
function tenantSync(path: string, previous: string | undefined): JsonObject {
  return kustomization('drun-tenants', { path, timeout: '15m', deletionPolicy: 'MirrorPrune', ...after(previous) });
}

function after(previous: string | undefined): JsonObject {
  return previous === undefined ? {} : { dependsOn: [{ name: `drun-${previous}` }] };
}

function kustomization(name: string, spec: JsonObject): JsonObject {
  return {
    apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
    kind: 'Kustomization',
    metadata: metadata(name),
    spec: {
      interval: '10m',
      retryInterval: '1m',
      sourceRef: { kind: 'GitRepository', name: SOURCE },
      prune: true,
      wait: true,
      ...spec,
    },
  };
}

/** The layer's own folder: its objects by reference, so that the YAML is the same for every delivery, and its charts. */
function layerFiles({ file, releases }: DeliveredLayer, path: string): readonly DeliveryFile[] {
  const objects = file === undefined ? [] : [`../../../${file.slice(file.indexOf('/') + 1)}`];
  const resources = releases.length === 0 ? objects : [...objects, 'releases.yaml'];
  const overlay = { apiVersion: 'kustomize.config.k8s.io/v1beta1', kind: 'Kustomization', resources };
  const charts = releases.flatMap((release) => [chartSource(release), helmRelease(release)]);
  return [
    { path: `${path}/kustomization.yaml`, documents: [overlay] },
    ...(charts.length === 0 ? [] : [{ path: `${path}/releases.yaml`, documents: charts }]),
  ];
}

function chartSource({ name, repo, chart, version, digest }: HelmReleaseProps): JsonObject {
  const api = { apiVersion: 'source.toolkit.fluxcd.io/v1', metadata: metadata(name) };
  if (!repo.startsWith('oci://')) return { ...api, kind: 'HelmRepository', spec: { interval: '1h', url: repo } };
  const ref = 'sha256' in digest ? { digest: `sha256:${digest.sha256}` } : { tag: version };
  const layerSelector = { mediaType: 'application/vnd.cncf.helm.chart.content.v1.tar+gzip', operation: 'copy' };
  return { ...api, kind: 'OCIRepository', spec: { interval: '1h', url: `${repo}/${chart}`, ref, layerSelector } };
}

function helmRelease({ name, namespace, repo, chart, version, values }: HelmReleaseProps): JsonObject {
  const from = repo.startsWith('oci://')
    ? { chartRef: { kind: 'OCIRepository', name } }
    : { chart: { spec: { chart, version, interval: '1h', sourceRef: { kind: 'HelmRepository', name } } } };
  return {
    apiVersion: 'helm.toolkit.fluxcd.io/v2',
    kind: 'HelmRelease',
    metadata: metadata(name),
    spec: {
      interval: '1h',
      timeout: '10m',
      releaseName: name,
      targetNamespace: namespace,
      storageNamespace: namespace,
      ...from,
      install: { crds: 'Create', createNamespace: false, remediation: { retries: 3 } },
      upgrade: { crds: 'CreateReplace', cleanupOnFail: true, remediation: { retries: 3 } },
      driftDetection: { mode: 'enabled' },
      ...(values === undefined ? {} : { values }),
    },
  };
}

function metadata(name: string): JsonObject {
  return { name, namespace: NAMESPACE, labels: DELIVERY_LABELS };
}
