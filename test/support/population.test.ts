import { tenantSpec } from '../../constructs/tenant/tenant-spec';
import { readYaml } from '../../stacks/spec/read-yaml';
import { members, propsOf, specOf, VARIANTS } from './population';
import { tenantYaml } from './population-files';

describe('the population of tenants', () => {
  const all = [...members(VARIANTS)];

  test('a specification is what the schema makes of the tenant’s properties', () => {
    for (const member of all) expect(specOf(member)).toEqual(tenantSpec(propsOf(member)));
  });

  test('a file reads back as the tenant’s properties, by the fast reader', () => {
    for (const member of all) {
      const { value, problems } = readYaml(tenantYaml(member), `${member.name}.yaml`);
      expect(problems).toEqual([]);
      expect(value).toEqual(propsOf(member));
    }
  });

  test('the same tenants come at every call, each under a name of its own', () => {
    expect([...members(VARIANTS)]).toEqual(all);
    expect(new Set(all.map(({ name }) => name)).size).toBe(VARIANTS);
  });

  test('fails to make a number of tenants that leaves peers without each other', () => {
    expect(() => [...members(11)]).toThrow('expected a multiple of ten');
  });
});
