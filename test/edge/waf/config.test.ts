import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { App, Chart, Testing } from 'cdk8s';
import { CATALOG } from '../../../charts';
import { listAt, numberAt, stringAt, valueAt } from '../../../constructs/core/json';
import type { Manifest } from '../../../constructs/core/manifest';
import { ingressSchema } from '../../../constructs/ingress/ingress-settings';
import { WafIngress } from '../../../constructs/ingress/waf-ingress';
import { EXCLUDABLE_RULES } from '../../../constructs/ingress/waf-rules';
import { PACKAGE_ROOT } from '../../../stacks/synth/fingerprint';
import { toolPath } from '../../../tools/provide';
import { run } from '../../../tools/run';
import { renderedRegions } from '../../support/rendered';
import { checkWaf, mountWaf, startWaf, tenantFiles } from '../../support/waf/mounted';

const DIGEST = `sha256:${'a'.repeat(64)}`;

/** An edge that has tenants' exclusions carried to its firewall. */
function edge(waf: object = {}): readonly Manifest[] {
  const chart = new Chart(new App(), 'edge');
  const settings = ingressSchema.parse({
    waf: {
      engine: { kind: 'ext-proc', image: `registry.example.com/drun/waf@${DIGEST}` },
      configSync: `registry.example.com/sync@${DIGEST}`,
      ...waf,
    },
    certificates: { issuer: 'vault', path: 'pki-edge/sign/edge' },
    dns: { provider: 'aws', zones: ['example.com'] },
    issuers: [{ issuer: 'https://id.example' }],
  });
  new WafIngress(chart, 'Ingress', { settings, gateway: CATALOG.ingressGateway });
  return Testing.synth(chart);
}

const withEdge = renderedRegions().filter(({ planned }) => planned.region.ingress !== undefined);
const excluded = { rule: 942_100, target: 'ARGS:q', owner: 'a@acme.example', reason: 'queries are a language here' };
/** A day that is neither over nor too far away, whenever this runs. */
const SOON = new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10);
const acme = (route: string, expires: string) =>
  JSON.stringify({ version: 1, routes: { [route]: { exclusions: [{ ...excluded, expires }] } } });

describe('the firewall reads what the platform writes', () => {
  test.each(withEdge.map((region) => [region.environment, region.planned.region.name, region.objects] as const))(
    '[NET-2] of %s %s',
    async (_environment, _region, objects) => {
      expect(await checkWaf(objects)).toMatchObject({ code: 0, stderr: '' });
    },
  );

  test('[NET-2] and some tenant of an environment excludes a rule, so that this says something', () => {
    expect(withEdge.flatMap(({ objects }) => Object.keys(tenantFiles(objects)))).toContain('team-alpha.json');
  });

  test.each([
    ['another paranoia level', { paranoia: 2 }],
    [
      'a mode that only watches',
      { mode: { detect: { because: 'it is tried out', owner: 'me@a.example', expires: SOON } } },
    ],
  ])('[NET-2] with %s', async (_what, waf) => {
    expect(await checkWaf(edge(waf))).toMatchObject({ code: 0, stderr: '' });
  });
});

test('[NET-2] a tenant may exclude the very rules that the firewall lets it exclude', async () => {
  const { stdout } = await run(await toolPath('waf'), ['--rules']);
  expect(stdout.trim().split('\n').map(Number)).toEqual([...EXCLUDABLE_RULES]);
});

describe('the firewall refuses what the platform does not write', () => {
  const platform = (from: string, to: string) => ({ platform: (text: string) => text.replace(from, to) });
  const tenants = (name: string, text: string) => ({ tenants: { [name]: text } });

  test.each([
    ['a type that there is not', platform('"upload"', '"uploads"'), 'types.uploads: expected one of'],
    ['a mode that there is not', platform('"block"', '"off"'), 'types.api.mode: "off"'],
    ['a setting that there is not', platform('"mode"', '"modus"'), 'field modus not found'],
    ['another version', platform('"version": 1', '"version": 2'), 'version: 2, expected 1'],
    ['another tenant’s route', tenants('acme.json', acme('api/beta/shop', SOON)), 'it is a route of "beta"'],
    [
      'a reason under another name',
      tenants('acme.json', acme('api/acme/shop', SOON).replace('reason', 'because')),
      'because',
    ],
    ['a route without a type', tenants('acme.json', acme('acme/shop', SOON)), 'expected <type>/<tenant>/<exposure>'],
    [
      'a rule that only decides',
      tenants('acme.json', acme('api/acme/shop', SOON).replace('942100', '949110')),
      '949110',
    ],
    ['half of a file', tenants('acme.json', acme('api/acme/shop', SOON).slice(0, -9)), 'acme.json'],
    [
      'a tenant’s choice of mode',
      tenants('acme.json', '{"version":1,"types":{"api":{"mode":"detect"}}}'),
      'types not found',
    ],
  ])('[NET-2] fails on %s', async (_what, options, said) => {
    const ended = await checkWaf(edge(), options);
    expect(ended).toMatchObject({ code: 1, stderr: expect.stringContaining(said) });
  });

  test('[NET-2] takes the same file as it is, and one that is past its day, whose rule is back', async () => {
    expect(await checkWaf(edge(), tenants('acme.json', acme('api/acme/shop', SOON)))).toMatchObject({ code: 0 });
    const past = await checkWaf(edge(), tenants('acme.json', acme('api/acme/shop', '2020-01-31')));
    expect(past).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('past its day: rule 942100 of api/acme/shop'),
    });
  });
});

describe('the firewall’s Deployment fits its program', () => {
  test('[NET-2] arguments name the ports and paths that its container has', async () => {
    const { args, container, remove } = mountWaf(edge());
    remove();
    const ports = Object.fromEntries(
      listAt(container, 'ports').map((one) => [stringAt(one, 'name'), numberAt(one, 'containerPort')]),
    );
    expect(args).toEqual(expect.arrayContaining([`--listen=:${ports['grpc']}`, `--admin=:${ports['health']}`]));
    const mounts = listAt(container, 'volumeMounts').map((one) => [
      stringAt(one, 'mountPath'),
      valueAt(one, 'readOnly'),
    ]);
    expect(mounts).toEqual([
      ['/etc/waf/platform', true],
      ['/etc/waf/tenants', true],
    ]);
  });

  test('[NET-2] it runs with these arguments, answers the probes, and goes on where a tenant’s file is wrong', async () => {
    const mounted = mountWaf(edge(), {
      tenants: { 'acme.json': 'no file', 'beta.json': acme('api/beta/shop', '2020-01-31') },
    });
    const running = await startWaf(mounted);
    try {
      for (const probe of ['readinessProbe', 'livenessProbe']) {
        const path = stringAt(mounted.container, probe, 'httpGet', 'path') ?? '';
        expect({ path, ...(await running.get(path)) }).toMatchObject({ status: 200 });
      }
      const { text } = await running.get('/metrics');
      expect(text).toContain('\nwaf_tenant_files_ignored 1\n');
      expect(text).toContain('\nwaf_exclusions_expired 1\n');
      // Once the file is right it is taken, without a restart.
      writeFileSync(join(mounted.at('/etc/waf/tenants'), 'acme.json'), acme('api/acme/shop', SOON));
      await waitUntil(async () => (await running.get('/metrics')).text.includes('\nwaf_tenant_files_ignored 0\n'));
    } finally {
      await running.stop();
      mounted.remove();
    }
  });

  test('[NET-2] its image runs as the user that its pod names', () => {
    const file = readFileSync(join(PACKAGE_ROOT, 'services', 'waf', 'Dockerfile'), 'utf8');
    const [deployment] = edge().filter(({ kind, metadata }) => kind === 'Deployment' && metadata.name === 'waf');
    const security = valueAt(deployment, 'spec', 'template', 'spec', 'securityContext');
    expect(file).toContain(`\nUSER ${numberAt(security, 'runAsUser')}:${numberAt(security, 'runAsGroup')}\n`);
    expect(file).toContain('-tags no_fs_access');
  });
});

async function waitUntil(holds: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    if (await holds()) return;
    await setTimeout(50);
  }
  throw new Error('it does not come to hold');
}
