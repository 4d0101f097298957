import {
  chmodSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tenantsFolder } from '../../stacks/load';
import { drun, spawnDrun } from '../support/drun';

let work: string;
beforeEach(() => {
  work = mkdtempSync(join(tmpdir(), 'drun-synth-'));
  cpSync(tenantsFolder('dev'), join(work, 'tenants'), { recursive: true });
});
afterEach(() => rmSync(work, { recursive: true, force: true }));

const synth = (...more: readonly string[]) =>
  drun(['synth', 'dev', '--tenants', 'tenants', '--out', 'out', ...more], { cwd: work });

/** Ten mistakes, each with the line and column at which a person would mend it. */
const TEN_MISTAKES = `name: Acme_One
owner: x
trust: blind
colour: red
namespaces:
  train:
    cpu: many
    memory: 64GB
    gpus: -1
    pods: 1.5
hosts:
  - '*.example.com'
allow:
  - to:
      fqdn: api.example.com
    ports: [70000]
`;
const PLACES = ['1:7', '2:8', '3:8', '4:9', '7:10', '8:13', '9:11', '10:11', '12:5', '16:13'];

describe('synth', () => {
  test('writes a file per layer and per tenant, and says how many', async () => {
    const { code, out, err } = await synth();
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/^dev: 1 region, 2 tenants, \d+ objects\nout: files \d+ written, 0 removed, 0 unchanged\n$/);
    expect(readFileSync(join(work, 'out/eu-central-1/tenants/team-alpha.yaml'), 'utf8')).toContain('kind: Namespace');
  });

  test('writes to dist/<environment> below the current folder unless told otherwise', async () => {
    await drun(['synth', 'dev', '--tenants', 'tenants'], { cwd: work });
    expect(existsSync(join(work, 'dist/dev/eu-central-1/tenants/team-beta.yaml'))).toBe(true);
  });

  test('touches nothing where nothing changed, and everything is built again with --no-cache', async () => {
    await synth();
    expect(JSON.parse((await synth('--json')).out)).toMatchObject({
      ok: true,
      command: 'synth',
      tenantsBuilt: 0,
      filesWritten: 0,
    });
    expect(JSON.parse((await synth('--json', '--no-cache')).out)).toMatchObject({ tenantsBuilt: 2 });
  });

  test('fails with all ten mistakes of one file, each at its line and column, and writes nothing', async () => {
    writeFileSync(join(work, 'tenants/acme.yaml'), TEN_MISTAKES);
    const { code, out, err } = await synth();
    expect({ code, out }).toEqual({ code: 2, out: '' });
    const lines = err.trimEnd().split('\n');
    expect(lines.map((line) => /^\w+ tenants\/acme\.yaml:(\d+:\d+) /.exec(line)?.[1]).sort(byPlace)).toEqual(PLACES);
    for (const line of lines) expect(line).toMatch(/^(IN\d{3}) \S+ \S+: given .+, expected .+; .+$/);
    expect(existsSync(join(work, 'out'))).toBe(false);
  });

  test('fails in JSON with the same ten mistakes', async () => {
    writeFileSync(join(work, 'tenants/acme.yaml'), TEN_MISTAKES);
    const document = JSON.parse((await synth('--json')).out);
    expect(document).toMatchObject({ ok: false, exit: 2 });
    expect(document.problems).toHaveLength(10);
    expect(document.problems[0].place).toMatchObject({
      file: 'tenants/acme.yaml',
      line: expect.any(Number),
      column: expect.any(Number),
    });
  });

  test('fails grouped by file on a terminal', async () => {
    writeFileSync(join(work, 'tenants/acme.yaml'), TEN_MISTAKES);
    const { err } = await drun(['synth', 'dev', '--tenants', 'tenants', '--out', 'out'], {
      cwd: work,
      tty: true,
      env: { NO_COLOR: '1', CI: '1' },
    });
    expect(err).toMatch(/^tenants\/acme\.yaml\n {2}1:7 {2}IN004 name\n {6}given {5}"Acme_One"\n/);
    expect(err).toMatch(/10 problems; drun explain IN\d{3} says more\n$/);
  });

  test('fails over mistakes between files and keeps the old output as it was', async () => {
    await synth();
    const before = snapshot(join(work, 'out'));
    const file = join(work, 'tenants/team-alpha.yaml');
    writeFileSync(file, readFileSync(file, 'utf8').replace('ports: [8080]', 'ports: [9090]'));
    expect(await synth()).toMatchObject({
      code: 2,
      err: expect.stringMatching(/^PL106 tenants\/team-alpha\.yaml:\d+:\d+ /),
    });
    expect(snapshot(join(work, 'out'))).toEqual(before);
  });

  test('fails over a folder of tenants that does not exist', async () => {
    expect(await drun(['synth', 'dev', '--tenants', 'nowhere'], { cwd: work })).toMatchObject({
      code: 2,
      err: expect.stringMatching(/^CLI002 --tenants/),
    });
  });

  test('fails in words where the output cannot be written', async () => {
    writeFileSync(join(work, 'out'), 'a file');
    expect(await synth()).toMatchObject({ code: 2, err: expect.stringMatching(/^CLI00[28] /) });
    expect(readFileSync(join(work, 'out'), 'utf8')).toBe('a file');
  });

  test('runs as a process and leaves the working folder of the caller alone', () => {
    chmodSync(work, 0o755);
    expect(spawnDrun(['synth', 'dev', '--tenants', 'tenants', '--out', 'out', '--json'], { cwd: work })).toMatchObject({
      code: 0,
      err: '',
    });
    expect(readdirSync(work).sort()).toEqual(['out', 'tenants']);
  });
});

function byPlace(a = '', b = ''): number {
  const [left = [], right = []] = [a, b].map((place) => place.split(':').map(Number));
  return (left[0] ?? 0) - (right[0] ?? 0) || (left[1] ?? 0) - (right[1] ?? 0);
}

function snapshot(folder: string): Readonly<Record<string, string>> {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) =>
    statSync(join(folder, file)).isFile(),
  );
  return Object.fromEntries(
    files.map((file) => [file, `${statSync(join(folder, file)).mtimeMs} ${readFileSync(join(folder, file), 'utf8')}`]),
  );
}
