import { recordAt, stringAt } from '../../constructs/core/json';
import type { Manifest } from '../../constructs/core/manifest';
import { environmentNamed } from '../../stacks/environments';
import { checkedObjects, renderPlan } from '../../stacks/examine';
import { gateOf } from '../../stacks/gate';
import { loadPlan } from '../../stacks/load';

const environment = environmentNamed('prod');
const regions = renderPlan(loadPlan(environment)).regions.map((region) => checkedObjects(region));
const STORE_RULES = /^DRN52\d$/;

/** Rules over stores that fail once the objects of a kind are changed; `undefined` takes the object away. */
function broken(kind: string, change: (object: Manifest) => Manifest | undefined): readonly string[] {
  const codes = regions.flatMap((objects) => {
    const gate = gateOf(environment, '2026-11-22');
    gate.add(objects.flatMap((object) => (object.kind === kind ? (change(object) ?? []) : object)));
    return gate.finish().problems.map(({ code }) => code);
  });
  return [...new Set(codes)].filter((code) => STORE_RULES.test(code));
}

function without(key: string): (object: Manifest) => Manifest {
  return (object) => {
    const { [key]: dropped, ...parameters } = recordAt(object, 'parameters');
    expect(dropped).toBeDefined();
    return { ...object, ...{ parameters } };
  };
}

describe('[ENC-2] no store of prod is unencrypted', () => {
  test('as it is, every rule over stores holds', () => {
    expect(broken('StorageClass', (object) => object)).toEqual([]);
  });

  test('fails where a class loses the parameter that encrypts', () => {
    expect(broken('StorageClass', without('encrypted'))).toEqual(['DRN520']);
  });

  test('fails where the classes are gone that Vault’s servers keep their data in', () => {
    expect(broken('StorageClass', () => undefined)).toEqual(['DRN521']);
  });

  test('fails where the API server is told nothing of encryption', () => {
    const isEncryption = (object: Manifest) =>
      stringAt(recordAt(object, 'spec', 'content'), 'kind') === 'EncryptionConfiguration';
    expect(broken('HostFile', (object) => (isEncryption(object) ? undefined : object))).toEqual(['DRN524']);
    const plain = { spec: { content: { kind: 'EncryptionConfiguration', apiVersion: 'apiserver.config.k8s.io/v1' } } };
    expect(broken('HostFile', (object) => (isEncryption(object) ? { ...object, ...plain } : object))).toEqual([
      'DRN523',
    ]);
  });

  test('fails where a chart keeps something in a bucket of which nobody knows the key', () => {
    const spec = { values: { storage: { bucket: 'logs' } } };
    expect(
      broken('Release', (object) => (object.metadata.name === 'kueue' ? { ...object, ...{ spec } } : object)),
    ).toEqual(['DRN525']);
  });
});
