import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parse, parseAllDocuments } from 'yaml';
import { checkObjects } from '../../../../analysis/rules/engine';
import { CATALOG } from '../../../../charts/catalog';
import { clusterFactsSchema } from '../../../../constructs/core/cluster-facts';
import { isRecord, listAt, recordAt, stringAt } from '../../../../constructs/core/json';
import { controlPlaneValues } from '../../../../constructs/mesh/control-plane-values';
import { meshSchema } from '../../../../constructs/mesh/mesh-settings';
import { tenantsFolder } from '../../../../stacks/load';
import { type DeliveredRegion, deliveryFiles, type PulledDelivery } from '../../../../stacks/sinks/gitops/delivery';
import { defineEnvironment, type Environment } from '../../../../stacks/spec/environment';
import { synth } from '../../../../stacks/synth/synth';
import { TODAY } from '../../../support/recorded-stack';

const SOURCE = { repository: 'https://git.example/clusters', branch: 'main', path: 'clusters/test' };
/** Charts in the order of a region that stands alone; a control plane without values breaks rules. */
const RELEASES = [
  CATALOG.istioBase,
  { ...CATALOG.istiod, values: controlPlaneValues(meshSchema.parse({}), clusterFactsSchema.parse({})) },
  CATALOG.istioCni,
  CATALOG.ztunnel,
  CATALOG.kueue,
];
const REGION: DeliveredRegion = {
  region: 'eu',
  tenants: true,
  layers: [
    { name: 'foundation', label: '01-foundation', file: 'eu/01-foundation.yaml', releases: [] },
    { name: 'controllers', label: '02-controllers', releases: RELEASES },
    { name: 'admission', label: '03-admission', releases: [] },
    { name: 'network', label: '04-network', file: 'eu/04-network.yaml', releases: [] },
  ],
};

function environment(delivery: Environment['delivery']): Environment {
  return defineEnvironment({
    name: 'test',
    delivery,
    access: { issuer: 'https://id.example/realms/x' },
    regions: [{ name: 'eu', continent: 'europe' }],
  });
}

function documents(by: PulledDelivery['by'], more: Partial<DeliveredRegion> = {}, source: Partial<typeof SOURCE> = {}) {
  return deliveryFiles(environment({ by, ...SOURCE, ...source }), { ...REGION, ...more })
    .flatMap((file) => file.documents)
    .filter((document) => !String(document.apiVersion).startsWith('kustomize.config'));
}

function named(objects: readonly unknown[], kind: string, name: string): unknown {
  return objects.find((object) => stringAt(object, 'kind') === kind && stringAt(object, 'metadata', 'name') === name);
}

describe('Flux', () => {
  test('waits for each layer before the next, and for the last before the tenants', () => {
    const syncs = documents('flux').filter(({ apiVersion }) => apiVersion === 'kustomize.toolkit.fluxcd.io/v1');
    expect(syncs.map((sync) => [stringAt(sync, 'metadata', 'name'), recordAt(sync, 'spec').dependsOn])).toEqual([
      ['drun-root', undefined],
      ['drun-foundation', undefined],
      ['drun-controllers', [{ name: 'drun-foundation' }]],
      ['drun-network', [{ name: 'drun-controllers' }]],
      ['drun-tenants', [{ name: 'drun-network' }]],
    ]);
    for (const sync of syncs.slice(1)) expect(recordAt(sync, 'spec')).toMatchObject({ wait: true, prune: true });
  });

  test('the root does not wait for what it carries, because it carries itself', () => {
    expect(named(documents('flux'), 'Kustomization', 'drun-root')).toMatchObject({
      spec: { wait: false, deletionPolicy: 'Orphan' },
    });
  });

  test('a region without tenants has no folder of tenants to look for', () => {
    expect(named(documents('flux', { tenants: false }), 'Kustomization', 'drun-tenants')).toBeUndefined();
  });

  test('[CTR-2] an OCI chart is pulled by its digest once the catalog knows it', () => {
    const pinned = { ...CATALOG.kueue, digest: { sha256: 'a'.repeat(64) } };
    const layers = [{ name: 'controllers', label: '02-controllers', releases: [pinned] }];
    expect(named(documents('flux', { layers }), 'OCIRepository', 'kueue')).toMatchObject({
      spec: { ref: { digest: `sha256:${'a'.repeat(64)}` } },
    });
    expect(named(documents('flux'), 'OCIRepository', 'kueue')).toMatchObject({
      spec: { ref: { tag: CATALOG.kueue.version } },
    });
  });

  test('[ENC-3] a repository over ssh is reached with a secret that is named and never written', () => {
    const over = (repository: string) => named(documents('flux', {}, { repository }), 'GitRepository', 'drun');
    expect(over('ssh://git@git.example/clusters')).toMatchObject({ spec: { secretRef: { name: 'drun-repository' } } });
    expect(recordAt(over('https://git.example/clusters'), 'spec').secretRef).toBeUndefined();
  });
});

describe('Argo CD', () => {
  test('lands layers and charts in waves, and the tenants last', () => {
    const applications = documents('argocd').filter(({ kind }) => kind === 'Application');
    const waves = applications.map((one) => [
      stringAt(one, 'metadata', 'name'),
      recordAt(one, 'metadata', 'annotations')['argocd.argoproj.io/sync-wave'],
    ]);
    expect(waves).toEqual([
      ['drun-root', '0'],
      ['drun-foundation', '0'],
      ['istio-base', '1'],
      ['istiod', '1'],
      ['istio-cni', '1'],
      ['ztunnel', '1'],
      ['kueue', '1'],
      ['drun-network', '2'],
      ['drun-tenants', '3'],
    ]);
  });

  test('takes one file for a layer and a whole folder for the tenants', () => {
    const objects = documents('argocd');
    expect(named(objects, 'Application', 'drun-network')).toMatchObject({
      spec: { source: { path: 'clusters/test/eu', directory: { recurse: false, include: '04-network.yaml' } } },
    });
    expect(named(objects, 'Application', 'drun-tenants')).toMatchObject({
      spec: { source: { path: 'clusters/test/eu/tenants', directory: { recurse: true } } },
    });
  });

  test('[BDR-2] deletes nothing without a person’s word', () => {
    for (const one of documents('argocd').filter(({ kind }) => kind === 'Application')) {
      expect(listAt(one, 'spec', 'syncPolicy', 'syncOptions')).toEqual(
        expect.arrayContaining(['Prune=confirm', 'Delete=confirm']),
      );
    }
  });

  test('[CTR-2] reads from the repository and the catalog’s charts only', () => {
    expect(named(documents('argocd'), 'AppProject', 'drun')).toMatchObject({
      spec: { sourceRepos: ['https://git.example/clusters', CATALOG.istioBase.repo, 'registry.k8s.io/kueue/charts'] },
    });
  });
});

describe('every delivery', () => {
  test.each(['flux', 'argocd'] as const)('%s objects pass the rules that all objects pass', (by) => {
    const objects = documents(by);
    expect(objects.length).toBeGreaterThan(5);
    const { problems } = checkObjects(objects, { today: TODAY });
    // The namespace is made by whoever installs Flux or Argo CD, and is there before these objects are.
    const installed = { flux: 'Namespace flux-system', argocd: 'Namespace argocd' }[by];
    expect(problems.filter(({ code, path }) => code !== 'DRN195' || path !== installed)).toEqual([]);
  });

  test.each(['flux', 'argocd'] as const)('%s files are the same at every call', (by) => {
    expect(JSON.stringify(documents(by))).toBe(JSON.stringify(documents(by)));
  });

  test('Pulumi leaves the charts to a helmfile for those who apply by hand, in order', () => {
    const [file, ...others] = deliveryFiles(environment({ by: 'pulumi' }), REGION);
    expect(others).toEqual([]);
    expect(file?.path).toBe('eu/helmfile.yaml');
    expect(file?.documents[0]).toMatchObject({
      repositories: [{ name: 'istio-base', url: CATALOG.istioBase.repo }],
      releases: [
        { name: 'istio-base', chart: 'istio-base/base', version: CATALOG.istioBase.version },
        { name: 'istiod', chart: 'istio-base/istiod' },
        { name: 'istio-cni', chart: 'istio-base/cni' },
        { name: 'ztunnel', chart: 'istio-base/ztunnel' },
        { name: 'kueue', chart: 'oci://registry.k8s.io/kueue/charts/kueue', needs: ['istio-system/ztunnel'] },
      ],
    });
  });

  test('a region without charts has no helmfile', () => {
    expect(deliveryFiles(environment({ by: 'pulumi' }), { ...REGION, layers: [] })).toEqual([]);
  });
});

describe('what synth writes', () => {
  const out = mkdtempSync(join(tmpdir(), 'drun-delivery-'));
  afterAll(() => rmSync(out, { recursive: true }));
  const written = (name: string): readonly string[] => {
    synth({ environment: name, tenants: tenantsFolder(name), out: join(out, name), today: TODAY });
    return readdirSync(join(out, name), { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.yaml'));
  };

  test('is complete for Flux: each layer’s folder refers to files that are there, and each file is referred to once', () => {
    const files = written('staging');
    const overlays = files.filter((file) => file.endsWith('/kustomization.yaml'));
    const referred = overlays.flatMap((file) => {
      const overlay: unknown = parse(readFileSync(join(out, 'staging', file), 'utf8'));
      return listAt(overlay, 'resources').map((resource) => join(dirname(file), String(resource)));
    });
    for (const file of referred) expect(existsSync(join(out, 'staging', file))).toBe(true);
    const layers = files.filter((file) => /^[^/]+\/\d\d-[^/]+\.yaml$/.test(file));
    expect(referred.filter((file) => !file.endsWith('releases.yaml')).sort()).toEqual([...layers].sort());
  });

  test('points Flux at folders that are there', () => {
    const files = written('staging');
    for (const file of files.filter((one) => one.endsWith('/sync.yaml'))) {
      const paths = parseAllDocuments(readFileSync(join(out, 'staging', file), 'utf8'))
        .map((document): unknown => document.toJS())
        .flatMap((object) => (isRecord(object) ? (stringAt(object, 'spec', 'path') ?? []) : []));
      expect(paths.length).toBeGreaterThan(3);
      for (const path of paths)
        expect(existsSync(join(out, 'staging', path.replace('./clusters/staging/', '')))).toBe(true);
    }
  });

  test('has either delivery, never both', () => {
    expect(written('dev').some((file) => file.includes('/gitops/'))).toBe(false);
    expect(written('dev')).toContain('eu-central-1/helmfile.yaml');
    expect(written('staging').some((file) => file.endsWith('helmfile.yaml'))).toBe(false);
  });
});
