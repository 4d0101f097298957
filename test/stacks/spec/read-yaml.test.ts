import fc from 'fast-check';
import { parse } from 'yaml';
import { formatPlace, formatProblem } from '../../../constructs/core/problem';
import { readFast } from '../../../stacks/spec/fast-yaml';
import { INPUT_CODES } from '../../../stacks/spec/input-codes';
import { readUtf8, readYaml } from '../../../stacks/spec/read-yaml';
import { readStrictly } from '../../../stacks/spec/strict-yaml';
import { emitYaml } from '../../../stacks/yaml/emit';
import { trickyDocument } from '../../support/tricky';
import { yamlSketch } from '../../support/yaml-sketch';

const TENANT = `# acme leases GPUs
name: acme
trust: standard
owners: [oidc:acme-owners]
namespaces:
  train: # training
    gpu: 8
    memory: 512Gi
  serve:
    hosts:
    - api.acme.example
    - "b.example"
allow:
  - from: train
    to: { service: models, deep: [1, 2.5, 'x y'] }
    ports: [8443, 9090]
  - from: serve
empty:
none: null
list: []
mapping: {}
since: 2026-11-22
`;

const found = (text: string) =>
  readYaml(text, 'a.yaml').problems.map(({ code, place }) => `${code} ${place?.line}:${place?.column}`);

describe('readYaml on files in order', () => {
  it('reads a tenant file on the fast path, as the yaml package reads it', () => {
    expect(readFast(TENANT)).toEqual({ value: parse(TENANT) });
    expect(readYaml(TENANT, 'a.yaml')).toMatchObject({ value: parse(TENANT), problems: [] });
  });

  it('reads what the fast path leaves alone: block scalars, escapes, several lines, CRLF, quoted keys', () => {
    const lines = [
      'a: |',
      '  x',
      '  y',
      '"b c": "\\n\\u00e9"',
      'd: one',
      '  two',
      'e: [1,',
      '  2]',
      '? f',
      ': g',
      'h: 5 \u20ac',
    ];
    const text = `${lines.join('\r\n')}\r\n`;
    expect(readFast(text)).toBeUndefined();
    expect(readYaml(text, 'a.yaml')).toMatchObject({
      value: { a: 'x\ny\n', 'b c': '\n\u00e9', d: 'one two', e: [1, 2], f: 'g', h: '5 \u20ac' },
      problems: [],
    });
  });

  it('says where each part stands, and the nearest part above what is missing', () => {
    const { placeOf } = readYaml(TENANT, 'a.yaml');
    const at = (...path: (string | number)[]) => formatPlace(placeOf(path));
    expect(at()).toBe('a.yaml:2:1');
    expect(at('trust')).toBe('a.yaml:3:8');
    expect(at('namespaces', 'serve', 'hosts', 1)).toBe('a.yaml:12:7');
    expect(at('allow', 0, 'to', 'deep', 1)).toBe('a.yaml:15:38');
    expect(at('allow', 1, 'ports', 0)).toBe('a.yaml:17:5');
    expect(at('namespaces', 'other')).toBe('a.yaml:6:3');
  });

  it('reads a day, an address, a quantity and a colon inside a word as text, and plain numbers as numbers', () => {
    const text = 'a: 2026-11-22\nb: 10.0.0.1\nc: 512Gi\nd: [a:b, -5, 1.5, 1.2.3, v1]\n';
    expect(readYaml(text, 'a.yaml')).toMatchObject({
      value: { a: '2026-11-22', b: '10.0.0.1', c: '512Gi', d: ['a:b', -5, 1.5, '1.2.3', 'v1'] },
      problems: [],
    });
  });
});

describe('what readYaml refuses', () => {
  it.each([
    ['broken syntax', 'a: [1\nb: 2', 'IN101 2:1'],
    ['a reserved first character', 'a: @x', 'IN101 1:4'],
    ['a duplicate key', 'a: 1\nb: 2\na: 3', 'IN102 3:1'],
    ['a duplicate key in brackets', 'a: {b: 1, "b": 2}', 'IN102 1:11'],
    ['an anchor', 'a: &x 1', 'IN103 1:7'],
    ['an alias', 'a: *x', 'IN103 1:4'],
    ['a merge key', 'a:\n  <<: {b: 1}', 'IN104 2:3'],
    ['a tag', 'a: !!str x', 'IN105 1:10'],
    ['a directive', '%YAML 1.1\n---\na: 1', 'IN106 1:1'],
    ['a second document', 'a: 1\n---\nb: 2', 'IN107 2:1'],
    ['NUL', 'a: b\0', 'IN108 1:5'],
    ['an escaped NUL', 'a: "b\\0"', 'IN108 1:4'],
    ['a bidirectional control', 'a: 1 # \u202e', 'IN108 1:8'],
    ['a space that is none', 'a:\u00a01', 'IN108 1:3'],
    ['a lone carriage return', 'a: b\rc', 'IN108 1:5'],
    ['a byte order mark', '\ufeffa: 1', 'IN109 1:1'],
    ['a tab as indent', 'a:\n\tb: 1', 'IN110 2:1'],
    ['half a surrogate pair', 'a: \ud800', 'IN111 1:4'],
    ['half a surrogate pair in an escape', 'a: "\\udc00"', 'IN111 1:4'],
    ['too many bytes', `a: ${'x'.repeat(256 * 1024)}`, 'IN112 1:1'],
    ['brackets too deep', `a: ${'['.repeat(40)}${']'.repeat(40)}`, 'IN113 1:43'],
    ['lists too deep', `${'- '.repeat(100_000)}a`, 'IN113 1:199999'],
    ['__proto__', 'a:\n  __proto__: {b: 1}', 'IN114 2:3'],
    ['constructor', 'constructor: 1', 'IN114 1:1'],
    ['a number as key', 'a: {1: x}', 'IN115 1:5'],
    ['a boolean of YAML 1.1 as key', 'on: push', 'IN115 1:1'],
    ['a list as key', '[a]: 1', 'IN115 1:1'],
    ['an empty key', ': 1', 'IN115 1:1'],
    ['an empty file', '', 'IN118 1:1'],
    ['a file of comments', '# a\n# b\n', 'IN118 1:1'],
  ])('fails on %s, once, at its place', (_, text, expected) => {
    expect(found(text)).toEqual([expected]);
  });

  it.each(['no', 'No', 'yes', 'on', 'OFF', 'y', 'n', '~', 'True', 'NULL', '='])('fails on the word %s', (word) => {
    expect(found(`a: ${word}`)).toEqual(['IN116 1:4']);
    expect(found(`a: "${word}"`)).toEqual([]);
  });

  it.each([
    ...['0o17', '017', '08', '1_000', '12:30:45', '1e3', '.5', '5.', '0x1F', '0b1', '+1', '-0', '1.10', '.inf', '.nan'],
    ...['-.INF', '9007199254740993', '2026-11-22T10:00:00Z'],
  ])('fails on the number %s', (number) => {
    expect(found(`a: [${number}]`)).toEqual(['IN117 1:5']);
    expect(found(`a: ['${number}']`)).toEqual([]);
  });

  it('fails with ten different mistakes of one file at once', () => {
    const lines = [
      '%YAML 1.2',
      '---',
      'a: no',
      'b: 017',
      'c: &x 1',
      'd: *x',
      'e: !!str f',
      'a: 2',
      '<<: {g: 1}',
      '1: one',
    ];
    const text = `${lines.join('\n')}\n__proto__: {}\nh: \u202e\n`;
    expect(found(text).map((problem) => problem.slice(0, 5))).toEqual(
      'IN106 IN116 IN117 IN103 IN103 IN105 IN102 IN104 IN115 IN114 IN108'.split(' '),
    );
    expect(readYaml(text, 't.yaml').problems.map(formatProblem)[1]).toBe(
      "IN116 t.yaml:3:4 a: given no without quotes, expected false, or text in quotes; write false, or quote it: 'no'",
    );
  });

  it('fails with at most a hundred mistakes and says how many there were', () => {
    const { problems } = readYaml('a: no\n'.repeat(500), 'a.yaml');
    expect(problems).toHaveLength(101);
    expect(problems[100]).toMatchObject({ code: 'IN119', given: '999 mistakes' });
  });

  it('has a title, a reason and a remedy for every code', () => {
    for (const text of Object.values(INPUT_CODES)) {
      expect(Object.values(text).filter((line) => /^[A-Z]|\.$/.test(line) || line === '')).toEqual([]);
    }
  });
});

describe('the fast path of readYaml', () => {
  const RUNS = Number(process.env.DRUN_FUZZ_RUNS ?? '20000');

  it(`never differs from the strict reader, in ${RUNS} generated files`, () => {
    let taken = 0;
    const property = fc.property(yamlSketch, (text) => {
      const fast = readFast(text);
      if (fast === undefined) return;
      taken += 1;
      const strict = readStrictly(text);
      expect({ text, mistakes: strict.mistakes }).toEqual({ text, mistakes: [] });
      expect({ text, value: fast.value }).toStrictEqual({ text, value: strict.value });
    });
    fc.assert(property, { numRuns: RUNS });
    expect(taken).toBeGreaterThan(RUNS / 20);
  }, 600_000);

  it('gives back what emitYaml wrote, or says why not', () => {
    const property = fc.property(trickyDocument, (data) => {
      const object = { apiVersion: 'v1', kind: 'A', metadata: { name: 'a' }, data };
      const { value, problems } = readYaml(emitYaml([object]), 'a.yaml');
      if (problems.length === 0) expect(value).toEqual(object);
      for (const { code } of problems) expect(code).toMatch(/^IN1(08|10|14|17)$/);
    });
    fc.assert(property, { numRuns: 2000 });
  }, 60_000);
});

describe('readUtf8', () => {
  it('reads bytes as readYaml reads text, and keeps the text', () => {
    const bytes = Buffer.from('a: "\u00e9"\n');
    expect(readUtf8(bytes, 'a.yaml')).toMatchObject({ value: { a: '\u00e9' }, text: 'a: "\u00e9"\n', problems: [] });
    expect(readUtf8(Buffer.from('\ufeffa: 1'), 'a.yaml').problems).toMatchObject([{ code: 'IN109' }]);
  });

  it.each([[[0xff]], [[0xc3]], [[0xed, 0xa0, 0x80]], [[0xc0, 0x80]], [[0xf8, 0x88, 0x80, 0x80, 0x80]]])(
    'fails on the bytes %j at their place',
    (wrong) => {
      const bytes = Buffer.concat([Buffer.from('\u00e9: 1\nb: \u00e9'), Uint8Array.from(wrong), Buffer.from('\nc: 2')]);
      const { value, problems } = readUtf8(bytes, 'a.yaml');
      expect(value).toBeUndefined();
      expect(problems).toMatchObject([{ code: 'IN111', place: { file: 'a.yaml', line: 2, column: 5 } }]);
    },
  );

  it('fails on too many bytes before it decodes them', () => {
    expect(readUtf8(Buffer.alloc(300_000, 0xff), 'a.yaml').problems).toMatchObject([{ code: 'IN112' }]);
  });
});
