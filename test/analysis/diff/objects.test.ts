import fc from 'fast-check';
import { diffObjects, type FieldChange } from '../../../analysis/diff';
import { canonical } from '../../../analysis/diff/canonical';
import type { Manifest } from '../../../constructs/core/manifest';

/** `[what, kind, before, after, changes]`: what the two mean, and what is said where they differ. */
const SAME: readonly (readonly [string, string, object, object])[] = [
  [
    'quantities by value',
    'ResourceQuota',
    { spec: { hard: { cpu: '1000m', memory: '1Gi' } } },
    { spec: { hard: { cpu: 1, memory: '1024Mi' } } },
  ],
  [
    'limits by value',
    'LimitRange',
    { spec: { limits: [{ type: 'Container', max: { cpu: '1' } }] } },
    { spec: { limits: [{ type: 'Container', max: { cpu: 1 } }] } },
  ],
  ['verbs in another order', 'Role', { rules: [{ verbs: ['get', 'list'] }] }, { rules: [{ verbs: ['list', 'get'] }] }],
  [
    'rules of a role in another order',
    'Role',
    { rules: [{ verbs: ['get'] }, { verbs: ['list'] }] },
    { rules: [{ verbs: ['list'] }, { verbs: ['get'] }] },
  ],
  [
    'rules of a network policy in another order',
    'NetworkPolicy',
    { spec: { egress: [{ ports: [{ port: 1 }] }, {}] } },
    { spec: { egress: [{}, { ports: [{ port: 1, protocol: 'TCP' }] }] } },
  ],
  [
    'containers in another order',
    'Pod',
    { spec: { containers: [{ name: 'a' }, { name: 'b' }] } },
    { spec: { containers: [{ name: 'b' }, { name: 'a' }] } },
  ],
  [
    'service ports in another order',
    'Service',
    { spec: { ports: [{ port: 1 }, { port: 2 }] } },
    { spec: { ports: [{ port: 2 }, { port: 1 }] } },
  ],
  [
    'what the server writes',
    'Service',
    { metadata: { name: 'x', uid: '1', resourceVersion: '2' }, status: { a: 1 } },
    { metadata: { name: 'x' } },
  ],
  ['null and absent', 'Service', { spec: { a: null } }, { spec: {} }],
  ['empty labels', 'Service', { metadata: { name: 'x', labels: {} } }, { metadata: { name: 'x' } }],
];

const DIFFERENT: readonly (readonly [string, string, object, object, readonly FieldChange[]])[] = [
  [
    'a quantity',
    'ResourceQuota',
    { spec: { hard: { cpu: '1000m' } } },
    { spec: { hard: { cpu: 2 } } },
    [{ path: 'spec.hard.cpu', before: '1000m', after: 2 }],
  ],
  [
    'a text that is no quantity',
    'ConfigMap',
    { data: { a: '1000m' } },
    { data: { a: '1' } },
    [{ path: 'data.a', before: '1000m', after: '1' }],
  ],
  [
    'the order of arguments',
    'Pod',
    { spec: { args: ['a', 'b'] } },
    { spec: { args: ['b', 'a'] } },
    [
      { path: 'spec.args[0]', before: 'a', after: 'b' },
      { path: 'spec.args[1]', before: 'b', after: 'a' },
    ],
  ],
  [
    'the order of first matches',
    'ClusterNetworkPolicy',
    { spec: { egress: [{ name: 'a' }, { name: 'b' }] } },
    { spec: { egress: [{ name: 'b' }, { name: 'a' }] } },
    [{ path: 'spec.egress[order]', before: ['a', 'b'], after: ['b', 'a'] }],
  ],
  [
    'an element of a set',
    'Role',
    { rules: [{ verbs: ['get', 'list'] }] },
    { rules: [{ verbs: ['list', 'watch'] }] },
    [
      { path: 'rules[].verbs[]', before: 'get', after: undefined },
      { path: 'rules[].verbs[]', before: undefined, after: 'watch' },
    ],
  ],
  [
    'an image of one container',
    'Pod',
    { spec: { containers: [{ name: 'a', image: 'x' }, { name: 'b' }] } },
    { spec: { containers: [{ name: 'b' }, { name: 'a', image: 'y' }] } },
    [{ path: 'spec.containers[a].image', before: 'x', after: 'y' }],
  ],
  [
    'a label',
    'Service',
    { metadata: { name: 'x', labels: { 'drun.io/tenant': 'a' } } },
    { metadata: { name: 'x', labels: { 'drun.io/tenant': 'b' } } },
    [{ path: 'metadata.labels["drun.io/tenant"]', before: 'a', after: 'b' }],
  ],
  [
    'an empty selector and none',
    'NetworkPolicy',
    { spec: { podSelector: {} } },
    { spec: {} },
    [{ path: 'spec.podSelector', before: {}, after: undefined }],
  ],
  [
    'a named port and a number',
    'NetworkPolicy',
    { spec: { egress: [{ ports: [{ port: '80' }] }] } },
    { spec: { egress: [{ ports: [{ port: 80 }] }] } },
    [{ path: 'spec.egress[].ports[].port', before: '80', after: 80 }],
  ],
  [
    'a field named like a prototype',
    'ConfigMap',
    JSON.parse('{"data":{"__proto__":"a"}}'),
    JSON.parse('{"data":{"__proto__":"b"}}'),
    [{ path: 'data.__proto__', before: 'a', after: 'b' }],
  ],
  [
    'data of a secret',
    'Secret',
    { data: { a: 'b2xk' } },
    { data: { a: 'bmV3' } },
    [{ path: 'data.a', before: '(hidden)', after: '(hidden)' }],
  ],
  [
    'a password',
    'ConfigMap',
    { data: { DB_PASSWORD: 'old' } },
    { data: { DB_PASSWORD: 'new' } },
    [{ path: 'data.DB_PASSWORD', before: '(hidden)', after: '(hidden)' }],
  ],
  [
    'a secret variable',
    'Pod',
    { spec: { containers: [{ name: 'a', env: [{ name: 'API_KEY', value: 'old' }] }] } },
    { spec: { containers: [{ name: 'a', env: [{ name: 'API_KEY', value: 'new' }] }] } },
    [{ path: 'spec.containers[a].env[API_KEY].value', before: '(hidden)', after: '(hidden)' }],
  ],
  [
    'an added secret variable',
    'Pod',
    { spec: { env: [] } },
    { spec: { env: [{ name: 'TOKEN', value: 'x' }] } },
    [{ path: 'spec.env[TOKEN]', before: undefined, after: { name: 'TOKEN', value: '(hidden)' } }],
  ],
  [
    'a key in an argument',
    'Pod',
    { spec: { args: ['a'] } },
    { spec: { args: ['--key=hvs.CAESIJ1234567890abcdefgh'] } },
    [{ path: 'spec.args[0]', before: 'a', after: '(hidden)' }],
  ],
  [
    'the name of a secret, which is none',
    'Pod',
    { spec: { volumes: [{ name: 'v', secret: { secretName: 'a' } }] } },
    { spec: { volumes: [{ name: 'v', secret: { secretName: 'b' } }] } },
    [{ path: 'spec.volumes[v].secret.secretName', before: 'a', after: 'b' }],
  ],
];

describe('difference by object and field', () => {
  test.each(SAME)('finds no difference in %s', (_, kind, before, after) => {
    expect(diffObjects([made(kind, before)], [made(kind, after)])).toEqual([]);
  });

  test.each(DIFFERENT)('finds the difference in %s', (_, kind, before, after, fields) => {
    const name = 'x';
    expect(diffObjects([made(kind, before)], [made(kind, after)])).toEqual([
      { key: `/${kind}//${name}`, label: `${kind} ${name}`, change: 'changed', fields },
    ]);
  });

  test('says which objects were added and removed, matched without the version', () => {
    const old: Manifest = { apiVersion: 'a.io/v1beta1', kind: 'A', metadata: { name: 'x', namespace: 'n' } };
    const young: Manifest = { ...old, apiVersion: 'a.io/v1' };
    const gone: Manifest = { apiVersion: 'v1', kind: 'B', metadata: { name: 'b' } };
    expect(diffObjects([old, gone], [young])).toEqual([
      { key: '/B//b', label: 'B b', change: 'removed', fields: [] },
      {
        key: 'a.io/A/n/x',
        label: 'A n/x',
        change: 'changed',
        fields: [{ path: 'apiVersion', before: 'a.io/v1beta1', after: 'a.io/v1' }],
      },
    ]);
    expect(diffObjects([], [gone])).toMatchObject([{ change: 'added' }]);
  });

  test('the difference of anything and itself is empty, also as a copy in another order of keys', () => {
    fc.assert(
      fc.property(fc.array(anyObject(), { maxLength: 4 }), (objects) => {
        expect(diffObjects(objects, objects)).toEqual([]);
        expect(diffObjects(objects, objects.map(reversedKeys))).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  test('the order of the objects never matters, duplicates included', () => {
    fc.assert(
      fc.property(fc.array(anyObject(), { maxLength: 4 }), fc.array(anyObject(), { maxLength: 4 }), (before, after) => {
        expect(diffObjects([...before].reverse(), [...after].reverse())).toEqual(diffObjects(before, after));
      }),
      { numRuns: 500 },
    );
  });

  test('forwards and backwards the same fields differ, with before and after exchanged', () => {
    const turned = ({ path, before, after }: FieldChange) => JSON.stringify([path, after ?? null, before ?? null]);
    const plain = ({ path, before, after }: FieldChange) => JSON.stringify([path, before ?? null, after ?? null]);
    fc.assert(
      fc.property(anyObject(), anyObject(), (before, after) => {
        const there = diffObjects([before], [{ ...after, metadata: before.metadata, kind: before.kind }]);
        const back = diffObjects([{ ...after, metadata: before.metadata, kind: before.kind }], [before]);
        expect(back.flatMap(({ fields }) => fields.map(turned)).sort()).toEqual(
          there.flatMap(({ fields }) => fields.map(plain)).sort(),
        );
      }),
      { numRuns: 500 },
    );
  });

  test('two objects differ exactly when their canonical texts do', () => {
    fc.assert(
      fc.property(anyObject(), anyObject(), (one, other) => {
        const after = { ...other, metadata: one.metadata, kind: one.kind };
        const text = (object: Manifest) => canonical(specOf(object), { kind: object.kind, fields: ['spec'] });
        expect(diffObjects([one], [after]).length === 0).toBe(text(one) === text(after));
      }),
      { numRuns: 2_000 },
    );
  });

  test('any change of one scalar is found', () => {
    fc.assert(
      fc.property(anyObject(), fc.string({ minLength: 1 }), (object, text) => {
        const next = Object.assign({ ...object }, { spec: { ...specOf(object), added: text } });
        expect(diffObjects([object], [next])).toHaveLength(1);
      }),
    );
  });

  test('never throws on malformed objects, and never on deep ones', () => {
    const deep = nested(5_000);
    expect(diffObjects([made('A', { spec: deep })], [made('A', { spec: nested(5_000) })]).length).toBeLessThanOrEqual(
      1,
    );
    expect(diffObjects([made('A', { spec: deep })], [made('A', { spec: nested(4_999) })])).toHaveLength(1);
    const odd: readonly Manifest[] = JSON.parse(
      '[{}, {"kind": 7}, {"metadata": []}, null, 3, "x", {"metadata": {"name": {}}}]',
    );
    expect(diffObjects(odd, [])).toHaveLength(odd.length);
    expect(diffObjects(odd, odd)).toEqual([]);
  });
});

function made(kind: string, fields: object): Manifest {
  return { apiVersion: 'v1', kind, metadata: { name: 'x' }, ...fields };
}

function anyObject(): fc.Arbitrary<Manifest> {
  const metadata = fc.record({ name: fc.constantFrom('a', 'b'), labels: fc.dictionary(fc.string(), fc.string()) });
  const kind = fc.constantFrom('Role', 'NetworkPolicy', 'ResourceQuota', 'Pod', 'Odd');
  const field = fc.constantFrom('verbs', 'rules', 'ports', 'hard', 'containers', 'args', 'hosts', 'x');
  const scalar = fc.oneof(fc.constantFrom('1000m', '1', 'a', 1, 2, null, true), fc.string());
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      scalar,
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(field, tie('value'), { maxKeys: 4 }),
    ),
  }));
  return fc.record({
    apiVersion: fc.constant('v1'),
    kind,
    metadata,
    spec: fc.dictionary(field, value, { maxKeys: 4 }),
  });
}

function reversedKeys<T>(value: T): T {
  return JSON.parse(
    JSON.stringify(value, (_, item: unknown) =>
      typeof item === 'object' && item !== null && !Array.isArray(item)
        ? Object.fromEntries(Object.entries(item).reverse())
        : item,
    ),
  );
}

function specOf(object: Manifest): object {
  const spec: unknown = Object.getOwnPropertyDescriptor(object, 'spec')?.value;
  return typeof spec === 'object' && spec !== null ? spec : {};
}

function nested(depth: number): object {
  let value: object = {};
  for (let level = 0; level < depth; level += 1) value = { a: value };
  return value;
}
