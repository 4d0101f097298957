import { checkObjects } from '../../analysis/rules';
import { HelmRelease } from '../../constructs/core/helm-release';
import { listAt, recordAt, stringAt } from '../../constructs/core/json';
import { ENVIRONMENTS } from '../../stacks/environments';
import { loadPlan } from '../../stacks/load';
import { deliveryFiles } from '../../stacks/sinks/gitops/delivery';
import { buildTree } from '../../stacks/tree';

/** Charts are no objects: they are checked in the form in which Flux pulls them. */
const INSTALLED = ENVIRONMENTS.flatMap((environment) => {
  const plan = loadPlan(environment);
  const tree = buildTree(plan);
  const delivery = {
    by: 'flux',
    repository: 'https://git.example/clusters',
    branch: 'main',
    path: 'clusters',
  } as const;
  return plan.regions.map(({ region }) => {
    const releases = tree.node
      .findChild(region.name)
      .node.findAll()
      .flatMap((one) => (one instanceof HelmRelease ? [one.release] : []));
    const layers = [{ name: 'controllers', label: '02-controllers', releases }];
    const files = deliveryFiles({ ...environment, delivery }, { region: region.name, layers, tenants: false });
    const charts = files.flatMap(({ documents }) => documents).filter(({ kind }) => kind === 'HelmRelease');
    return [`${environment.name}/${region.name}`, charts] as const;
  });
});

describe.each(INSTALLED)('the charts of %s', (_, charts) => {
  const rules = (objects: readonly unknown[]): readonly string[] =>
    checkObjects(objects, { today: '2026-11-22' }).problems.flatMap(({ code }) => (/^DRN4/.test(code) ? [code] : []));

  test('[NET-1] install a mesh that breaks no rule', () => {
    expect(charts.length).toBeGreaterThan(3);
    expect(rules(charts)).toEqual([]);
  });

  test.each([
    ['meshMTLS', 'DRN401'],
    ['tlsDefaults', 'DRN401'],
    ['outboundTrafficPolicy', 'DRN402'],
    ['defaultVirtualServiceExportTo', 'DRN403'],
    ['defaultDestinationRuleExportTo', 'DRN403'],
    ['pathNormalization', 'DRN404'],
  ])('[NET-1] fail without %s', (field, rule) => {
    const { [field]: dropped, ...rest } = recordAt(istiod(charts), 'spec', 'values', 'meshConfig');
    expect(dropped).toBeDefined();
    expect(rules([withValues(charts, { meshConfig: rest })])).toContain(rule);
  });

  test.each([
    ['ENABLE_DEBUG_ON_HTTP', 'DRN405'],
    ['PILOT_SCOPE_GATEWAY_TO_NAMESPACE', 'DRN405'],
    ['BLOCKED_CIDRS_IN_JWKS_URIS', 'DRN406'],
  ])('[NET-1] fail without the variable %s', (name, rule) => {
    const { [name]: dropped, ...env } = recordAt(istiod(charts), 'spec', 'values', 'env');
    expect(dropped).toBeDefined();
    expect(rules([withValues(charts, { env })])).toContain(rule);
  });
});

test('[NET-1] a region among several fails without the certificate that it waits for', () => {
  const joined = INSTALLED.filter(([name]) => name.startsWith('prod/'));
  expect(joined).toHaveLength(3);
  for (const [, charts] of joined) {
    expect(listAt(istiod(charts), 'spec', 'values', 'volumes')).toHaveLength(1);
    const { problems } = checkObjects([withValues(charts, { volumes: [] })], { today: '2026-11-22' });
    expect(problems.map(({ code }) => code)).toContain('DRN409');
  }
});

function istiod(charts: readonly unknown[]): unknown {
  return charts.find((one) => stringAt(one, 'metadata', 'name') === 'istiod');
}

function withValues(charts: readonly unknown[], values: object): unknown {
  const release = recordAt(istiod(charts));
  const spec = recordAt(release, 'spec');
  return { ...release, spec: { ...spec, values: { ...recordAt(spec, 'values'), ...values } } };
}
