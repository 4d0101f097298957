import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { environmentNamed } from '../../stacks/environments';
import { drun } from '../support/drun';

let work: string;
const region = 'eu-central-1';
const alpha = () => join(work, 'out', region, 'tenants/team-alpha.yaml');
const facts = environmentNamed('dev').regions[0]?.facts;
const list = (cidrs: readonly string[] = []) => cidrs.join(',');
const CIDRS = [
  ...['--pod-cidr', list(facts?.podCidrs)],
  ...['--service-cidr', list(facts?.serviceCidrs)],
  ...['--node-cidr', list(facts?.nodeCidrs)],
  ...['--api-server-cidr', list(facts?.apiServerCidrs)],
  ...['--trust-domain', facts?.trustDomain ?? '', '--declare', 'team-alpha:team-beta/team-beta-main:8080'],
];

beforeAll(async () => {
  work = mkdtempSync(join(tmpdir(), 'drun-check-'));
  await drun(['synth', 'dev', '--out', 'pristine'], { cwd: work });
});
beforeEach(() => {
  rmSync(join(work, 'out'), { recursive: true, force: true });
  cpSync(join(work, 'pristine'), join(work, 'out'), { recursive: true });
});
afterAll(() => rmSync(work, { recursive: true, force: true }));

describe('check', () => {
  test('passes over an environment and says how many rules looked at how many objects', async () => {
    const { code, out, err } = await drun(['check', 'dev']);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/^eu-central-1 {2}\d+ objects {2}passed\ndev: \d+ rules over 1 cluster: passed\n$/);
  });

  test('passes over what synth wrote, which is one cluster per region', async () => {
    const { code, out } = await drun(['check', 'out', '--json'], { cwd: work });
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      ok: true,
      command: 'check',
      clusters: [{ cluster: region }],
      problems: [],
    });
  });

  test('[NET-4] fails where a namespace has lost its default deny, and names namespace, rule and remedy', async () => {
    drop(alpha(), (text) => /kind: NetworkPolicy/.test(text) && /name: default-deny/.test(text));
    const { code, out, err } = await drun(['check', 'out'], { cwd: work });
    expect({ code, err }).toEqual({ code: 1, err: '' });
    expect(out).toMatch(/^DRN161 .*team-alpha-main.*: given .*, expected .*; .*$/m);
    expect(out).toMatch(/^out: \d+ rules over 1 cluster: failed, 1 problem\n$/m);
  });

  const encryption = () => join(work, 'out', region, 'hosts/encryption.yaml');

  test('[ENC-2] fails where the API server’s file writes plain text, or is gone', async () => {
    const text = readFileSync(encryption(), 'utf8');
    writeFileSync(encryption(), text.replace(/^( *)providers:\n/m, '$1providers:\n$1  - identity: {}\n'));
    expect((await drun(['check', 'out'], { cwd: work })).out).toMatch(/^DRN523 .*encryption\.yaml/m);
    rmSync(encryption());
    expect((await drun(['check', 'out'], { cwd: work })).out).toMatch(/^DRN524 /m);
  });

  test('looks at the rules that are named and at no other', async () => {
    drop(alpha(), (text) => /kind: NetworkPolicy/.test(text) && /name: default-deny/.test(text));
    expect(await drun(['check', 'out', '--rule', 'DRN161'], { cwd: work })).toMatchObject({ code: 1 });
    const { code, out } = await drun(['check', 'out', '--rule', 'DRN101,DRN104', '--json'], { cwd: work });
    expect(code).toBe(0);
    expect(JSON.parse(out).clusters[0].rules.map(({ id }: { id: string }) => id)).toEqual(['DRN101', 'DRN104']);
  });

  test('fails over a rule that does not exist, a directory that does not, and one without objects', async () => {
    expect(await drun(['check', 'dev', '--rule', 'DRN16'])).toMatchObject({
      code: 2,
      err: expect.stringMatching(/^CLI005 /),
    });
    expect(await drun(['check', './nowhere'], { cwd: work })).toMatchObject({
      code: 2,
      err: expect.stringMatching(/^CLI002 /),
    });
    mkdirSync(join(work, 'empty'), { recursive: true });
    expect(await drun(['check', 'empty'], { cwd: work })).toMatchObject({
      code: 2,
      err: expect.stringMatching(/^CLI007 /),
    });
  });

  test('fails over YAML that cannot be read, at its place', async () => {
    writeFileSync(alpha(), 'apiVersion: v1\nkind: [');
    expect(await drun(['check', 'out'], { cwd: work })).toMatchObject({
      code: 2,
      err: expect.stringMatching(/^IN201 .*team-alpha\.yaml:\d+/),
    });
  });
});

describe('prove', () => {
  test('holds over an environment: pairs, declared paths and egress are printed', async () => {
    const { code, out, err } = await drun(['prove', 'dev']);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain('2 tenants, 2 ordered pairs');
    expect(out).toContain('declared team-alpha -> team-beta-main:8080');
    expect(out).toContain('team-alpha (team-alpha-main) -> api.openai.com');
    expect(out).toMatch(/dev: 2 tenant pairs in 1 cluster: the proof holds\n$/);
  });

  test('holds over what synth wrote, with the address ranges and the paths as options', async () => {
    expect(await drun(['prove', 'out', ...CIDRS], { cwd: work })).toMatchObject({ code: 0, err: '' });
  });

  test('[NET-4] fails without the declaration, and names both tenants and the objects that open the path', async () => {
    const { code, out } = await drun(['prove', 'out', ...CIDRS.slice(0, -2), '--json'], { cwd: work });
    expect(code).toBe(1);
    const [{ findings }] = JSON.parse(out).clusters;
    const found = findings.find((finding: { code: string }) => finding.code === 'PRV001');
    expect(found.sentence).toContain('team-alpha (team-alpha-main) reaches team-beta (team-beta-main) on TCP 8080');
    expect(found.openedBy.join('\n')).toMatch(/AuthorizationPolicy team-beta-main\//);
  });

  test('[NET-5] fails where the admin tier of a tenant is gone', async () => {
    drop(alpha(), (text) => /kind: ClusterNetworkPolicy/.test(text));
    expect(await drun(['prove', 'out', ...CIDRS], { cwd: work })).toMatchObject({
      code: 1,
      out: expect.stringMatching(/PRV0\d\d/),
    });
  });

  test('[IAM-2] fails where a group of a tenant becomes cluster-admin, and shows the chain', async () => {
    const binding = {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: { name: 'oops' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
      subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: 'oidc:team-alpha' }],
    };
    writeFileSync(join(work, 'out', region, 'oops.json'), JSON.stringify(binding));
    const { code, out } = await drun(['prove', 'out', ...CIDRS], { cwd: work });
    expect(code).toBe(1);
    expect(out).toContain('ClusterRoleBinding oops');
    expect(out).toMatch(/PRV1\d\d/);
  });

  test('fails closed over a directory whose addresses nobody named', async () => {
    const { code, err } = await drun(['prove', 'out', '--pod-cidr', '10.0.0.0/16'], { cwd: work });
    expect(code).toBe(2);
    expect(err.match(/^CLI006 --[a-z-]+/gm)).toEqual([
      'CLI006 --service-cidr',
      'CLI006 --node-cidr',
      'CLI006 --api-server-cidr',
    ]);
  });

  test('fails closed over several regions at once, whose addresses differ', async () => {
    cpSync(join(work, 'out', region), join(work, 'out', 'eu-west-9'), { recursive: true });
    const { code, err } = await drun(['prove', 'out', ...CIDRS], { cwd: work });
    expect(code).toBe(2);
    expect(err).toMatch(/^CLI006 .*given the clusters eu-central-1, eu-west-9, .*prove each by itself: .*eu-west-9$/m);
    expect(await drun(['prove', `out/${region}`, ...CIDRS], { cwd: work })).toMatchObject({ code: 0 });
  });

  test('fails over addresses for an environment, which has its own', async () => {
    expect(await drun(['prove', 'dev', '--pod-cidr', '10.0.0.0/16'])).toMatchObject({
      code: 2,
      err: expect.stringMatching(/^CLI001 --pod-cidr/),
    });
  });

  test('fails over a declared path that it cannot read', async () => {
    expect(await drun(['prove', 'out', ...CIDRS, '--declare', 'a->b'], { cwd: work })).toMatchObject({
      code: 2,
      err: expect.stringMatching(/^CLI001 --declare/),
    });
  });
});

test('fails without letting a document write lines or steer the terminal', async () => {
  const name = 'a\nprod: the proof holds\u001b[2J\u202e';
  const binding = {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    metadata: { name },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
    subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: `oidc:${name}` }],
  };
  writeFileSync(join(work, 'out', region, 'hostile.json'), JSON.stringify(binding));
  for (const args of [
    ['check', 'out'],
    ['prove', 'out', ...CIDRS],
    ['preview', 'dev', '--against', './out'],
  ]) {
    const { out } = await drun(args, { cwd: work });
    expect(out).toContain('<U+202E>');
    expect(out).not.toMatch(/^prod|[^\P{C}\n]/mu);
  }
});

/** Takes documents out of a file of YAML. */
function drop(file: string, unwanted: (document: string) => boolean): void {
  const documents = readFileSync(file, 'utf8').split(/^---\n/m);
  const kept = documents.filter((document) => !unwanted(document));
  expect(kept.length).toBeLessThan(documents.length);
  writeFileSync(file, kept.join('---\n'));
}
