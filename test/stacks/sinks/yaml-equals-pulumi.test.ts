import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { isRecord, recordAt, stringAt } from '../../../constructs/core/json';
import { IDENTITY_LABEL } from '../../../constructs/core/labels';
import { ENVIRONMENTS } from '../../../stacks/environments';
import { tenantsFolder } from '../../../stacks/load';
import { READINESS_PREFIX } from '../../../stacks/sinks/pulumi/readiness';
import { targetsOf } from '../../../stacks/sinks/target';
import type { Environment } from '../../../stacks/spec/environment';
import { synth } from '../../../stacks/synth/synth';
import { type RecordedStack, recordStack, TODAY } from '../../support/recorded-stack';

jest.setTimeout(60_000);

/** Objects by region and identity, whole: apiVersion, kind, namespace, name, spec and everything else. */
type Objects = ReadonlyMap<string, unknown>;

const out = mkdtempSync(join(tmpdir(), 'drun-equal-'));
afterAll(() => rmSync(out, { recursive: true }));

describe.each(ENVIRONMENTS.map((environment) => [environment.name, environment] as const))(
  '%s',
  (name, environment) => {
    let written: Objects;
    let registered: Objects;
    let stacks: readonly RecordedStack[];

    beforeAll(async () => {
      synth({ environment: name, tenants: tenantsFolder(name), out: join(out, name), today: TODAY });
      written = objectsOnDisk(join(out, name));
      // Staging is pulled by Flux: here it is looked at as if Pulumi pushed it, because the objects are the same.
      const pushed: Environment = { ...environment, delivery: { by: 'pulumi' } };
      const recorded: RecordedStack[] = [];
      for (const { stack } of targetsOf(pushed)) recorded.push(await recordStack(stack, { environments: [pushed] }));
      stacks = recorded;
      registered = new Map(recorded.flatMap(objectsOf));
    });

    test('registers with Pulumi exactly the objects that the YAML holds', () => {
      expect(written.size).toBeGreaterThan(50);
      expect([...registered.keys()].sort()).toEqual([...written.keys()].sort());
      for (const [key, object] of written) expect({ [key]: registered.get(key) }).toEqual({ [key]: object });
    });

    test('registers no object from two stacks', () => {
      const all = stacks.flatMap(objectsOf);
      expect(all.length).toBe(registered.size);
    });

    test('tells the hash of every stack only once all of its resources are there', () => {
      for (const { resources, finished, hash } of stacks) {
        expect(hash).toMatch(/^[\w-]{43}$/);
        expect(finished.length).toBe(resources.length);
      }
    });
  },
);

test('fails to be equal when one field of one object differs', async () => {
  const [dev] = ENVIRONMENTS;
  const { resources } = await recordStack(dev?.name ?? '');
  const some = resources.find(({ type }) => type.endsWith(':NetworkPolicy'));
  const other = {
    ...some?.inputs,
    spec: { ...recordAt(some?.inputs, 'spec'), podSelector: { matchLabels: { a: 'b' } } },
  };
  expect(keyed('eu-central-1', other)).not.toEqual(keyed('eu-central-1', some?.inputs));
});

function objectsOnDisk(folder: string): Objects {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => {
    return /^[^/]+\/(\d\d-[^/]+|tenants\/[^/]+)\.yaml$/.test(file);
  });
  return new Map(
    files.flatMap((file) => {
      const region = file.split('/')[0] ?? '';
      return parseAllDocuments(readFileSync(join(folder, file), 'utf8')).map((document) =>
        keyed(region, document.toJS()),
      );
    }),
  );
}

function objectsOf({ resources }: RecordedStack): readonly (readonly [string, unknown])[] {
  return resources
    .filter(({ type, custom }) => custom && type.startsWith('kubernetes:') && type !== 'kubernetes:helm.sh/v3:Release')
    .map(({ provider, inputs }) => keyed(/kubernetes::([^:]+)::/.exec(provider)?.[1] ?? 'no provider', inputs));
}

/** Annotations by which Pulumi waits are its own, and so are the labels of a live object's identity; everything else counts. */
function keyed(region: string, object: unknown): readonly [string, unknown] {
  const metadata = recordAt(object, 'metadata');
  const annotations = Object.entries(recordAt(metadata, 'annotations')).filter(
    ([key]) => !key.startsWith(READINESS_PREFIX),
  );
  const identity: readonly string[] = Object.values(IDENTITY_LABEL);
  const labels = Object.entries(recordAt(metadata, 'labels')).filter(([key]) => !identity.includes(key));
  const same = isRecord(object)
    ? {
        ...object,
        metadata: { ...metadata, annotations: Object.fromEntries(annotations), labels: Object.fromEntries(labels) },
      }
    : object;
  const key = [
    region,
    stringAt(object, 'apiVersion'),
    stringAt(object, 'kind'),
    stringAt(metadata, 'namespace'),
    stringAt(metadata, 'name'),
  ];
  return [key.join(' '), same];
}
