import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv2020 from 'ajv/dist/2020';
import { parse } from 'yaml';
import { GENERATED } from '../../cli/generated';
import { ENVIRONMENTS } from '../../stacks/environments';
import { tenantsFolder } from '../../stacks/load';
import { jsonSchema, schemaText } from '../../stacks/spec/json-schema';
import { PACKAGE_ROOT } from '../../stacks/synth/fingerprint';
import { drun } from '../support/drun';

test.each(GENERATED.map((file) => [file.path, file] as const))(
  '%s is what `npm run generate` writes',
  (path, { content }) => {
    expect(readFileSync(join(PACKAGE_ROOT, path), 'utf8')).toBe(content());
  },
);

describe('the JSON Schema', () => {
  const ajv = new Ajv2020({ allErrors: true, strict: true, strictTypes: false, validateFormats: false });
  const validate = ajv.compile(jsonSchema('tenant'));
  const files = ENVIRONMENTS.flatMap(({ name }) =>
    readdirSync(tenantsFolder(name)).map((file) => join(tenantsFolder(name), file)),
  );

  test.each(files.map((file) => [file.slice(PACKAGE_ROOT.length + 1), file]))('accepts %s', (_, file) => {
    validate(parse(readFileSync(file, 'utf8')));
    expect(validate.errors).toBeNull();
  });

  test('is named in every tenant’s file, so that editors find it', () => {
    for (const file of files)
      expect(readFileSync(file, 'utf8')).toMatch(
        /^# yaml-language-server: \$schema=(\.\.\/){4}schemas\/tenant\.schema\.json\n/,
      );
  });

  test.each([
    ['an unknown key', { colour: 'red' }, '/'],
    ['an unknown key inside', { namespaces: { main: { cpus: 4 } } }, '/namespaces/main'],
    ['a value outside of its choices', { trust: 'blind' }, '/trust'],
    ['a unit that does not exist', { namespaces: { main: { memory: '64GB' } } }, '/namespaces/main/memory'],
    ['a GPU mode without its profile', { gpu: { mode: 'mig', count: 1 } }, '/gpu'],
    ['a missing owner', { owner: undefined }, '/'],
    ['a port out of range', { accept: [{ from: { platform: 'ingress' }, ports: [0] }] }, '/accept/0/ports/0'],
  ])('fails over %s', (_, change, at) => {
    const good = { name: 'acme', owner: 'a@b.example', namespaces: { main: {} } };
    expect(validate(good)).toBe(true);
    const { owner, ...rest } = { ...good, ...change };
    expect(validate(owner === undefined ? rest : { owner, ...rest })).toBe(false);
    expect(validate.errors?.some(({ instancePath }) => instancePath === (at === '/' ? '' : at))).toBe(true);
  });

  test('gives editors choices, defaults and descriptions', () => {
    expect(jsonSchema('tenant')).toMatchObject({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      additionalProperties: false,
      properties: {
        trust: { enum: ['trusted', 'standard', 'untrusted'], default: 'untrusted', description: expect.any(String) },
      },
      required: ['name', 'owner', 'namespaces'],
    });
  });

  test('of an environment accepts what the environments say', () => {
    const environment = new Ajv2020({ strict: true, strictTypes: false, validateFormats: false }).compile(
      jsonSchema('environment'),
    );
    for (const one of ENVIRONMENTS) {
      environment(JSON.parse(JSON.stringify(one)));
      expect(environment.errors).toBeNull();
    }
    expect(environment({ name: 'x', access: { issuer: 'https://id.example' }, regions: [] })).toBe(false);
  });

  test('is printed by drun schema, and fails over another kind', async () => {
    expect((await drun(['schema', 'tenant'])).out).toBe(schemaText('tenant'));
    expect(await drun(['schema', 'tennant'])).toMatchObject({
      code: 2,
      err: expect.stringContaining('did you mean tenant?'),
    });
  });
});
