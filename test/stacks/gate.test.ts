import { ENVIRONMENTS } from '../../stacks/environments';
import { gateOf, gateProblems, treeProblems } from '../../stacks/gate';
import { loadPlan } from '../../stacks/load';
import type { Environment } from '../../stacks/spec/environment';
import { buildTree } from '../../stacks/tree';

const TODAY = '2026-11-22';
const prod = ENVIRONMENTS.find(({ name }) => name === 'prod') ?? fail();

test('fails a chart without a digest once its time is over, and lets it pass before', () => {
  const tree = buildTree(loadPlan(prod));
  expect(treeProblems(tree, '2027-03-31')).toEqual([]);
  expect(treeProblems(tree, '2027-04-01')).toContainEqual(
    expect.objectContaining({ code: 'PL004', path: 'eu-central-1/controllers/Kueue' }),
  );
});

test('[NET-5] fails overlapping ranges of two regions, and says so once', () => {
  const overlapping = withRegion(prod, 1, { podCidrs: ['10.64.0.0/16'] });
  const problems = problemsOf(overlapping).map(({ code, given }) => `${code} ${given}`);
  expect(problems.length).toBe(1);
  expect(problems[0]).toMatch(/^DRN133 /);
  expect(problemsOf(prod)).toEqual([]);
});

test('a waiver is stale only where no region needs it', () => {
  const waiver = {
    rule: 'DRN110',
    scope: 'Deployment a/b',
    reason: 'nothing of that name',
    owner: 'team',
    expires: '2027-01-01',
  };
  const problems = problemsOf({ ...prod, waivers: [waiver] });
  expect(problems.map(({ code }) => code)).toEqual(['DRN194']);
});

function problemsOf(environment: Environment) {
  return gateProblems(
    environment.regions.map((region) => ({ region: region.name, report: gateOf(environment, TODAY).finish() })),
  );
}

function withRegion(
  environment: Environment,
  index: number,
  facts: Partial<Environment['regions'][number]['facts']>,
): Environment {
  const regions = environment.regions.map((region, i) =>
    i === index ? { ...region, facts: { ...region.facts, ...facts } } : region,
  );
  return { ...environment, regions };
}

function fail(): never {
  throw new Error('prod is missing');
}
