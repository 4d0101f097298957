import { type CheckOptions, CheckRun, checkObjects, explainRule, RULES } from '../../../analysis/rules';
import { NOT_APPLICABLE, type ObjectRule, PASS } from '../../../constructs/core/rule';
import type { Waiver } from '../../../constructs/core/waiver';
import { deployment, of, platform, TODAY, tenant } from './platform';

const OPTIONS: CheckOptions = { today: TODAY };
const LOOSE = deployment({ image: 'nginx:1.27' });
const PATH = 'Deployment acme-serve/web spec.template.spec.containers[0].image';

function waiver(changes: Partial<Waiver> = {}): Waiver {
  const scope = 'Deployment acme-serve/web';
  return {
    rule: 'DRN110',
    scope,
    reason: 'upstream has no digest',
    owner: 'sre@example.com',
    expires: TODAY,
    ...changes,
  };
}

function custom(check: ObjectRule['check']): ObjectRule {
  return { id: 'DRN999', title: 'a test', why: 'a test', remedy: 'mend it', kinds: ['ConfigMap'], check };
}

describe('the report', () => {
  const objects = [...platform(), ...tenant('acme'), ...tenant('beta', 'serve')];

  test('[CMP-1] a whole platform of tenants breaks no rule', () => {
    expect(checkObjects(objects, OPTIONS).problems).toEqual([]);
  });

  test('[CMP-1] the four counts of each rule add up to the subjects', () => {
    const broken = [...objects, LOOSE, LOOSE, null, { kind: 'Pod' }, { spec: { containers: [{ image: 'a' }] } }];
    const facts = [{ cluster: 'eu', podCidrs: ['10.0.0.0/8'], serviceCidrs: ['10.0.0.0/16'], nodeCidrs: [] }];
    const report = checkObjects(broken, { ...OPTIONS, facts, waivers: [waiver()] });
    expect(report.subjects).toBe(objects.length + 5);
    for (const { passed, failed, notApplicable, waived } of report.rules) {
      expect(passed + failed + notApplicable + waived).toBe(report.subjects);
      expect(Math.min(passed, failed, notApplicable, waived)).toBeGreaterThanOrEqual(0);
    }
  });

  test('[CMP-1] all problems come at once, by path and then by code, whatever the order of the objects', () => {
    const broken = [
      LOOSE,
      of('acme', 'v1', 'Secret', 'a', { data: { a: 'b' } }),
      { kind: 'Pod' },
      ...tenant('gamma').slice(0, 9),
      ...tenant('gamna').slice(0, 9),
    ];
    const { problems } = checkObjects(broken, OPTIONS);
    expect(checkObjects([...broken].reverse(), OPTIONS).problems).toEqual(problems);
    const keys = problems.map(({ path, code }) => `${path}\n${code}`);
    expect([...keys].sort()).toEqual(keys);
    expect(new Set(problems.map((problem) => problem.code)).size).toBeGreaterThan(5);
  });

  test('[CMP-1] every code can be explained and an unknown one cannot', () => {
    for (const code of [...RULES.map((rule) => rule.id), 'DRN190', 'DRN191', 'DRN192', 'DRN193', 'DRN194'])
      expect(explainRule(code)?.remedy).toBeTruthy();
    expect(explainRule('DRN000')).toBeUndefined();
  });
});

describe('waivers', () => {
  const rules = RULES.filter((rule) => rule.id === 'DRN110');

  test('[CMP-1] a live waiver takes the problem off the list, to its last day', () => {
    const report = checkObjects([LOOSE], { ...OPTIONS, rules, waivers: [waiver()] });
    expect(report.problems).toEqual([]);
    expect(report.waived).toMatchObject([{ problem: { code: 'DRN110', path: PATH }, waiver: waiver() }]);
    expect(report.rules).toMatchObject([{ passed: 0, failed: 0, notApplicable: 0, waived: 1 }]);
  });

  test('[CMP-1] fails after the last day, for the breach and for the waiver', () => {
    const { problems } = checkObjects([LOOSE], { ...OPTIONS, rules, waivers: [waiver({ expires: '2026-11-21' })] });
    expect(problems.map((problem) => problem.code)).toEqual(['DRN110', 'DRN193']);
  });

  test.each([{ scope: 'Deployment acme-serve/other' }, { rule: 'DRN111' }, { rule: 'DRN999' }])(
    '[CMP-1] fails where the waiver covers nothing: %j',
    (changes) => {
      const { problems } = checkObjects([LOOSE], { ...OPTIONS, rules, waivers: [waiver(changes)] });
      expect(problems.map((problem) => problem.code)).toEqual(['DRN110', 'DRN194']);
    },
  );

  test('[CMP-1] fails where a waiver would silence the engine', () => {
    const broken = custom(() => {
      throw new Error('boom');
    });
    const waivers = [
      waiver({ rule: 'DRN192', scope: 'ConfigMap a' }),
      waiver({ rule: 'DRN999', scope: 'ConfigMap a' }),
    ];
    const { problems } = checkObjects([of('acme', 'v1', 'ConfigMap', 'a')], { ...OPTIONS, rules: [broken], waivers });
    expect(problems.map((problem) => problem.code).sort()).toEqual(['DRN192', 'DRN194', 'DRN194']);
  });

  test('[NET-4] a breach that only the whole cluster shows can be waived as well', () => {
    const bare = tenant('acme').filter((doc) => !JSON.stringify(doc).includes('"name":"default-deny"'));
    const waivers = ['DRN161', 'DRN163'].map((rule) => waiver({ rule, scope: 'Namespace acme-train' }));
    const report = checkObjects([...platform(), ...bare], { ...OPTIONS, waivers });
    expect(report.problems).toEqual([]);
    expect(report.waived.map(({ problem }) => problem.code)).toEqual(['DRN161', 'DRN163']);
  });
});

describe('failing closed', () => {
  const object = of('acme', 'v1', 'ConfigMap', 'a', { data: { a: 'some text' } });
  const boom = (): never => {
    throw new TypeError('cannot read it');
  };

  test.each([
    ['check', custom(boom)],
    ['claims', { ...base(), claims: boom, judge: () => [] }],
    ['judge', { ...base(), claims: () => [{ key: 'a', owner: '', object: 'a', field: '', value: '' }], judge: boom }],
    ['text', { ...base(), shortest: 0, text: boom }],
    ['place', { ...base(), shortest: 0, text: (): undefined => undefined, place: boom }],
  ])('[CMP-1] fails where the %s of a rule throws, and says that it was the rule', (_, rule) => {
    const { problems, rules } = checkObjects([object], { ...OPTIONS, rules: [rule] });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({ code: 'DRN192', given: 'rule DRN999 threw "cannot read it"' });
    expect(rules[0]).toMatchObject({ passed: 0, failed: 1, notApplicable: 0 });
  });

  test('[CMP-1] a rule that does not throw has its say next to one that does', () => {
    const rules = [
      custom(boom),
      { ...custom(() => PASS), id: 'DRN998' },
      { ...custom(() => NOT_APPLICABLE), id: 'DRN997' },
    ];
    expect(checkObjects([object], { ...OPTIONS, rules }).rules.map((rule) => rule.passed)).toEqual([0, 1, 0]);
  });

  test('[CMP-1] fails where an object is too deep or too large to be checked to its end', () => {
    let deep: unknown = 'a';
    for (let level = 0; level < 100_000; level++) deep = level % 2 === 0 ? [deep] : { a: deep };
    const wide = { ...object, data: Object.fromEntries(Array.from({ length: 600_000 }, (_, index) => [index, 1])) };
    const self: Record<string, unknown> = { ...object };
    self.self = self;
    for (const hostile of [{ ...object, data: deep }, wide, self])
      expect(checkObjects([hostile], OPTIONS).problems.map((problem) => problem.code)).toEqual(['DRN191']);
  });

  test('[CMP-1] fails where a document is no object, and skips empty ones', () => {
    const report = checkObjects([3, 'a', [], true, null, undefined], OPTIONS);
    expect(report.problems.map((problem) => problem.code)).toEqual(['DRN190', 'DRN190', 'DRN190', 'DRN190']);
    expect(report.subjects).toBe(4);
  });

  test('[CTR-2] fails where a list, or a list in a list, hides what would fail', () => {
    const list = (...items: unknown[]) => ({ apiVersion: 'v1', kind: 'List', items });
    const rules = RULES.filter((rule) => rule.id === 'DRN110');
    const hidden = [
      list(LOOSE),
      list(list(list(LOOSE))),
      { apiVersion: 'apps/v1', kind: 'DeploymentList', items: [LOOSE] },
    ];
    for (const each of hidden) expect(checkObjects([each], { ...OPTIONS, rules }).problems[0]?.path).toBe(PATH);
    expect(checkObjects([list(deployment())], { ...OPTIONS, rules }).problems).toEqual([]);
  });

  function base() {
    return { id: 'DRN999', title: 'a test', why: 'a test', remedy: 'mend it', kinds: '*' as const };
  }
});

describe('records', () => {
  test('[CMP-1] a run over stored records says what a run over the objects says', () => {
    const sets = [platform(), tenant('acme'), tenant('acrne').slice(0, 12), [LOOSE, LOOSE]];
    const whole = checkObjects(sets.flat(), { ...OPTIONS, waivers: [waiver()] });
    const records = sets.map((set) => new CheckRun(OPTIONS).add(set));
    const replay = new CheckRun({ ...OPTIONS, waivers: [waiver()] });
    for (const record of records) expect(replay.addRecord(JSON.parse(JSON.stringify(record)))).toBe(true);
    expect(replay.finish()).toEqual(whole);
    expect(whole.problems.length).toBeGreaterThan(5);
    expect(replay.finish()).toEqual(whole);
  });

  test.each([null, 3, {}, [], { rules: 'DRN100' }])('[CMP-1] fails to take a damaged record: %j', (damaged) => {
    const run = new CheckRun(OPTIONS);
    expect(run.addRecord(damaged)).toBe(false);
    expect(run.finish().subjects).toBe(0);
  });

  test('[CMP-1] fails to take a record with any part changed, or made by other rules', () => {
    const record = new CheckRun(OPTIONS).add([LOOSE]);
    const changes = [
      { subjects: -1 },
      { passed: [] },
      { claims: [[1]] },
      { breaches: [{ rule: 1 }] },
      { rules: 'DRN100' },
    ];
    for (const change of changes) expect(new CheckRun(OPTIONS).addRecord({ ...record, ...change })).toBe(false);
    expect(new CheckRun({ ...OPTIONS, rules: RULES.slice(1) }).addRecord(record)).toBe(false);
    expect(new CheckRun(OPTIONS).addRecord(record)).toBe(true);
  });

  test('[CMP-1] a record is smaller than the objects it stands for', () => {
    const set = tenant('acme');
    const bytes = JSON.stringify(new CheckRun(OPTIONS).add(set)).length;
    expect(bytes).toBeLessThan(JSON.stringify(set).length * 0.7);
  });

  test('[CMP-1] a name with line breaks cannot forge the claim of somebody else', () => {
    const forged = of('acme', 'v1', 'Namespace', 'x\ntenant beta\nNamespace beta-serve\n\nnamespace');
    const rules = RULES.filter((rule) => 'judge' in rule);
    expect(
      checkObjects([forged], { ...OPTIONS, rules }).problems.some(({ path }) => path.startsWith('Namespace beta')),
    ).toBe(false);
  });
});
