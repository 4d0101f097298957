import fc from 'fast-check';
import type * as z from 'zod';
import { parseBlock, parseCidr } from '../../analysis/network/cidr';
import { groupName, hostName, namespaceSuffix, shortName, tenantName } from '../../constructs/core/names';
import { parse } from '../../constructs/core/parse';
import { parseQuantity } from '../../constructs/core/quantity';
import { TRICKY } from '../support/tricky';
import { hostile } from './parser';

/** Near misses of names, amounts and addresses: homoglyphs, empty labels, signs, odd digits, too much of everything. */
const PARTS: readonly string[] = [
  ...[
    'a',
    'acme',
    'kube',
    'istio',
    'drun',
    'svc',
    'local',
    'xn--',
    'xn--80ak6aa92e',
    'А',
    'а',
    'е',
    'ı',
    'İ',
    'ß',
    'ﬁ',
    'Ⅷ',
    '①',
    '０',
    '٣',
    '９',
  ],
  ...[
    '-',
    '--',
    '.',
    '..',
    '_',
    '/',
    ':',
    '::',
    '@',
    '*',
    '+',
    ' ',
    '\t',
    '\n',
    '\0',
    '\u200b',
    '\u202e',
    '\ufeff',
    '\ud800',
    '%',
    '$(a)',
    '\\',
  ],
  ...[
    '0',
    '1',
    '00',
    '007',
    '255',
    '256',
    '65536',
    '4294967296',
    '1e9',
    '1e999',
    '9'.repeat(400),
    'Gi',
    'Ki',
    'm',
    'k',
    'E',
    'ei',
    'NaN',
    'Infinity',
  ],
  ...[
    '10.0.0.0',
    '10.0.0.1/8',
    '/32',
    '/33',
    '/-1',
    '/08',
    '0x0a.0.0.1',
    '::1',
    '::ffff:10.0.0.1',
    'fe80::1%eth0',
    '1::2::3',
    'example.com',
    'COM',
  ],
];
const word = fc.oneof(
  { weight: 3, arbitrary: fc.array(fc.constantFrom(...PARTS), { maxLength: 5 }).map((parts) => parts.join('')) },
  fc.constantFrom(...TRICKY),
  fc.string({ unit: fc.constantFrom(...'0123456789abcdefgimknKMGTPE.:/-+eE_ '), maxLength: 14 }),
  fc.string({ unit: 'binary', maxLength: 20 }),
);

const named = (title: string, schema: z.ZodType<string>) =>
  hostile({
    title,
    inputs: word,
    runs: 5_000,
    read: (text) => {
      const parsed = parse(schema, text, () => ({ file: 'a.yaml', line: 1, column: 1 }));
      return parsed.ok ? [] : parsed.problems;
    },
  });

/** These give undefined for what they do not take: their callers word the problem. */
const silent = (title: string, read: (text: string) => unknown) =>
  hostile({
    title,
    inputs: word,
    runs: 10_000,
    read: (text) => {
      read(text);
      return [];
    },
  });

const PARSERS = [
  named('tenantName', tenantName),
  named('namespaceSuffix', namespaceSuffix),
  named('shortName', shortName),
  named('hostName', hostName),
  named('groupName', groupName),
  silent('parseQuantity', parseQuantity),
  silent('parseCidr', parseCidr),
  silent('parseBlock', parseBlock),
];

describe('hostile words', () => {
  it.each(PARSERS)('$title', ({ attack }) => attack(), 120_000);
});
