import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatPlace } from '../../../constructs/core/problem';
import { emitYaml } from '../../../stacks/yaml/emit';
import { resolveGoScalar } from '../../../stacks/yaml/go-scalar';
import { MANIFEST_CODES } from '../../../stacks/yaml/manifest-codes';
import { readManifestDirectory } from '../../../stacks/yaml/manifest-directory';
import { readManifests } from '../../../stacks/yaml/read-manifests';
import { tenantObjects } from '../../support/tenant-objects';

const read = (text: string) => readManifests(Buffer.from(text), 'a.yaml');
const found = (text: string) =>
  read(text).problems.map(
    ({ code, path, place }) => `${code} ${path} ${place === undefined ? '' : formatPlace(place)}`,
  );
const objects = (text: string) => {
  const { manifests, problems } = read(text);
  expect(problems).toEqual([]);
  return manifests.map(({ object }) => object);
};
const config = (fields: string) => `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n${fields}`;

describe('readManifests', () => {
  it('gives back what emitYaml wrote, with the line of each document', () => {
    const given = [
      ...tenantObjects('acme'),
      { ...tenantObjects('b')[0], data: { a: 'x\n y\n', b: 'no', c: '\u0001"' } },
    ];
    const plain = JSON.parse(JSON.stringify(given));
    const { manifests, problems } = read(emitYaml(plain));
    expect(problems).toEqual([]);
    expect(manifests.map(({ object }) => object)).toEqual(plain);
    expect(manifests.slice(0, 2).map(({ place }) => formatPlace(place))).toEqual(['a.yaml:1', 'a.yaml:17']);
  });

  it('reads several documents past comments, empty ones, directives and CRLF', () => {
    const text = `# first\r\n---\r\n${config('data: {a: "1"}')}\r\n---\r\n# empty\r\n--- # named\r\n\r\n${config('x: 1')}\r\n---\r\n`;
    expect(objects(text)).toMatchObject([{ data: { a: '1' } }, { x: 1 }]);
    expect(read(text).manifests.map(({ place }) => place.line)).toEqual([3, 11]);
    expect(objects(`%YAML 1.1\n---\n${config('x: 2')}`)).toMatchObject([{ x: 2 }]);
  });

  it('expands anchors, aliases and merge keys as go-yaml does', () => {
    const text = config(
      'base: &b {p: 1, q: 2}\nother: &o {q: 3, z: 4}\nc: {<<: *b, q: 5}\nd: {<<: [*b, *o]}\ne: [*b, *b]',
    );
    expect(objects(text)).toMatchObject([
      {
        c: { p: 1, q: 5 },
        d: { p: 1, q: 2, z: 4 },
        e: [
          { p: 1, q: 2 },
          { p: 1, q: 2 },
        ],
      },
    ]);
  });

  it('reads scalars and keys as kubectl does', () => {
    const text = config(
      'a: [no, on, y, 017, 0o17, 0x1F, 1_000, 1e3, .5, 12:30:45, 2026-11-22, ~, !!str 5]\non: 1\n80: 2\n__proto__: 3',
    );
    const [object] = objects(text);
    expect(object).toMatchObject({
      a: [false, true, true, 15, 15, 31, 1000, 1000, 0.5, '12:30:45', '2026-11-22', null, '5'],
      true: 1,
      '80': 2,
    });
    expect(Object.keys(object ?? {})).toContain('__proto__');
  });

  it('takes a list for its items, and JSON for YAML', () => {
    const item = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'a' } };
    const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [item, item] }, null, '\t');
    expect(objects(list)).toEqual([item, item]);
  });

  it('[ENC-2] keeps files of the API server as host files, for the rules', () => {
    expect(
      objects('apiVersion: apiserver.config.k8s.io/v1\nkind: EncryptionConfiguration\nresources: []'),
    ).toMatchObject([{ kind: 'HostFile', spec: { content: { kind: 'EncryptionConfiguration', resources: [] } } }]);
  });

  it('leaves configuration files of other programs out', () => {
    expect(objects('apiVersion: audit.k8s.io/v1\nkind: Policy\nrules: []')).toEqual([]);
    expect(objects('apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization')).toEqual([]);
  });
});

describe('what readManifests refuses', () => {
  const bomb = ['a0: &a0 [x, x, x, x, x, x, x, x, x]'];
  for (let level = 1; level < 12; level += 1) {
    const below = `*a${level - 1}`;
    bomb.push(`a${level}: &a${level} [${Array.from({ length: 9 }, () => below).join(', ')}]`);
  }

  it.each([
    ['broken syntax', config('a: [1\nb: 2'), ['IN201 (document) a.yaml:5:1']],
    ['an unknown alias', config('a: *b'), ['IN201 a a.yaml:4:4']],
    ['control characters', config('a: \u0001'), ['IN201 (document) a.yaml:4:4']],
    ['a document that nothing parts', `${config('a: 1')}\n...\n${config('b: 1')}`, ['IN201 (document) a.yaml:6:1']],
    ['a document that is no object', 'a\n---\n[1]', ['IN202 (document) a.yaml:1', 'IN202 (document) a.yaml:3']],
    ['no kind and no name', 'apiVersion: v1\nmetadata: {}', ['IN202 kind a.yaml:1', 'IN202 metadata.name a.yaml:1']],
    [
      'labels that are no text',
      'apiVersion: v1\nkind: A\nmetadata: {name: a, labels: {b: 1}}',
      ['IN202 metadata.labels.b a.yaml:1'],
    ],
    ['a bad item in a list', 'apiVersion: v1\nkind: List\nitems: [1]', ['IN202 items[0] a.yaml:1']],
    ['a duplicate key', config('a: 1\na: 2'), ['IN203 a a.yaml:5:1']],
    ['an anchor bomb', config(bomb.join('\n')), [expect.stringMatching(/^IN204 /)]],
    ['an alias within its anchor', config('a: &a [*a]'), ['IN204 a[0] a.yaml:4:8']],
    ['too many levels', config(`a: ${'['.repeat(200)}${']'.repeat(200)}`), [expect.stringMatching(/^IN208 /)]],
    ['infinity', config('a: .inf'), ['IN209 a a.yaml:4:4']],
    ['a tag', config('a: !!binary aGk='), ['IN209 a a.yaml:4:13']],
    ['a list as key', config('[a]: 1'), ['IN209 (document) a.yaml:4:1']],
  ])('fails on %s, and keeps nothing of that document', (_, text, expected) => {
    expect(found(text)).toEqual(expected);
    expect(read(`${text}\n---\n${config('fine: 1')}`).manifests).toMatchObject([{ object: { fine: 1 } }]);
  });

  it('fails on bytes that are no utf-8', () => {
    expect(readManifests(Buffer.from([0x61, 0x0a, 0xff]), 'a.yaml').problems).toMatchObject([
      { code: 'IN207', place: { file: 'a.yaml', line: 2 } },
    ]);
  });

  it('has a title, a reason and a remedy for every code', () => {
    for (const text of Object.values(MANIFEST_CODES)) {
      expect(Object.values(text).filter((line) => /^[A-Z]|\.$/.test(line) || line === '')).toEqual([]);
    }
  });
});

describe('resolveGoScalar', () => {
  it('decides the edge cases as go-yaml does', () => {
    const texts = [
      '08',
      '018',
      '0b11',
      '+0x1',
      '-9223372036854775808',
      '18446744073709551616',
      '1e400',
      '-0',
      '.1_0',
      '.5_',
      '0_7',
    ];
    expect(texts.map(resolveGoScalar)).toEqual([
      8,
      18,
      3,
      1,
      -9223372036854776000,
      18446744073709552000,
      '1e400',
      0,
      0.1,
      '.5_',
      7,
    ]);
  });
});

describe('readManifestDirectory', () => {
  const directory = mkdtempSync(join(tmpdir(), 'drun-manifests-'));
  afterAll(() => rmSync(directory, { recursive: true }));

  it('reads all files below a directory in the order of their names, and says what it could not read', () => {
    mkdirSync(join(directory, 'b', '.git'), { recursive: true });
    writeFileSync(join(directory, 'z.yml'), config('data: {n: z}'));
    writeFileSync(
      join(directory, 'b', 'c.json'),
      JSON.stringify({ apiVersion: 'v1', kind: 'B', metadata: { name: 'b' } }),
    );
    writeFileSync(join(directory, 'b', '.git', 'x.yaml'), 'broken: [');
    writeFileSync(join(directory, 'README.md'), 'broken: [');
    symlinkSync(join(directory, 'z.yml'), join(directory, 'a.yaml'));
    symlinkSync(directory, join(directory, 'loop'));
    const { manifests, problems } = readManifestDirectory(directory);
    expect(manifests.map(({ place }) => place.file.slice(directory.length + 1))).toEqual([
      'a.yaml',
      'b/c.json',
      'z.yml',
    ]);
    expect(problems.map(({ code, given }) => `${code} ${given}`)).toEqual(['IN206 a link to a directory']);
  });

  it('fails on a directory that does not exist', () => {
    expect(readManifestDirectory(join(directory, 'none')).problems).toMatchObject([{ code: 'IN206', given: 'ENOENT' }]);
  });
});
