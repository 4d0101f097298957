import { isDeepStrictEqual } from 'node:util';
import { parse, type Tags } from 'yaml';
import { checksum } from '../../constructs/core/object-names';
import { readUtf8, readYaml } from '../../stacks/spec/read-yaml';
import { parseTenant } from '../../stacks/spec/tenant-source';
import { readManifests } from '../../stacks/yaml/read-manifests';
import { hostile } from './parser';
import { FLOODS, hostileBytes, hostileText } from './tricks';

/** Dates stay text, as with go-yaml; and `e1` is no number, which only `yaml` 2.9.1 takes it for. */
const withoutDates = (tags: Tags): Tags =>
  tags.filter(
    (tag) => typeof tag !== 'object' || !['timestamp', 'float'].includes(tag.tag.slice('tag:yaml.org,2002:'.length)),
  );

/** Asked of one text in sixteen, because it takes longer than all the rest. What is accepted must mean the same in YAML 1.1 and 1.2: `yaml` judges. */
function expectAgreement(text: string, value: unknown): void {
  const read = parse(text, { version: '1.2' });
  if (!isDeepStrictEqual(read, value)) throw new Error(`yaml 1.2 reads ${JSON.stringify({ text, value, read })}`);
  const old = parse(text, { version: '1.1', customTags: withoutDates });
  const numbers = JSON.stringify(value).match(/\.\d/) !== null;
  if (!numbers && !isDeepStrictEqual(old, value))
    throw new Error(`yaml 1.1 reads ${JSON.stringify({ text, value, old })}`);
}

const PARSERS = [
  hostile({
    title: 'readYaml',
    inputs: hostileText,
    runs: 42_000,
    read: (text) => {
      const { value, problems, placeOf } = readYaml(text, 'a.yaml');
      if (checksum(text).endsWith('0')) {
        if (placeOf(['allow', 0, 'to']).line === undefined) throw new Error('no place');
        if (problems.length === 0) expectAgreement(text, value);
      }
      return problems;
    },
  }),
  hostile({
    title: 'readUtf8',
    inputs: hostileBytes,
    runs: 8_000,
    read: (bytes) => readUtf8(bytes, 'a.yaml').problems,
  }),
  hostile({
    title: 'readManifests',
    inputs: hostileBytes,
    runs: 10_000,
    read: (bytes) => readManifests(bytes, 'a.yaml').problems,
    columns: false,
  }),
  hostile({
    title: 'parseTenant',
    inputs: hostileText.map((text) => Buffer.from(text)),
    runs: 5_000,
    read: (bytes) => {
      const parsed = parseTenant(bytes, 'a.yaml');
      return 'problems' in parsed ? parsed.problems : [];
    },
  }),
];

describe('hostile YAML', () => {
  it.each(PARSERS)(
    '$title',
    ({ attack }) => {
      attack();
      expect(Object.keys(Object.prototype)).toEqual([]);
    },
    300_000,
  );

  it.each(Object.entries(FLOODS))(
    'fails on a flood of %s within seconds',
    (_, text) => {
      const start = process.cpuUsage();
      expect(readYaml(text, 'a.yaml').problems.length).toBeGreaterThan(0);
      expect(readManifests(Buffer.from(text), 'a.yaml').manifests).toEqual([]);
      const { user, system } = process.cpuUsage(start);
      expect((user + system) / 1e6).toBeLessThan(10);
    },
    120_000,
  );
});
