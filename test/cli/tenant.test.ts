import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tenantsFolder } from '../../stacks/load';
import { parseTenant } from '../../stacks/spec/tenant-source';
import { drun } from '../support/drun';

let work: string;
beforeEach(() => {
  work = mkdtempSync(join(tmpdir(), 'drun-tenant-'));
  cpSync(tenantsFolder('prod'), join(work, 'tenants'), { recursive: true });
});
afterEach(() => rmSync(work, { recursive: true, force: true }));

const add = (...args: readonly string[]) =>
  drun(['tenant', 'new', ...args, '--env', 'prod', '--tenants', 'tenants'], { cwd: work });
const file = (name: string) => join(work, 'tenants', `${name}.yaml`);

describe('tenant new', () => {
  test('[SCN-1] writes a commented, valid file and says what comes next', async () => {
    const { code, out, err } = await add('acme');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toBe('tenants/acme.yaml written\nnext: edit it, then see what it changes with `drun preview prod`\n');
    const text = readFileSync(file('acme'), 'utf8');
    expect(text).toMatch(/^# /);
    expect(text.endsWith('\n')).toBe(true);
    expect(parseTenant(Buffer.from(text), 'acme.yaml')).toMatchObject({
      source: { spec: { name: 'acme', trust: 'untrusted', owner: 'acme-owners' } },
    });
  });

  test.each([
    ['whole:4', 'standard', { mode: 'whole', count: 4 }],
    ['mig:1g.10gb:8', 'standard', { mode: 'mig', profile: '1g.10gb', count: 8 }],
    ['confidential:snp:2', 'untrusted', { mode: 'confidential', tee: 'snp', count: 2 }],
    ['time-sliced:1', 'trusted', { mode: 'time-sliced', count: 1 }],
  ])('[GPU-1] takes GPUs as %s', async (gpu, trust, expected) => {
    expect(
      await add(
        'acme',
        '--gpu',
        gpu,
        '--trust',
        trust,
        '--region',
        'eu-central-1,eu-west-1',
        '--owner',
        'Ann Example <a@b.example>',
      ),
    ).toMatchObject({ code: 0 });
    const parsed = parseTenant(readFileSync(file('acme')), 'acme.yaml');
    expect(parsed).toMatchObject({
      source: { spec: { gpu: expected, regions: ['eu-central-1', 'eu-west-1'], owner: 'Ann Example <a@b.example>' } },
    });
  });

  test('what it shows in comments is valid as well', async () => {
    await add('acme', '--trust', 'standard');
    const open = readFileSync(file('acme'), 'utf8').replace(
      /^# (?=(registries|hosts|expose|allow|accept):$| {2})/gm,
      '',
    );
    expect(parseTenant(Buffer.from(open), 'acme.yaml')).toMatchObject({
      source: { spec: { hosts: ['acme.example.com'], expose: [{}], allow: [{}, {}], accept: [{}] } },
    });
  });

  test('fails over a file that exists and leaves it as it is', async () => {
    writeFileSync(file('acme'), 'mine');
    expect(await add('acme')).toMatchObject({ code: 2, err: expect.stringMatching(/^CLI004 /) });
    expect(readFileSync(file('acme'), 'utf8')).toBe('mine');
  });

  test('[GPU-1] fails over what the schema refuses and writes nothing', async () => {
    for (const [args, code] of [
      [['Acme'], 'IN004'],
      [['../../evil'], 'IN004'],
      [['kube-system'], 'IN004'],
      [['acme', '--gpu', 'whole:4', '--trust', 'untrusted'], 'IN004'],
      [['acme', '--gpu', 'lots'], 'CLI001'],
      [['acme', '--trust', 'blind'], 'CLI001'],
      [['acme', '--region', 'mars-1'], 'PL101'],
      [['acme', '--owner', ''], 'IN005'],
    ] as const) {
      expect(await add(...args)).toMatchObject({
        code: 2,
        out: '',
        err: expect.stringMatching(new RegExp(`^${code} `)),
      });
    }
    expect(readdirSync(join(work, 'tenants'))).toEqual(readdirSync(tenantsFolder('prod')));
    expect(existsSync(join(work, 'evil.yaml'))).toBe(false);
  });

  test('fails over a name that another file already gives', async () => {
    writeFileSync(
      file('other'),
      readFileSync(file('helix-bio'), 'utf8')
        .replace('name: helix-bio', 'name: acme')
        .replace(/^hosts:\n( {2}- .*\n)+/m, ''),
    );
    expect(await add('acme')).toMatchObject({ code: 2, err: expect.stringMatching(/^PL107 acme\.name: /) });
    expect(existsSync(file('acme'))).toBe(false);
  });
});

describe('tenant list', () => {
  test('shows every tenant on a line', async () => {
    const { code, out } = await drun(['tenant', 'list', 'prod']);
    expect(code).toBe(0);
    expect(out.trimEnd().split('\n')).toHaveLength(1 + readdirSync(tenantsFolder('prod')).length);
    expect(out).toMatch(
      /^lumen-llm +standard +model-service +eu-central-1 +serve,gateway +8 mig +serving@lumen\.example$/m,
    );
  });

  test('gives the whole tenants as JSON', async () => {
    const { tenants } = JSON.parse((await drun(['tenant', 'list', 'prod', '--json'])).out);
    expect(tenants[0]).toMatchObject({
      name: 'atlas-apps',
      mesh: 'ambient',
      regions: ['eu-central-1'],
      shard: expect.any(Number),
    });
  });
});
