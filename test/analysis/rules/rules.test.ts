import { CheckRun, checkObjects, explainRule, RULES } from '../../../analysis/rules';
import type { AnyRule, ClusterRanges } from '../../../constructs/core/rule';
import { ADMISSION } from './admission.cases';
import type { Case } from './cases';
import { EDGE_CASES } from './edge.cases';
import { EDGE_COUNTS } from './edge-counts.cases';
import { EDGE_PRESENCE } from './edge-presence.cases';
import { EGRESS } from './egress.cases';
import { GUARDS } from './guards.cases';
import { IDENTITY } from './identity.cases';
import { MESH } from './mesh.cases';
import { MESH_CONFIG } from './mesh-config.cases';
import { MESH_POLICY } from './mesh-policy.cases';
import { MESH_REGIONS } from './mesh-regions.cases';
import { TODAY } from './platform';
import { PRESENCE } from './presence.cases';
import { REFERENCES } from './references.cases';
import { STORES } from './stores.cases';
import { TENANCY } from './tenancy.cases';
import { VAULT } from './vault.cases';
import { WORKLOADS } from './workload.cases';

const CASES: readonly Case[] = [
  ...IDENTITY,
  ...WORKLOADS,
  ...TENANCY,
  ...MESH,
  ...PRESENCE,
  ...GUARDS,
  ...REFERENCES,
  ...ADMISSION,
  ...EDGE_CASES,
  ...EDGE_PRESENCE,
  ...EDGE_COUNTS,
  ...MESH_CONFIG,
  ...MESH_POLICY,
  ...EGRESS,
  ...MESH_REGIONS,
  ...VAULT,
  ...STORES,
];

/** Runs one rule alone and returns its counts and problems. */
function run(rule: AnyRule, objects: readonly unknown[], facts: readonly ClusterRanges[] = []) {
  const { problems, rules } = checkObjects(objects, { rules: [rule], today: TODAY, facts });
  const [result] = rules;
  return { problems, passed: result?.passed ?? 0, failed: result?.failed ?? 0, silent: result?.notApplicable ?? 0 };
}

/** Problems where no two documents come together, so that nothing is settled among them beforehand. */
function oneByOne(rule: AnyRule, objects: readonly unknown[]) {
  const gate = new CheckRun({ rules: [rule], today: TODAY });
  for (const object of objects) gate.add([object]);
  return gate.finish().problems;
}

describe.each(RULES.map((rule) => [rule.control ?? 'CMP-1', rule.id, rule.title, rule] as const))(
  '[%s] %s %s',
  (_control, id, _title, rule) => {
    const cases = CASES.filter((each) => each.rule === id);

    test.each(cases.map((each) => [each.where, each] as const))('fails where %s', (_, each) => {
      const { problems, failed } = run(rule, each.fails, each.facts?.fails);
      expect(failed).toBeGreaterThan(0);
      expect(problems.every((problem) => problem.code === id)).toBe(true);
      expect(problems.every((problem) => [problem.given, problem.expected, problem.remedy].every(Boolean))).toBe(true);
      if (each.at !== undefined) expect(problems[0]?.path).toBe(each.at);
    });

    test.each(cases.map((each) => [each.where, each] as const))('passes the twin of: %s', (_, each) => {
      const { problems, passed } = run(rule, each.passes, each.facts?.passes);
      expect(problems).toEqual([]);
      expect(passed).toBeGreaterThan(0);
    });

    test('says the same of documents that come together, one by one, and backwards', () => {
      for (const objects of cases.flatMap((each) => [each.fails, each.passes])) {
        const { problems } = run(rule, objects);
        expect(oneByOne(rule, objects)).toEqual(problems);
        expect(oneByOne(rule, [...objects].reverse())).toEqual(problems);
      }
    });

    test('says nothing of objects it does not concern, and has a case of each outcome', () => {
      expect(cases.length).toBeGreaterThan(0);
      for (const each of cases) {
        const { problems, passed, failed } = run(rule, each.silent);
        expect({ problems, passed, failed }).toEqual({ problems: [], passed: 0, failed: 0 });
      }
    });

    test('is explained in plain words', () => {
      const text = explainRule(id);
      expect(text).toMatchObject({ id, title: rule.title });
      for (const part of [text?.title, text?.why, text?.remedy]) expect(part).toMatch(/^[^A-Z].*[^.]$|^STRICT/);
      expect(id).toMatch(/^DRN[1-5]\d\d$/);
    });
  },
);

test('[CMP-1] ids of rules are unique and in order of the table of cases', () => {
  const ids = RULES.map((rule) => rule.id);
  expect(new Set(ids).size).toBe(ids.length);
  expect([...ids].sort()).toEqual(ids);
  expect(CASES.every((each) => ids.includes(each.rule))).toBe(true);
});

test('[ENC-3] no finding repeats the secret it found', () => {
  const secrets = ['hunter2', 'MIIE', 'IOSFODNN7', 'a1B2a1B2', 'CAESIJ12', 'eyJzdWIi', '9f8a7b6c', 'Zm9vYmFy'];
  const rule = RULES.filter((each) => each.id === 'DRN120');
  for (const { fails } of CASES.filter((each) => each.rule === 'DRN120')) {
    const text = JSON.stringify(checkObjects(fails, { rules: rule, today: TODAY }));
    expect(secrets.filter((secret) => text.includes(secret))).toEqual([]);
  }
});
