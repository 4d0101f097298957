import fc from 'fast-check';

const word = fc.constantFrom(
  ...[
    'a',
    'b',
    'name',
    'spec',
    'x-y',
    'a.b/c',
    'v1',
    '_k',
    'no',
    'on',
    'true',
    'null',
    '~',
    '1',
    '-1',
    '0',
    '1.5',
    '1.10',
    '017',
  ],
  ...[
    '0x1F',
    '1e3',
    '.5',
    '12:30',
    '512Gi',
    '10.0.0.1',
    '2026-11-22',
    'a:b',
    'a: b',
    'a #c',
    '#c',
    'a#b',
    '"q"',
    "'q'",
    '"a\\n"',
  ],
  ...[
    "'it''s'",
    '"',
    "'",
    '',
    ' ',
    'two words',
    'a b: c',
    '-',
    '- a',
    '--',
    '---',
    '--x',
    '*a',
    '&a',
    '!t',
    '|',
    '>',
    '%',
    '@',
  ],
  ...[
    '__proto__',
    'constructor',
    '<<',
    '=',
    '?',
    '? a',
    ':',
    'a:',
    ',',
    'x,y',
    '[',
    ']',
    '{',
    '}',
    '/p',
    '.q',
    'é',
    '[]',
    '{}',
  ],
);

const flow = fc.letrec<{ value: string }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    word,
    fc.array(tie('value'), { maxLength: 3 }).map((items) => `[${items.join(', ')}]`),
    fc
      .array(fc.tuple(word, tie('value')), { maxLength: 3 })
      .map((items) => `{ ${items.map(([k, v]) => `${k}: ${v}`).join(', ')} }`),
  ),
})).value;

const plainKey = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'name', 'spec', 'x-y', 'p.q/r');
const good = fc.constantFrom(
  'a',
  'x y',
  '1',
  '1.5',
  'true',
  '"q"',
  "'q'",
  '[a, 1]',
  '{ a: 1, b: [c] }',
  '[]',
  '{}',
  'a:b',
  '512Gi',
  '',
  '# c',
);
const value = fc.oneof({ weight: 5, arbitrary: good }, { weight: 1, arbitrary: word }, { weight: 1, arbitrary: flow });
const key = fc.oneof({ weight: 8, arbitrary: plainKey }, { weight: 1, arbitrary: word });
const comment = fc.constantFrom('', '', '', ' # c', ' #', '#', '  ');
const indent = fc.constantFrom(0, 0, 0, 2, 2, 4, 1, 3);

const line = fc
  .tuple(
    indent,
    fc.constantFrom('', '', '', '- ', '-  ', '- - ', '-'),
    key,
    fc.constantFrom(': ', ': ', ': ', ':', ':  ', ' : '),
    value,
    comment,
  )
  .map(([depth, dash, name, colon, text, end]) => `${' '.repeat(depth)}${dash}${name}${colon}${text}${end}`);
const item = fc.tuple(indent, value, comment).map(([depth, text, end]) => `${' '.repeat(depth)}- ${text}${end}`);
const other = fc.constantFrom('', '# c', '  # c', '---', '...', '  a', 'a', '   ');

/** Texts that look like small YAML files, most of them nearly right: what a fast reader could take wrongly. */
export const yamlSketch = fc
  .array(fc.oneof({ weight: 6, arbitrary: line }, { weight: 3, arbitrary: item }, { weight: 1, arbitrary: other }), {
    minLength: 1,
    maxLength: 6,
  })
  .map((lines) => `${lines.join('\n')}\n`);
