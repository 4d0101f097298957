import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, realpathSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tenantsFolder } from '../../stacks/load';
import { drun, spawnDrun } from '../support/drun';

let work: string;
beforeEach(() => {
  work = realpathSync(mkdtempSync(join(tmpdir(), 'drun-preview-')));
  cpSync(tenantsFolder('dev'), join(work, 'platform/tenants'), { recursive: true });
});
afterEach(() => rmSync(work, { recursive: true, force: true }));

const preview = (...more: readonly string[]) =>
  drun(['preview', 'dev', '--tenants', 'platform/tenants', ...more], { cwd: work });

describe('preview in a git repository', () => {
  beforeEach(() => {
    git('init', '-q');
    commit('first');
  });

  test('checks and proves, says that nothing changed, and ends with the verdict', async () => {
    const { code, out, err } = await preview('--exit-code');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/^compared with HEAD \([0-9a-f]{12}\)\n/);
    expect(out).toMatch(/ {2}check {4}ok .*\n {2}prove {4}ok /);
    expect(out).toMatch(/\ndev {2}ok {7}checked and proved; nothing changed\n$/);
  });

  test('[NET-4] says in words what is opened, raised and added, widening first, and shows each object and field', async () => {
    edit('team-alpha', (text) => `${text.replace('cpu: 8', 'cpu: 12')}  - to:\n      fqdn: api.mistral.ai\n`);
    writeFileSync(
      join(work, 'platform/tenants/gamma.yaml'),
      'name: gamma\nowner: gamma-owners\nnamespaces:\n  main: {}\n',
    );
    unlinkSync(join(work, 'platform/tenants/team-beta.yaml'));
    edit('team-alpha', (text) =>
      text.replace(/ {2}- to:\n {6}tenant: team-beta\n {6}namespace: main\n {4}ports: \[8080\]\n/, ''),
    );
    const { code, out } = await preview();
    expect(code).toBe(0);
    const said = [
      'opens team-alpha -> api.mistral.ai:443',
      'raises CPU quota of team-alpha-main 8 -> 12',
      'adds tenant gamma',
      'removes tenant team-beta',
    ];
    for (const sentence of said) expect(out).toContain(sentence);
    expect(out.indexOf('\n  widens\n')).toBeLessThan(out.indexOf('\n  changes\n'));
    expect(out).toMatch(/^ {2}\+ AuthorizationPolicy team-alpha-main\/to-api-mistral-ai$/m);
    expect(out).toMatch(/^ {2}~ ResourceQuota team-alpha-main\/compute\n {6}spec\.hard\["limits\.cpu"\]: 8 -> 12$/m);
    expect(out).toMatch(/^ {2}\+ tenant gamma: \d+ objects\n/m);
    expect(out).not.toContain('+ NetworkPolicy gamma-main/default-deny');
    expect((await preview('--full')).out).toContain('+ NetworkPolicy gamma-main/default-deny');
    expect(out).toMatch(/\ndev {2}ok {7}checked and proved; \d+ objects changed, \d+ widenings\n$/);
  });

  test('exits with 4 over a change where --exit-code asks for it', async () => {
    edit('team-alpha', (text) => text.replace('cpu: 8', 'cpu: 12'));
    const { code, out } = await preview('--exit-code', '--json');
    expect(code).toBe(4);
    expect(JSON.parse(out)).toMatchObject({
      ok: true,
      exit: 4,
      environments: [{ environment: 'dev', verdict: 'changed' }],
    });
  });

  test('compares with any commit', async () => {
    edit('team-alpha', (text) => text.replace('cpu: 8', 'cpu: 12'));
    commit('second');
    const { against, environments } = JSON.parse((await preview('--against', 'HEAD~1', '--json')).out);
    expect(against).toMatchObject({ kind: 'commit', ref: 'HEAD~1' });
    const [{ objects, posture }] = environments;
    expect(objects.map(({ label }: { label: string }) => label)).toContain('ResourceQuota team-alpha-main/compute');
    expect(posture[0]).toMatchObject({ direction: 'widens', tenant: 'team-alpha', regions: ['eu-central-1'] });
  });

  test('counts a tenant as new that was not valid at the commit, and says so', async () => {
    const file = join(work, 'platform/tenants/team-beta.yaml');
    const good = readFileSync(file, 'utf8');
    writeFileSync(file, good.replace('cpu: 8', 'cpu: many'));
    commit('broken');
    writeFileSync(file, good);
    const { code, out } = await preview();
    expect(code).toBe(0);
    expect(out).toContain('team-beta.yaml at HEAD is not valid for the present code: it counts as absent there');
    expect(out).toContain('adds tenant team-beta');
  });

  test('fails over bad input with its place, and the verdict stays the last line of the report', async () => {
    edit('team-alpha', (text) => text.replace('cpu: 8', 'cpu: many'));
    const { code, out, err } = await preview();
    expect(code).toBe(2);
    expect(err).toMatch(/^IN004 platform\/tenants\/team-alpha\.yaml:\d+:\d+ namespaces\.main\.cpu: /);
    expect(out).toMatch(/\ndev {2}invalid {2}1 mistake\n$/);
  });

  test('[IAM-2] fails where two tenants share a group, and names who gets where', async () => {
    edit('team-beta', (text) => text.replace('[team-beta]', '[team-alpha]'));
    const { code, out, err } = await preview();
    expect({ code, err }).toEqual({ code: 1, err: '' });
    expect(out).toMatch(/PRV101 eu-central-1: Group oidc:team-alpha: given .* in team-beta-main of tenant team-beta/);
    expect(out).toMatch(/\ndev {2}failed {3}\d+ findings?; /);
  });

  test('fails over a commit that does not exist', async () => {
    for (const ref of ['nope', '--upload-pack=x', 'HEAD~7', '']) {
      expect(await preview(`--against=${ref}`)).toMatchObject({
        code: 2,
        out: '',
        err: expect.stringMatching(/^CLI003 --against: /),
      });
    }
  });

  test('runs as a process, also inside a hook that names another repository', () => {
    edit('team-alpha', (text) => text.replace('cpu: 8', 'cpu: 12'));
    const env = { GIT_DIR: '/nowhere', GIT_INDEX_FILE: '/nowhere/index' };
    const ran = spawnDrun(['preview', 'dev', '--tenants', 'platform/tenants', '--exit-code'], { cwd: work, env });
    expect(ran).toMatchObject({
      code: 4,
      err: '',
      out: expect.stringContaining('raises CPU quota of team-alpha-main 8 -> 12'),
    });
  });
});

describe('preview elsewhere', () => {
  test('shows everything as new outside of a git repository, and says why', async () => {
    const { code, out } = await preview();
    expect(code).toBe(0);
    expect(out).toMatch(
      /^compared with nothing, because the tenants are in no git repository: everything is shown as new\n/,
    );
    expect(out).toContain('+ tenant team-alpha: ');
  });

  test('shows everything as new before the first commit', async () => {
    git('init', '-q');
    expect((await preview()).out).toContain('because the repository has no commit yet');
  });

  test('compares with a folder that synth wrote', async () => {
    await drun(['synth', 'dev', '--tenants', 'platform/tenants', '--out', 'out'], { cwd: work });
    expect((await preview('--against', 'out')).out).toContain('nothing changed');
    edit('team-alpha', (text) => text.replace('cpu: 8', 'cpu: 12'));
    const { out } = await preview('--against', './out');
    expect(out).toContain('raises CPU quota of team-alpha-main 8 -> 12');
    expect(out).not.toContain('+ ');
    rmSync(join(work, 'out/eu-central-1'), { recursive: true });
    expect((await preview('--against', './out')).out).toMatch(
      /note {5}.*eu-central-1 does not exist: everything in eu-central-1 counts as new/,
    );
  });

  test('fails over a folder that does not exist, and over tenants without an environment', async () => {
    expect(await preview('--against', './nowhere')).toMatchObject({ code: 2, err: expect.stringMatching(/^CLI003 /) });
    expect(await drun(['preview', '--tenants', 'x'], { cwd: work })).toMatchObject({
      code: 2,
      err: expect.stringMatching(/^CLI001 --tenants/),
    });
  });
});

function edit(tenant: string, change: (text: string) => string): void {
  const file = join(work, 'platform/tenants', `${tenant}.yaml`);
  const before = readFileSync(file, 'utf8');
  const after = change(before);
  expect(after).not.toBe(before);
  writeFileSync(file, after);
}

function git(...args: readonly string[]): void {
  const author = ['-c', 'user.name=test', '-c', 'user.email=test@drun.example', '-c', 'commit.gpgsign=false'];
  const { status, stderr } = spawnSync('git', [...author, ...args], { cwd: work, encoding: 'utf8' });
  expect({ args, status, stderr: status === 0 ? '' : stderr }).toEqual({ args, status: 0, stderr: '' });
}

function commit(message: string): void {
  git('add', '-A');
  git('commit', '-q', '-m', message);
}
