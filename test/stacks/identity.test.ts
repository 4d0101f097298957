import { hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { recordAt, stringAt } from '../../constructs/core/json';
import { IDENTITY_LABEL } from '../../constructs/core/labels';
import type { Manifest } from '../../constructs/core/manifest';
import { ENVIRONMENTS } from '../../stacks/environments';
import { identityOf, PROJECT, urnHash, urnOf, withIdentity } from '../../stacks/identity';
import { admit } from '../../stacks/sinks/admit';
import { stackContent } from '../../stacks/sinks/pulumi/content';
import { targetsOf } from '../../stacks/sinks/target';
import { PACKAGE_ROOT } from '../../stacks/synth/fingerprint';
import { recordStack, TODAY } from '../support/recorded-stack';

jest.setTimeout(60_000);

const OBJECT: Manifest = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'a', namespace: 'b', labels: { c: 'd' } },
};
const ORIGIN = { stack: 'dev', token: 'kubernetes:core/v1:ConfigMap', name: 'eu/foundation/A' };

test('the project is called what Pulumi.yaml says', () => {
  expect(stringAt(parse(readFileSync(join(PACKAGE_ROOT, 'Pulumi.yaml'), 'utf8')), 'name')).toBe(PROJECT);
});

test('an identity is the stack and forty digits of the SHA-256 of the URN, beside the other labels', () => {
  const urn = 'urn:pulumi:dev::drun-platform::drun:platform:Layer$kubernetes:core/v1:ConfigMap::eu/foundation/A';
  expect(urnOf(ORIGIN)).toBe(urn);
  expect(withIdentity(OBJECT, ORIGIN).metadata.labels).toEqual({
    c: 'd',
    'drun.io/stack': 'dev',
    'drun.io/urn': hash('sha256', urn, 'hex').slice(0, 40),
  });
  expect(identityOf(withIdentity(OBJECT, ORIGIN))).toEqual({ stack: 'dev', urn: urnHash(urn) });
});

test('fails to be an identity where either label is missing', () => {
  expect(identityOf(OBJECT)).toBeUndefined();
  expect(identityOf({ metadata: { labels: { [IDENTITY_LABEL.stack]: 'dev' } } })).toBeUndefined();
});

test('every object of a stack carries the hash of the very URN under which the engine registers it', async () => {
  const { resources } = await recordStack('dev-tenants-00');
  const objects = resources.filter(({ custom, type }) => custom && type.startsWith('kubernetes:'));
  expect(objects.length).toBeGreaterThan(30);
  for (const { urn, inputs } of objects)
    expect({ urn, identity: identityOf(inputs) }).toEqual({
      urn,
      identity: { stack: 'dev-tenants-00', urn: urnHash(urn) },
    });
});

test('[IAM-2] no two objects of an environment share an identity, and the parameters of admission come right after their namespace', () => {
  const [dev] = ENVIRONMENTS;
  if (dev === undefined) throw new Error('no environment');
  const admitted = admit(dev, TODAY);
  const contents = targetsOf(dev).map((target) => stackContent(admitted, target, { unprotected: [] }));
  const all = contents.flatMap(({ regions }) =>
    regions.flatMap(({ layers }) => layers.flatMap((one) => one.registrations)),
  );
  const identities = all.flatMap(({ inputs }) => identityOf(inputs)?.urn ?? []);
  expect(new Set(identities).size).toBe(identities.length);
  const parameters = all.filter(({ token }) => token.endsWith(':TenantPolicy'));
  expect(parameters.length).toBeGreaterThan(0);
  for (const { inputs, id, inside } of parameters) {
    const namespace = stringAt(recordAt(inputs, 'metadata'), 'namespace');
    const others = all.filter((one) => one.inside === inside && one.id !== id);
    expect(others.length).toBeGreaterThan(5);
    expect({ namespace, before: others.filter((one) => !one.dependsOn.includes(id)) }).toEqual({
      namespace,
      before: [],
    });
  }
});

test('[IAM-2] an identity is under the prefix that no tenant can write', () => {
  for (const label of Object.values(IDENTITY_LABEL)) expect(label.startsWith('drun.io/')).toBe(true);
});
