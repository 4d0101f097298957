import fc from 'fast-check';
import { TRICKY } from '../support/tricky';
import { yamlSketch } from '../support/yaml-sketch';

const TENANT = `name: acme
trust: standard
namespaces:
  train: { cpu: 64, memory: 512Gi }
access:
  owner: [acme-owners]
registries:
  - registry.example.com/acme/
allow:
  - to: { tenant: beta, namespace: serve }
    ports: [8443]
`;

/** Pieces of YAML that broke some reader once. */
const PIECES: readonly string[] = [
  ...[
    'a: 1\na: 2',
    'name: acme',
    '"name": x',
    "'name': x",
    '? name\n: x',
    'a: &a [*a]',
    '&a a: *a',
    '*a : b',
    '&a &b c',
    '!!str',
    '!<x> y',
  ],
  ...[
    '<<: *a',
    '<<: {a: 1}',
    '<<: [{a: 1}, {b: 2}]',
    '%YAML 1.1',
    '%TAG ! tag:x,2000:',
    '---',
    '...',
    '--- a',
    '--- |\n a',
    '- - - -',
  ],
  ...[
    '__proto__: {polluted: 1}',
    '{__proto__: 1}',
    '"__proto__": 1',
    '"\\x5f_proto__": 1',
    'constructor: {prototype: {a: 1}}',
    'toString: 1',
  ],
  ...[
    'a: no',
    'a: 0o17',
    'no: a',
    '~: a',
    'null: a',
    '1: a',
    '[a]: b',
    '{a: b}: c',
    ': a',
    '? - a',
    'a: 1_000',
    'a: 12:30:45',
    'a: .inf',
  ],
  ...[
    '[[[[[[[[',
    '{{{{{{{{',
    ']]]]',
    '}}}}',
    '[a, b',
    '{a: b',
    '"a',
    "'a",
    '"\\',
    '"\\u12',
    '"\\ud800"',
    '"\\0"',
    '"\\q"',
    'a: "b" c',
    '[a]b',
  ],
  ...[
    '\t',
    '\ta: 1',
    'a:\tb',
    'a: b\t',
    '- \ta',
    '\r',
    '\r\n',
    'a\r\nb: 1',
    '\n\n\n',
    ' ',
    '      a: 1',
    '  - a',
    '-a',
    '-',
    '?',
    ':',
    ',',
    '#',
    ' #',
  ],
  ...[
    '|',
    '|-',
    '|+',
    '|9',
    '|0',
    '>',
    '>-1',
    '|\n\ta',
    '|\n   a\n b',
    '>\n a\n\n  b',
    '| # c',
    '"a\n\n b"',
    "'a\n b'",
    'a\n b\n c: d',
    '@',
    '`',
    '%',
  ],
  ...[
    '\0',
    '\u0001',
    '\u001b[2J',
    '\u007f',
    '\u0085',
    '\u00a0',
    '\u2028',
    '\u2029',
    '\u200b',
    '\u202e',
    '\u2066',
    '\ufeff',
    '\ufffe',
    '\uffff',
  ],
  ...[
    '\ud800',
    '\udfff',
    '\u{1f600}',
    '\u{e0041}',
    '\u{10ffff}',
    'é',
    'е',
    'аcme',
    '\u3000',
    '日本',
    'k'.repeat(1100),
    `${'k'.repeat(1100)}: 1`,
  ],
];

const piece = fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...PIECES) }, fc.constantFrom(...TRICKY));
const glue = fc.constantFrom('\n', '\n', '\n  ', '\n- ', '\n  - ', ' ', '', ': ', ', ', ' #', '\r\n');
const pieces = fc.array(fc.tuple(piece, glue), { minLength: 1, maxLength: 6 }).map((parts) => parts.flat().join(''));

/** Any UTF-16 units, half surrogate pairs among them. */
const noise = fc
  .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 30 })
  .map((units) => String.fromCharCode(...units));

/** A good file with something put in, at any place. */
const grafted = fc
  .tuple(fc.nat(TENANT.length), fc.nat(4), fc.oneof({ weight: 4, arbitrary: piece }, noise))
  .map(([at, cut, graft]) => TENANT.slice(0, at) + graft + TENANT.slice(at + cut));

/** Texts made to break a reader of YAML: tricks, joins of tricks, tricks grafted on good files, near misses, noise. */
export const hostileText: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: grafted },
  { weight: 3, arbitrary: pieces },
  { weight: 2, arbitrary: yamlSketch },
  { weight: 1, arbitrary: noise },
);

/** The same as bytes, some of them damaged. */
export const hostileBytes: fc.Arbitrary<Uint8Array> = fc
  .tuple(hostileText, fc.array(fc.tuple(fc.nat(400), fc.nat(255)), { maxLength: 2 }))
  .map(([text, damage]) => {
    const bytes = Buffer.from(text);
    for (const [at, byte] of damage) if (at < bytes.length) bytes[at] = byte;
    return bytes;
  });

/** Floods: small to write, large to read. */
export const FLOODS: Readonly<Record<string, string>> = {
  'open brackets': '['.repeat(30_000),
  'open braces': '{a: '.repeat(10_000),
  'nested lists': '- '.repeat(20_000),
  'nested mappings': Array.from({ length: 600 }, (_, level) => `${' '.repeat(level)}a:`).join('\n'),
  'closed brackets': ']'.repeat(10_000),
  'explicit keys': '? '.repeat(20_000),
  anchors: '&a '.repeat(10_000),
  aliases: '*a '.repeat(10_000),
  'an anchor bomb': Array.from(
    { length: 40 },
    (_, n) => `a${n}: &a${n} [${`*a${Math.max(0, n - 1)}, `.repeat(9)}x]`,
  ).join('\n'),
  'duplicate keys': 'a: 1\n'.repeat(6_000),
  quotes: '"'.repeat(15_000),
  'bad escapes': `a: "${'\\q'.repeat(10_000)}"`,
  documents: '---\n'.repeat(10_000),
  directives: '%a\n'.repeat(8_000),
  tabs: '\t'.repeat(50_000),
  'one digit': `a: ${'1'.repeat(200_000)}`,
  underscores: `a: ${'1_'.repeat(100_000)}`,
  'one key': `${'k'.repeat(200_000)}: 1`,
  comments: '# a\n'.repeat(50_000),
  'too many bytes': 'a'.repeat(300_000),
};
