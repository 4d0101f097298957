import type { Problem } from '../../constructs/core/problem';
import { environmentNamed } from '../../stacks/environments';
import { planEnvironment, planProblems } from '../../stacks/plan';
import { parseTenant, type TenantSource } from '../../stacks/spec/tenant-source';

const prod = environmentNamed('prod');
const ALLOW_BETA = 'allow:\n  - to: {tenant: beta, namespace: serve}\n    ports: [8443]\n';
const ACCEPT_ACME = 'accept:\n  - from: {tenant: acme, namespace: train}\n    ports: [8443]\n';

describe('a plan', () => {
  test('[NET-4] opens a path between tenants where both declare it', () => {
    expect(codesOf(acme(ALLOW_BETA), beta(ACCEPT_ACME))).toEqual([]);
  });

  test.each([
    ['the peer does not exist', [acme(ALLOW_BETA)], 'PL103'],
    ['the peer has no such namespace', [acme(ALLOW_BETA.replace('serve', 'other')), beta(ACCEPT_ACME)], 'PL104'],
    ['the peer is in no common region', [acme(`regions: [ap-southeast-1]\n${ALLOW_BETA}`), beta('')], 'PL105'],
    ['the peer accepts nothing', [acme(ALLOW_BETA), beta('')], 'PL106'],
    ['the peer accepts another port', [acme(ALLOW_BETA), beta(ACCEPT_ACME.replace('8443', '9443'))], 'PL106'],
    [
      'the peer accepts another tenant',
      [acme(ALLOW_BETA), beta(ACCEPT_ACME.replace('acme', 'gamma')), tenant('gamma', 'train', '')],
      'PL106',
    ],
  ])('fails a path where %s', (_, sources, code) => {
    expect(codesOf(...sources)).toContain(code);
  });

  test.each([
    ['a region that is not there', [acme('regions: [mars-north-1]')], 'PL101'],
    ['a shard that is not there', [acme('shard: 7')], 'PL102'],
    ['two tenants of one name', [acme(''), acme('')], 'PL107'],
    ['two tenants with one namespace', [tenant('acme', 'x-train', ''), tenant('acme-x', 'train', '')], 'PL108'],
    ['a failover to nowhere', [acme('failover: true')], 'PL113'],
    ['two data planes across regions', [acme('mesh: sidecar\nregions: [eu-central-1, eu-west-1]')], 'PL112'],
    ['two tenants with one host', [acme('hosts: [api.example.com]'), beta('hosts: [api.example.com]')], 'PL109'],
    [
      'a published host in a region without an edge',
      [acme(published('www.lumen.example'))],
      'PL110',
      { ...prod, regions: prod.regions.map(({ ingress: _edge, ...region }) => region) },
    ],
    ['a published host outside of the zones', [acme(published('www.acme.example'))], 'PL111'],
    [
      'a limit over all proxies in a region where nobody counts',
      [acme(counted('www.lumen.example'))],
      'PL114',
      {
        ...prod,
        regions: prod.regions.map((region) => {
          if (region.ingress === undefined) return region;
          const { global: _nobody, ...limits } = region.ingress.limits;
          return { ...region, ingress: { ...region.ingress, limits } };
        }),
      },
    ],
    ['a published host that only ends like a zone', [acme(published('evil-lumen.example'))], 'PL111'],
  ])('fails %s, at its place', (_, sources, code, environment = prod) => {
    const problems = planProblems(planEnvironment(environment, sources));
    expect(problems.map((problem) => problem.code)).toContain(code);
    expect(problems.every(({ remedy, expected }) => remedy !== '' && expected !== '')).toBe(true);
  });

  test('[NET-2] publishes where there is an edge, under hosts of its zones', () => {
    expect(codesOf(acme(published('www.lumen.example')))).toEqual([]);
    expect(codesOf(acme(published('lumen.example')))).toEqual([]);
    expect(codesOf(acme(counted('lumen.example')))).toEqual([]);
  });

  test('[BDR-2] lets a tenant fail over between regions of one mesh, and have proxies of its own in one region', () => {
    expect(codesOf(acme('failover: true\nregions: [eu-central-1, eu-west-1]'))).toEqual([]);
    expect(codesOf(acme('mesh: sidecar\nregions: [ap-southeast-1]'))).toEqual([]);
  });

  test('says nothing of peers where a file could not be read, because the peer may stand there', () => {
    const plan = planEnvironment(prod, [acme(ALLOW_BETA)]);
    const unread: Problem = { code: 'IN101', path: '', given: '', expected: '', remedy: '' };
    expect(planProblems(plan, [unread])).toEqual([]);
    expect(planProblems(plan).map(({ code }) => code)).toEqual(['PL103']);
  });

  test('puts a tenant that names no region into the first active one', () => {
    expect(planEnvironment(prod, [acme('')]).tenants.map(({ regions }) => regions)).toEqual([['eu-central-1']]);
  });
});

function published(host: string): string {
  return `hosts: [${host}]\nexpose:\n  - {name: web, host: ${host}, namespace: train, service: web, port: 8080, type: api}\n`;
}

function counted(host: string): string {
  return published(host).replace('type: api', 'type: api, rate: {global: {perAddress: 60}}');
}

function acme(more: string): TenantSource {
  return tenant('acme', 'train', more);
}

function beta(more: string): TenantSource {
  return tenant('beta', 'serve', more);
}

function tenant(name: string, namespace: string, more: string): TenantSource {
  const text = `name: ${name}\nowner: team@${name}.example\nnamespaces:\n  ${namespace}: {}\n${more}`;
  const parsed = parseTenant(Buffer.from(text), `${name}.yaml`);
  if ('problems' in parsed) throw new Error(JSON.stringify(parsed.problems));
  return parsed.source;
}

function codesOf(...sources: readonly TenantSource[]): readonly string[] {
  return problemsOf(...sources).map(({ code }) => code);
}

function problemsOf(...sources: readonly TenantSource[]): readonly Problem[] {
  return planProblems(planEnvironment(prod, sources));
}
