import type { JsonObject } from '../../../constructs/core/json';
import type { Manifest } from '../../../constructs/core/manifest';
import { LAYER_TYPE, urnOf, withIdentity } from '../../../stacks/identity';
import { pendingObjects, pendingOperations } from '../../../stacks/resume/pending';
import { resume as settle } from '../../../stacks/resume/resume';
import { unrecordedCreations } from '../../../stacks/resume/unrecorded';
import type { StackContent } from '../../../stacks/sinks/pulumi/content';
import type { ObjectRegistration } from '../../../stacks/sinks/pulumi/registration';

const STACK = 'prod-tenants-00';
const TOKEN = 'kubernetes:core/v1:ConfigMap';
const NAME = 'eu/tenants/acme/ConfigMap/acme-train/a';
const ORIGIN = { stack: STACK, token: TOKEN, name: NAME };
const URN = urnOf(ORIGIN);
const LAYER = `urn:pulumi:${STACK}::drun-platform::${LAYER_TYPE}::eu/tenants`;
const PROVIDER = `urn:pulumi:${STACK}::drun-platform::pulumi:providers:kubernetes::eu`;
const SPACE = urnOf({ ...ORIGIN, token: 'kubernetes:core/v1:Namespace', name: 'eu/tenants/acme/Namespace/acme-train' });

const wanted: Manifest & { readonly data: object } = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'a', namespace: 'acme-train', labels: { x: 'y' } },
  data: { list: ['1', '2'], cpu: '1000m', none: null },
};

function resume(stack: string, deployment: JsonObject, live: ReadonlyMap<string, JsonObject>) {
  return settle({ stack, deployment, live });
}

/** A plain copy: documents come from JSON. */
function plain(value: object): JsonObject {
  const copy: JsonObject = JSON.parse(JSON.stringify(value));
  return copy;
}

const inputs = plain(withIdentity(wanted, ORIGIN));
const creation = (more: object = {}): JsonObject =>
  plain({
    type: 'creating',
    resource: {
      urn: URN,
      custom: true,
      type: TOKEN,
      inputs: { ...inputs, metadata: { ...Object(inputs.metadata), annotations: { 'pulumi.com/waitFor': '[]' } } },
      parent: LAYER,
      provider: `${PROVIDER}::0b5c`,
      dependencies: [SPACE],
      ...more,
    },
  });

const before = [
  { urn: PROVIDER, custom: true, id: '0b5c', type: 'pulumi:providers:kubernetes' },
  { urn: LAYER, custom: false, type: LAYER_TYPE },
  { urn: SPACE, custom: true, id: 'acme-train', type: 'kubernetes:core/v1:Namespace' },
];
const deployment = (...pending: readonly object[]): JsonObject =>
  plain({ manifest: { time: 't' }, resources: before, pending_operations: pending });

const live = (change: (object: JsonObject) => object = (object) => object): JsonObject =>
  plain(
    change({
      ...inputs,
      data: { list: ['1', '2'], cpu: '1', extra: 'a default of the server' },
      metadata: {
        ...Object(inputs.metadata),
        uid: 'u',
        resourceVersion: '7',
        managedFields: [{ manager: 'pulumi-kubernetes-1a2b', operation: 'Apply' }],
      },
    }),
  );
const metadata = (object: JsonObject, more: object): object => ({
  ...object,
  metadata: { ...Object(object.metadata), ...more },
});
const labels = (object: JsonObject, more: object): object =>
  metadata(object, { labels: { ...Object(Object(object.metadata).labels), ...more } });

const found = (object: JsonObject): ReadonlyMap<string, JsonObject> => new Map([[URN, object]]);
const NOTHING: ReadonlyMap<string, JsonObject> = new Map();

test('an interrupted creation is read from the state with the region it belongs to', () => {
  expect(pendingObjects(pendingOperations(deployment(creation())))).toEqual([
    { urn: URN, apiVersion: 'v1', kind: 'ConfigMap', name: 'a', namespace: 'acme-train', region: 'eu' },
  ]);
});

describe('an object that was made', () => {
  test('[IAM-2] moves into the state with the id, the outputs and the manager that the provider would have recorded', () => {
    const { deployment: next, resumed } = resume(STACK, deployment(creation()), found(live()));
    expect(resumed).toEqual([{ urn: URN, outcome: 'adopted' }]);
    expect(next.pending_operations).toEqual([]);
    expect(next.manifest).toEqual({ time: 't' });
    expect(next.resources).toEqual([
      ...before,
      {
        ...Object(creation().resource),
        id: 'acme-train/a',
        outputs: {
          ...live(),
          __inputs: Object(creation().resource).inputs,
          __initialApiVersion: 'v1',
          __fieldManager: 'pulumi-kubernetes-1a2b',
        },
      },
    ]);
  });

  test('goes by its name alone where it has no namespace', () => {
    const origin = { stack: STACK, token: 'kubernetes:core/v1:Namespace', name: 'eu/tenants/beta/Namespace/beta' };
    const object = plain(withIdentity({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'beta' } }, origin));
    const pending = creation({ urn: urnOf(origin), type: origin.token, inputs: object });
    const { deployment: next } = resume(STACK, deployment(pending), new Map([[urnOf(origin), object]]));
    expect(next.resources).toContainEqual(expect.objectContaining({ id: 'beta', urn: urnOf(origin) }));
  });

  test('may say more than was asked for, and the same amount in another spelling', () => {
    const more = live((object) => labels(object, { 'added-by': 'a controller' }));
    expect(resume(STACK, deployment(creation()), found(more)).resumed).toEqual([{ urn: URN, outcome: 'adopted' }]);
  });
});

test('an object that was never made is made by the next update', () => {
  const { deployment: next, resumed } = resume(STACK, deployment(creation()), NOTHING);
  expect(resumed).toEqual([{ urn: URN, outcome: 'never-made' }]);
  expect(next).toEqual({ ...deployment(), pending_operations: [] });
});

test.each(['updating', 'deleting'])('an interrupted %s is done again by the next update', (type) => {
  const pending = { ...creation({ urn: SPACE, id: 'acme-train' }), type };
  const { deployment: next, resumed } = resume(STACK, deployment(pending), NOTHING);
  expect(resumed).toEqual([{ urn: SPACE, outcome: 'to-repeat' }]);
  expect(next.resources).toEqual(before);
});

test('a state without pending operations stays as it is', () => {
  expect(resume(STACK, deployment(), NOTHING)).toEqual({ deployment: deployment(), resumed: [] });
});

describe('[IAM-2] fails to take in an object that is not provably its own:', () => {
  test.each([
    [
      'without any identity',
      (object: JsonObject) => metadata(object, { labels: { x: 'y' } }),
      'it carries no identity',
    ],
    [
      'of another stack',
      (object: JsonObject) => labels(object, { 'drun.io/stack': 'prod' }),
      'it belongs to the stack prod',
    ],
    [
      'of another resource',
      (object: JsonObject) => labels(object, { 'drun.io/urn': 'f'.repeat(40) }),
      'it is another resource',
    ],
    ['of another kind', (object: JsonObject) => ({ ...object, kind: 'Secret' }), 'it is a v1 Secret'],
    ['of another version', (object: JsonObject) => ({ ...object, apiVersion: 'v2' }), 'it is a v2 ConfigMap'],
    ['of another name', (object: JsonObject) => metadata(object, { name: 'b' }), 'it has another name or namespace'],
    [
      'of another namespace',
      (object: JsonObject) => metadata(object, { namespace: 'b' }),
      'it has another name or namespace',
    ],
    [
      'that is going away',
      (object: JsonObject) => metadata(object, { deletionTimestamp: 't' }),
      'its deletion was asked for',
    ],
    [
      'with another value',
      (object: JsonObject) => ({ ...object, data: { list: ['1', '3'], cpu: '1' } }),
      'data.list\\[1\\] is another value',
    ],
    [
      'with another amount',
      (object: JsonObject) => ({ ...object, data: { list: ['1', '2'], cpu: '2' } }),
      'data.cpu is another value',
    ],
    [
      'with a longer list',
      (object: JsonObject) => ({ ...object, data: { list: ['1', '2', '3'], cpu: '1' } }),
      'data.list has 3 elements and not 2',
    ],
    [
      'without a field',
      (object: JsonObject) => ({ ...object, data: {} }),
      'data.list has 0 elements and not 2; data.cpu is another value',
    ],
    ['without a label', (object: JsonObject) => labels(object, { x: undefined }), 'metadata.labels.x is another value'],
  ])('%s', (_, change, said) => {
    expect(() => resume(STACK, deployment(creation()), found(live(change)))).toThrow(
      new RegExp(`^LIV020 ${escaped(URN)}: given .*${said}`),
    );
  });
});

describe('fails to resume', () => {
  test.each([
    ['a release of a chart', 'creating', { type: 'kubernetes:helm.sh/v3:Release', inputs: { name: 'kueue' } }],
    ['an object of Vault', 'creating', { type: 'vault:index/mount:Mount', inputs: { path: 'kv' } }],
    ['an import', 'importing', {}],
    ['a read', 'reading', {}],
    ['an object of no region', 'creating', { provider: 'urn:pulumi:x::y::pulumi:providers:vault::z::id' }],
    ['an object without a name', 'creating', { inputs: { apiVersion: 'v1', kind: 'ConfigMap', metadata: {} } }],
  ])('%s', (_, type, more) => {
    expect(() => resume(STACK, deployment({ ...creation(more), type }), NOTHING)).toThrow(/^LIV021 /);
  });

  test('a creation of what the state holds already', () => {
    const twice = { ...deployment(creation()), resources: plain({ all: [...before, { urn: URN }] }).all };
    expect(() => resume(STACK, twice, found(live()))).toThrow(/^LIV022 .* a creation of what the state holds already/);
  });

  test.each([
    ['parent', { parent: `${LAYER}-gone` }],
    ['provider', { provider: `${PROVIDER}-gone::1` }],
    ['dependency', { dependencies: [SPACE, `${SPACE}-gone`] }],
  ])('a resource whose %s the state does not hold', (_, more) => {
    // The region is read from the provider's name, so the name ends in it.
    expect(() => resume(STACK, deployment(creation(more)), found(live()))).toThrow(/^LIV022 .*-gone/);
  });

  test.each([
    ['an operation without a resource', deployment({ type: 'creating' })],
    ['the same operation twice', deployment(creation(), creation())],
    ['a resource that is none', { ...deployment(), resources: ['x'] }],
  ])('%s', (_, broken) => {
    expect(() => resume(STACK, broken, NOTHING)).toThrow(/^LIV022 prod-tenants-00: /);
  });

  test('anything where one operation cannot be proved, and names all that cannot', () => {
    const release = creation({ urn: `${URN}-release`, type: 'kubernetes:helm.sh/v3:Release', inputs: {} });
    const other = live((object) => labels(object, { 'drun.io/stack': 'prod' }));
    const document = deployment(creation(), release);
    const text = JSON.stringify(document);
    expect(() => resume(STACK, document, found(other))).toThrow(/LIV020 .*\nLIV021 /);
    expect(JSON.stringify(document)).toBe(text);
  });
});

describe('a creation that the engine took for failed', () => {
  const registration: ObjectRegistration = {
    type: 'object',
    id: NAME,
    name: NAME,
    token: TOKEN,
    inputs: withIdentity(wanted, ORIGIN),
    dependsOn: [],
    protect: false,
    retainOnDelete: false,
  };
  const content = (...registrations: readonly ObjectRegistration[]): StackContent => ({
    stack: STACK,
    regions: [
      { region: 'eu', clusterIdentifier: 'prod/eu', context: 'eu', layers: [{ path: 'eu/tenants', registrations }] },
    ],
    tenants: ['acme'],
    leftOut: [],
  });
  const settled = (found: ReadonlyMap<string, JsonObject>, document: JsonObject = deployment()) =>
    settle({
      stack: STACK,
      deployment: document,
      live: found,
      unrecorded: unrecordedCreations(content(registration), document),
    });

  test('[IAM-2] moves into the state where the object is there after all, and can be proved', () => {
    const { deployment: next, resumed } = settled(found(live()));
    expect(resumed).toEqual([{ urn: URN, outcome: 'adopted' }]);
    expect(next.resources).toEqual([
      ...before,
      expect.objectContaining({
        urn: URN,
        type: TOKEN,
        id: 'acme-train/a',
        parent: LAYER,
        provider: `${PROVIDER}::0b5c`,
      }),
    ]);
  });

  test('is left to the next update where it did fail', () => {
    expect(settled(NOTHING)).toEqual({ deployment: deployment(), resumed: [] });
  });

  test('[IAM-2] fails to be taken in where the object is somebody else’s', () => {
    expect(() => settled(found(live((object) => metadata(object, { labels: {} }))))).toThrow(/^LIV020 /);
  });

  test('is none where the state holds the resource, has it pending, or lacks its layer', () => {
    const holding = { ...deployment(), resources: plain({ all: [...before, { urn: URN }] }).all };
    const pending = deployment(creation());
    const bare = { ...deployment(), resources: [] };
    for (const document of [holding, pending, bare].map(plain))
      expect(unrecordedCreations(content(registration), document)).toEqual([]);
    expect(unrecordedCreations(content(registration), deployment())).toHaveLength(1);
  });
});

describe('what Kubernetes makes by itself', () => {
  const origin = { stack: STACK, token: 'kubernetes:core/v1:ServiceAccountPatch', name: 'eu/tenants/acme/default' };
  const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace: 'acme-train' } };
  const inputs = plain(withIdentity(account, origin));
  const pending = creation({ urn: urnOf(origin), type: origin.token, inputs });

  test('is not the platform’s as long as it says nothing of it', () => {
    const { resumed } = resume(STACK, deployment(pending), new Map([[urnOf(origin), plain(account)]]));
    expect(resumed).toEqual([{ urn: urnOf(origin), outcome: 'never-made' }]);
  });

  test('is taken in once it carries the platform’s identity', () => {
    const { resumed } = resume(STACK, deployment(pending), new Map([[urnOf(origin), inputs]]));
    expect(resumed).toEqual([{ urn: urnOf(origin), outcome: 'adopted' }]);
  });
});

function escaped(text: string): string {
  return text.replace(/[$.*+?^()[\]{}|\\]/g, '\\$&');
}
