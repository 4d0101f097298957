import { Chart } from 'cdk8s';
import { Construct } from 'constructs';
import { helmRelease } from '../../../../constructs/core/helm-release';
import { hostFile } from '../../../../constructs/core/host-file';
import { type Manifest, manifest } from '../../../../constructs/core/manifest';
import { ManifestGroup } from '../../../../constructs/core/manifest-group';
import { Platform } from '../../../../constructs/core/platform';
import { vaultObject } from '../../../../constructs/core/vault-object';
import { type Registration, registrationsOf } from '../../../../stacks/sinks/pulumi/registration';
import { inputsOf } from '../../../../stacks/sinks/pulumi/resources';
import { STATEFUL } from '../../../../stacks/sinks/pulumi/stateful';

const OPTIONS = { stack: 'test', vault: true, protect: true };
const namespace = (name: string): Manifest => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
const config = (name: string, place = 'a'): Manifest => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: place },
});

function layer(build: (chart: Chart) => void, options = OPTIONS) {
  const chart = new Chart(new Construct(new Platform(), 'eu'), 'foundation');
  build(chart);
  return registrationsOf(chart, options);
}

function only(registrations: readonly Registration[]): Registration {
  const [first] = registrations;
  if (first === undefined || registrations.length !== 1) throw new Error(`${registrations.length} registrations`);
  return first;
}

describe('names and tokens', () => {
  test('an object goes by its construct path, and the core group is spelled out', () => {
    const { name, token } = only(layer((chart) => manifest(chart, 'Space', namespace('a'))).registrations);
    expect([name, token]).toEqual(['eu/foundation/Space', 'kubernetes:core/v1:Namespace']);
  });

  test('what Kubernetes makes by itself is patched and not created, and nothing else of its kind is', () => {
    const account = (name: string): Manifest => ({
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name, namespace: 'a' },
    });
    const tokenFor = (object: Manifest) => only(layer((chart) => manifest(chart, 'A', object)).registrations).token;
    expect(tokenFor(account('default'))).toBe('kubernetes:core/v1:ServiceAccountPatch');
    expect(tokenFor(account('jobs'))).toBe('kubernetes:core/v1:ServiceAccount');
    expect(tokenFor(config('default'))).toBe('kubernetes:core/v1:ConfigMap');
  });

  test('an object of a group goes by the path of the group, its kind, namespace and name', () => {
    class Pair extends ManifestGroup {
      override manifests() {
        return [namespace('a'), config('b')];
      }
    }
    const { registrations } = layer((chart) => new Pair(chart, 'acme'));
    expect(registrations.map(({ name }) => name)).toEqual([
      'eu/foundation/acme/Namespace/a',
      'eu/foundation/acme/ConfigMap/a/b',
    ]);
  });

  test('two kinds of one name in a group stay apart by their groups', () => {
    const gateway = (apiVersion: string): Manifest => ({
      apiVersion,
      kind: 'Gateway',
      metadata: { name: 'edge', namespace: 'a' },
    });
    class Both extends ManifestGroup {
      override manifests() {
        return [gateway('networking.istio.io/v1'), gateway('gateway.networking.k8s.io/v1')];
      }
    }
    const { registrations } = layer((chart) => new Both(chart, 'acme'));
    expect(new Set(registrations.map(({ id }) => id)).size).toBe(2);
  });
});

describe('order', () => {
  test('an edge of the tree is a dependency of the resource', () => {
    const { registrations } = layer((chart) => {
      const late = manifest(chart, 'Late', config('late', 'elsewhere'));
      late.node.addDependency(manifest(chart, 'Early', config('early', 'elsewhere')));
    });
    expect(registrations.map(({ name }) => name)).toEqual(['eu/foundation/Early', 'eu/foundation/Late']);
    expect(registrations[1]?.dependsOn).toEqual([registrations[0]?.id]);
  });

  test('an edge between constructs holds for everything below them', () => {
    const { registrations } = layer((chart) => {
      const [first, second] = [new Construct(chart, 'First'), new Construct(chart, 'Second')];
      manifest(second, 'C', config('c', 'x'));
      manifest(first, 'A', config('a', 'x'));
      manifest(first, 'B', config('b', 'x'));
      second.node.addDependency(first);
    });
    const [a, b, c] = registrations;
    expect(c?.name).toBe('eu/foundation/Second/C');
    expect(c?.dependsOn).toEqual([a?.id, b?.id]);
  });

  test('an object depends on its namespace where the layer makes it, and on nothing otherwise', () => {
    const { registrations } = layer((chart) => {
      manifest(chart, 'Space', namespace('a'));
      manifest(chart, 'In', config('in'));
      manifest(chart, 'Out', config('out', 'b'));
    });
    const [space, within, outside] = registrations;
    expect(within?.dependsOn).toEqual([space?.id]);
    expect(within?.inside).toBe(space?.id);
    expect(outside?.dependsOn).toEqual([]);
  });
});

describe('stateful kinds', () => {
  const crd: Manifest = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'a.b' },
  };
  const claim: Manifest = {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: 'data', namespace: 'a' },
  };

  test.each([
    ['a namespace', namespace('a'), { protect: true, retainOnDelete: false }],
    ['a definition of a kind', crd, { protect: true, retainOnDelete: false }],
    ['a volume claim', claim, { protect: true, retainOnDelete: true }],
    ['a config map', config('a'), { protect: false, retainOnDelete: false }],
  ])('[BDR-2] %s is held as the table says', (_, object, held) => {
    expect(only(layer((chart) => manifest(chart, 'It', object)).registrations)).toMatchObject(held);
  });

  test('a tenant that is off-boarded is let go, its volumes are not', () => {
    const options = { ...OPTIONS, protect: false };
    expect(only(layer((chart) => manifest(chart, 'It', claim), options).registrations)).toMatchObject({
      protect: false,
      retainOnDelete: true,
    });
  });

  test('each row says why', () => {
    for (const { because } of Object.values(STATEFUL)) expect(because.length).toBeGreaterThan(10);
  });
});

describe('readiness', () => {
  test('is added on the way to the engine, not to the tree', () => {
    const object = namespace('a');
    const registration = only(layer((chart) => manifest(chart, 'It', object)).registrations);
    expect(inputsOf(registration)).toMatchObject({
      metadata: { annotations: { 'pulumi.com/waitFor': '["jsonpath={.status.phase}=Active"]' } },
    });
    expect(object.metadata.annotations).toBeUndefined();
  });

  test('is not waited for where there is nothing to wait for', () => {
    const account: Manifest = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'a', namespace: 'a' } };
    const registration = only(layer((chart) => manifest(chart, 'It', account)).registrations);
    expect(inputsOf(registration)).toMatchObject({ metadata: { annotations: { 'pulumi.com/skipAwait': 'true' } } });
  });
});

describe('leaves that are no objects', () => {
  const chartOf = (repo: string) => ({
    name: 'kueue',
    namespace: 'kueue-system',
    repo,
    chart: 'kueue',
    version: '0.19.2',
    digest: { sha256: 'ab' },
  });

  test('a release of an OCI registry is named by its whole address', () => {
    const it = only(layer((chart) => helmRelease(chart, 'Kueue', chartOf('oci://r.example/charts'))).registrations);
    expect(it.token).toBe('kubernetes:helm.sh/v3:Release');
    expect(it.protect).toBe(true);
    expect(it.inputs).toEqual({
      name: 'kueue',
      namespace: 'kueue-system',
      chart: 'oci://r.example/charts/kueue',
      version: '0.19.2',
      createNamespace: false,
      skipAwait: false,
    });
  });

  test('a release of a chart repository names the repository', () => {
    const { inputs } = only(layer((chart) => helmRelease(chart, 'Kueue', chartOf('https://r.example'))).registrations);
    expect(inputs).toMatchObject({ chart: 'kueue', repositoryOpts: { repo: 'https://r.example' } });
  });

  test('[ENC-3] Vault objects are registered where a Vault is configured', () => {
    const build = (chart: Chart) =>
      vaultObject(chart, 'Secrets', {
        type: 'vault:index/mount:Mount',
        args: { path: 'kv', type: 'kv', description: 'secrets of tests' },
      });
    const { registrations, leftOut } = layer(build);
    expect(only(registrations)).toMatchObject({
      type: 'vault',
      token: 'vault:index/mount:Mount',
      protect: true,
      inputs: { path: 'kv' },
    });
    expect(leftOut).toEqual([]);
  });

  test('[ENC-3] Vault objects are named as left out where none is configured', () => {
    const build = (chart: Chart) =>
      vaultObject(chart, 'Secrets', {
        type: 'vault:index/mount:Mount',
        args: { path: 'kv', type: 'kv', description: 'secrets of tests' },
      });
    expect(layer(build, { ...OPTIONS, vault: false })).toEqual({
      registrations: [],
      leftOut: ['eu/foundation/Secrets'],
    });
  });

  test('host files are not Pulumi’s', () => {
    expect(
      layer((chart) => hostFile(chart, 'Audit', { path: '/etc/a.yaml', mode: '0600', content: {} })).registrations,
    ).toEqual([]);
  });
});
