import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as pulumi from '@pulumi/pulumi';
import { MockMonitor } from '@pulumi/pulumi/runtime/mocks';
import { LAYERS } from '../../../../charts/layers';
import { ProblemError } from '../../../../constructs/core/problem';
import { readSettings } from '../../../../stacks/config/settings';
import { dev } from '../../../../stacks/environments/dev';
import { prod } from '../../../../stacks/environments/prod';
import { tenantsFolder } from '../../../../stacks/load';
import { admit } from '../../../../stacks/sinks/admit';
import { contentHash, stackContent } from '../../../../stacks/sinks/pulumi/content';
import { targetsOf } from '../../../../stacks/sinks/target';
import { type RecordedResource, type RecordedStack, recordStack, TODAY } from '../../../support/recorded-stack';

jest.setTimeout(60_000);

const LAYER = 'drun:platform:Layer';

describe('the platform stack of prod', () => {
  let recorded: RecordedStack;
  beforeAll(async () => {
    recorded = await recordStack('prod');
  });

  test('has one provider a region, known by the cluster and not by the kubeconfig', () => {
    const providers = recorded.resources.filter(({ type }) => type === 'pulumi:providers:kubernetes');
    expect(providers.map(({ name, inputs }) => [name, inputs])).toEqual(
      prod.regions.map(({ name }) => [name, { clusterIdentifier: `prod/${name}`, context: name }]),
    );
    for (const { version } of providers) expect(version).toMatch(/^\d+\.\d+\.\d+$/);
  });

  test('has the layers of each region in order, each depending on the one before and on no other', () => {
    for (const { name: region } of prod.regions) {
      const layers = recorded.resources.filter(({ type, name }) => type === LAYER && name.startsWith(`${region}/`));
      const names = layers.map(({ name }) => name.slice(region.length + 1));
      expect(names).toEqual(LAYERS.map(({ name }) => name).filter((name) => names.includes(name)));
      expect(names.length).toBeGreaterThan(2);
      layers.forEach((layer, i) => {
        const previous = layers[i - 1];
        expect(layer.dependencies.toSorted()).toEqual(
          previous === undefined ? [] : childrenOf(recorded, previous).toSorted(),
        );
      });
    }
  });

  test('starts no object of a layer before all objects of the previous one are there', () => {
    for (const { name: region } of prod.regions) {
      const layers = recorded.resources.filter(({ type, name }) => type === LAYER && name.startsWith(`${region}/`));
      layers.forEach((layer, i) => {
        const previous = layers[i - 1];
        const before = previous === undefined ? [] : childrenOf(recorded, previous);
        const last = Math.max(-1, ...before.map((urn) => recorded.finished.indexOf(urn)));
        const children = recorded.resources.filter(({ parent }) => parent === layer.urn);
        expect(children.length).toBeGreaterThan(0);
        for (const child of children) expect(child.after).toBeGreaterThan(last);
      });
    }
  });

  test('gives no object the objects of another layer as dependencies: N + M edges, not N x M', () => {
    const parents = new Map(recorded.resources.map(({ urn, parent }) => [urn, parent]));
    for (const { type, parent, dependencies } of recorded.resources) {
      if (type !== LAYER) for (const urn of dependencies) expect(parents.get(urn)).toBe(parent);
    }
    const edges = recorded.resources.reduce((sum, { dependencies }) => sum + dependencies.length, 0);
    expect(edges).toBeLessThan(2 * recorded.resources.length);
  });

  test('pins the plugin on every object', () => {
    const objects = recorded.resources.filter(({ type, custom }) => custom && type.startsWith('kubernetes:'));
    expect(new Set(objects.map(({ version }) => version)).size).toBe(1);
    expect(objects[0]?.version).toMatch(/^\d+\.\d+\.\d+$/);
    expect(recorded.objects).toBe(objects.length);
  });
});

describe('a tenant stack', () => {
  test('[SCN-1] carries the tenants of its shard in all of their regions, and nothing of the platform', async () => {
    const stacks = [await recordStack('prod-tenants-00'), await recordStack('prod-tenants-01')];
    expect(new Set(stacks.flatMap(({ tenants }) => tenants)).size).toBe(9);
    for (const { resources, tenants } of stacks) {
      const layers = resources.filter(({ type }) => type === LAYER).map(({ name }) => name);
      expect(layers.every((name) => name.endsWith('/tenants'))).toBe(true);
      const carried = objectsIn(resources).map(({ name }) => name.split('/')[2] ?? '');
      expect([...new Set(carried)].sort()).toEqual([...tenants].sort());
    }
  });

  test('holds the namespaces of its tenants until one is off-boarded', async () => {
    const held = async (settings: Readonly<Record<string, string>>) => {
      const { resources } = await recordStack('dev-tenants-00', { settings });
      return namespacesOf(resources)
        .filter(({ protect }) => !protect)
        .map(({ name }) => name.split('/')[2]);
    };
    expect(await held({})).toEqual([]);
    expect(new Set(await held({ 'drun:unprotect': 'team-alpha' }))).toEqual(new Set(['team-alpha']));
  });

  test('deletes nothing one by one inside a namespace that is deleted', async () => {
    const { resources } = await recordStack('dev-tenants-00');
    const [namespace] = namespacesOf(resources);
    expect(resources.some(({ deletedWith }) => deletedWith === namespace?.urn)).toBe(true);
  });
});

test('what is recorded is the same for the same input, and another with another configuration of the stack', () => {
  const admitted = admit(dev, TODAY);
  const [, target] = targetsOf(dev);
  if (target === undefined) throw new Error('dev has no tenant stack');
  const hash = (settings: Readonly<Record<string, string>>) =>
    contentHash(
      stackContent(
        admitted,
        target,
        readSettings((key) => settings[key]),
      ),
    );
  expect(hash({})).toBe(hash({ 'drun:today': '2026-11-23' }));
  expect(hash({})).not.toBe(hash({ 'drun:unprotect': 'team-alpha' }));
});

describe('refusals', () => {
  test('fails with PL120 and the nearest name on a stack that does not exist', async () => {
    await expectProblems(recordStack('prod-tenants-0'), [
      { code: 'PL120', given: '"prod-tenants-0"', remedy: 'did you mean prod-tenants-00?' },
    ]);
  });

  test('fails with PL121 and the way that works on an environment that is pulled', async () => {
    await expectProblems(recordStack('staging'), [
      { code: 'PL121', remedy: expect.stringContaining('drun synth staging') },
    ]);
  });

  test('fails with every problem of the environment at once and registers nothing', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'drun-broken-'));
    cpSync(tenantsFolder('dev'), folder, { recursive: true });
    writeFileSync(join(folder, 'zeta.yaml'), 'name: zeta\nowner: nobody\n');
    writeFileSync(join(folder, 'eta.yaml'), 'nmae: eta\n');
    const register = jest.spyOn(MockMonitor.prototype, 'registerResource');
    try {
      const failed = await problemsOf(recordStack('dev', { tenants: folder }));
      expect(new Set(failed.map(({ place }) => place?.file.split('/').at(-1)))).toEqual(
        new Set(['zeta.yaml', 'eta.yaml']),
      );
      await new Promise((resolve) => setImmediate(resolve));
      expect(register).not.toHaveBeenCalled();
    } finally {
      register.mockRestore();
      rmSync(folder, { recursive: true });
    }
  });

  test('fails with what the rules and the tree say, all of it at once and in the words of the gate', async () => {
    const waiver = {
      rule: 'DRN110',
      scope: 'Deployment a/b',
      reason: 'nothing of that name',
      owner: 'ops',
      expires: '2030-01-01',
    };
    const stale = { ...dev, waivers: [waiver] };
    const failed = await problemsOf(recordStack('dev', { environments: [stale], today: '2027-04-01' }));
    expect(new Set(failed.map(({ code }) => code))).toEqual(new Set(['PL004', 'DRN194', 'DRN350']));
  });

  test('fails on configuration that is none, and names the key', async () => {
    await expectProblems(recordStack('dev', { settings: { 'vault:address': 'http://vault', 'drun:today': 'soon' } }), [
      { path: 'drun:today' },
      { path: 'vault:address' },
    ]);
  });
});

test('[ENC-3] what commands raise at run time is left alone: the oldest version of a key that decrypts, and nothing else', async () => {
  const { resources } = await recordStack('dev', { settings: { 'vault:address': 'https://vault.example:8200' } });
  const left = resources.filter(({ ignoreChanges }) => ignoreChanges.length > 0);
  expect(left.map(({ type, ignoreChanges }) => [type, ignoreChanges])).toEqual([
    ['vault:transit/secretBackendKey:SecretBackendKey', ['minDecryptionVersion']],
  ]);
});

test('the program itself lands the stack it is run for and tells its hash', async () => {
  await pulumi.runtime.setMocks(
    { newResource: ({ name, inputs }) => ({ id: name, state: inputs }), call: ({ inputs }) => inputs },
    'drun-platform',
    'dev',
  );
  const program: typeof import('../../../../stacks') = require('../../../../stacks');
  expect(program.objects).toBeGreaterThan(50);
  expect(program.tenants).toEqual([]);
  // No Vault is configured for the stack, and the program says what that leaves out.
  expect(program.leftOut.length).toBeGreaterThan(10);
  expect(program.leftOut.filter((path) => !path.startsWith('eu-central-1/vault/'))).toEqual([]);
  const hash = await new Promise((resolve) => program.contentHash.apply(resolve));
  expect(hash).toBe((await recordStack('dev')).hash);
});

function childrenOf({ resources }: RecordedStack, { urn }: RecordedResource): readonly string[] {
  return resources.filter(({ parent }) => parent === urn).map((child) => child.urn);
}

function objectsIn(resources: readonly RecordedResource[]): readonly RecordedResource[] {
  return resources.filter(({ type, custom }) => custom && type.startsWith('kubernetes:'));
}

function namespacesOf(resources: readonly RecordedResource[]): readonly RecordedResource[] {
  return resources.filter(({ type }) => type === 'kubernetes:core/v1:Namespace');
}

async function problemsOf(run: Promise<unknown>) {
  const error: unknown = await run.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof ProblemError)) throw new Error(`not a refusal: ${String(error)}`);
  return error.problems;
}

async function expectProblems(run: Promise<unknown>, expected: readonly object[]) {
  const problems = await problemsOf(run);
  expect(problems).toHaveLength(expected.length);
  expect(problems).toMatchObject(expected);
}
