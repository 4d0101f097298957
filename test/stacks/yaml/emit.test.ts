import { Lazy } from 'cdk8s';
import fc from 'fast-check';
import { parseAllDocuments } from 'yaml';
import type { Manifest } from '../../../constructs/core/manifest';
import { ProblemError } from '../../../constructs/core/problem';
import { emitYaml } from '../../../stacks/yaml/emit';
import { tenantObjects } from '../../support/tenant-objects';
import { LONG, TRICKY, trickyDocument, trickyString } from '../../support/tricky';

const RUNS = Number(process.env.DRUN_FUZZ_RUNS ?? '20000');
const VERSIONS = ['1.1', '1.2'] as const;

const config = (data: unknown): Manifest & { readonly data: unknown } => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'a', namespace: 'b' },
  data,
});

function readBack(text: string, version: (typeof VERSIONS)[number]): unknown[] {
  return parseAllDocuments(text, { version }).map((document) => {
    expect(document.errors).toEqual([]);
    expect(document.warnings).toEqual([]);
    return document.toJS({ maxAliasCount: 0 });
  });
}

/** JSON text is the strictest equality at hand: it sees values, types and the order of keys. */
function expectSame(objects: readonly object[]): void {
  const text = emitYaml(objects);
  for (const version of VERSIONS) {
    const back = readBack(text, version);
    objects.forEach((object, index) => {
      const [given, read] = [JSON.stringify(object), JSON.stringify(back[index])];
      if (given !== read) expect({ version, text: emitYaml([object]), json: read }).toEqual({ json: given });
    });
  }
}

function problemsOf(data: unknown): readonly string[] {
  try {
    emitYaml([config(data)]);
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    return error.problems.map((problem) => {
      expect(problem.remedy).not.toBe('');
      return `${problem.code} ${problem.path}: ${problem.given}`;
    });
  }
  return [];
}

describe('emitYaml', () => {
  it('writes block style in the order of the literal, with documents parted by ---', () => {
    const first = { ...config({ b: 'x', a: ['y', { c: 1, d: [true, null] }], e: {}, f: [], g: undefined }) };
    expect(emitYaml([first, { apiVersion: 'v1', kind: 'X', metadata: { name: 'c' } }])).toBe(`apiVersion: v1
kind: ConfigMap
metadata:
  name: a
  namespace: b
data:
  b: x
  a:
    - "y"
    - c: 1
      d:
        - true
        - null
  e: {}
  f: []
---
apiVersion: v1
kind: X
metadata:
  name: c
`);
  });

  it('writes several lines as a literal block with the right chomping', () => {
    expect(emitYaml([config({ a: 'x\n y\n', b: 'x\ny', c: 'x\n\n', d: ['x\ny\n'] })])).toContain(`
  a: |
    x
     y
  b: |-
    x
    y
  c: |+
    x

  d:
    - |
      x
      y
`);
  });

  it('gives back every tricky string, as a value, in a list and as a key, in YAML 1.1 and 1.2', () => {
    for (const text of [...TRICKY, ...LONG]) {
      expectSame([config({ value: text, list: [text, [text], { [text]: text }], [text]: { [text]: [text] } })]);
    }
  });

  it('gives back numbers as they were', () => {
    const numbers = [0, 1, -1, 0.1, 1e21, 1.5e21, 1e-7, 1.5e-9, 2 ** 53, 1e20, -1e300, 5e-324, 8080, 0o17];
    expectSame([config(numbers)]);
    expect(Object.is(parseAllDocuments(emitYaml([config([-0])]))[0]?.getIn(['data', 0]), -0)).toBe(true);
  });

  it('gives back the objects of a tenant', () => {
    const objects = tenantObjects('acme').map((object) => JSON.parse(JSON.stringify(object)));
    expect(objects).toHaveLength(28);
    expectSame(objects);
  });

  it(`gives back ${RUNS} generated documents in YAML 1.1 and 1.2`, () => {
    const batch = fc.array(trickyDocument, { minLength: 50, maxLength: 50 });
    fc.assert(
      fc.property(batch, (documents) => expectSame(documents)),
      { numRuns: RUNS / 50 },
    );
  }, 600_000);

  it('writes the same bytes whatever was written before', () => {
    const before = emitYaml(tenantObjects('acme'));
    fc.assert(
      fc.property(trickyString, (text) => emitYaml([config({ [text]: text })]) !== ''),
      { numRuns: 10_000 },
    );
    expect(emitYaml(tenantObjects('acme'))).toBe(before);
  });
});

describe('what emitYaml refuses', () => {
  const cycle: Record<string, unknown> = {};
  cycle.self = [cycle];

  it.each([
    ['a function', () => 1, 'OUT101 ConfigMap b/a data.x[1]: a function'],
    ['a symbol', Symbol('a'), 'OUT101 ConfigMap b/a data.x[1]: a symbol'],
    ['a bigint', 1n, 'OUT101 ConfigMap b/a data.x[1]: a bigint'],
    ['NaN', Number.NaN, 'OUT102 ConfigMap b/a data.x[1]: NaN'],
    ['infinity', Number.NEGATIVE_INFINITY, 'OUT102 ConfigMap b/a data.x[1]: -Infinity'],
    ['a Date', new Date(0), 'OUT101 ConfigMap b/a data.x[1]: an instance of Date'],
    ['a map', new Map(), 'OUT101 ConfigMap b/a data.x[1]: an instance of Map'],
    ['a cdk8s token', Lazy.any({ produce: () => 1 }), 'OUT101 ConfigMap b/a data.x[1]: an instance of Lazy'],
    ['half a surrogate pair', 'a\ud800', 'OUT103 ConfigMap b/a data.x[1]: half a surrogate pair'],
    ['undefined in a list', undefined, 'OUT101 ConfigMap b/a data.x[1]: undefined in a list'],
    ['a cycle', cycle, 'OUT104 ConfigMap b/a data.x[1].self[0]: an object that holds itself'],
  ])('fails on %s', (_, value, message) => {
    expect(problemsOf({ x: ['fine', value] })).toEqual([message]);
  });

  it('fails on a hole in a list, a key with half a surrogate pair, and too many levels', () => {
    const deep = JSON.parse(`${'[{"a":'.repeat(70)}1${'}]'.repeat(70)}`);
    expect(problemsOf(new Array(1))).toEqual(['OUT101 ConfigMap b/a data[0]: undefined in a list']);
    expect(problemsOf({ '\udc00': 1 })).toEqual([expect.stringMatching(/^OUT103 ConfigMap b\/a data/)]);
    expect(problemsOf(deep)).toEqual([expect.stringMatching(/^OUT104 .*: 128 levels$/)]);
  });

  it('fails with every mistake of every object at once', () => {
    const wrong = [config({ a: 1n, b: Number.NaN }), config({ fine: true }), config([new Date(0)])];
    expect(() => emitYaml(wrong)).toThrow(/data\.a: .*\n.*data\.b: .*\n.*data\[0\]/);
  });

  it('accepts records without a prototype and shared, acyclic parts', () => {
    const shared = { a: 1 };
    const bare: Record<string, unknown> = Object.create(null);
    bare.b = [shared, shared];
    expect(problemsOf(bare)).toEqual([]);
  });
});
