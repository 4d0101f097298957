import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tenantsFolder } from '../../stacks/load';
import { type SynthOptions, type SynthResult, synth } from '../../stacks/synth/synth';

const TODAY = '2026-11-22';
let work: string;

beforeEach(() => {
  work = mkdtempSync(join(tmpdir(), 'drun-purity-'));
  cpSync(tenantsFolder('prod'), join(work, 'tenants'), { recursive: true });
});
afterEach(() => rmSync(work, { recursive: true, force: true }));

describe('synth', () => {
  test('gives the same bytes twice, from files in another order, and with or without an earlier output', () => {
    run({ out: join(work, 'first') });
    run({ out: join(work, 'second') });
    expect(read(join(work, 'second'))).toEqual(read(join(work, 'first')));

    shuffleNames();
    run({ out: join(work, 'second') });
    run({ out: join(work, 'second'), cache: false });
    expect(read(join(work, 'second'))).toEqual(read(join(work, 'first')));
  });

  test('touches no file and builds no tenant where nothing changed', () => {
    const first = run({});
    const times = timesOf(join(work, 'out'));
    const again = run({});
    expect(again).toMatchObject({
      tenantsBuilt: 0,
      filesWritten: 0,
      filesRemoved: 0,
      objects: first.objects,
      tenants: first.tenants,
    });
    expect(timesOf(join(work, 'out'))).toEqual(times);
  });

  test('builds one tenant and writes one tenant’s files where one tenant changed', () => {
    run({});
    edit('helix-bio.yaml', (text) => text.replace('cpu: 96', 'cpu: 97'));
    expect(run({})).toMatchObject({ tenantsBuilt: 1, filesWritten: 1, filesRemoved: 0 });
    expect(readFileSync(join(work, 'out/eu-central-1/tenants/helix-bio.yaml'), 'utf8')).toContain('requests.cpu: "97"');
  });

  test('writes a file again that somebody changed in the output', () => {
    run({});
    const file = join(work, 'out/eu-central-1/tenants/helix-bio.yaml');
    const before = readFileSync(file, 'utf8');
    writeFileSync(file, '');
    expect(run({})).toMatchObject({ filesWritten: 1 });
    expect(readFileSync(file, 'utf8')).toBe(before);
  });

  test('leaves nothing of a tenant behind that was taken out', () => {
    run({});
    rmSync(join(work, 'tenants/helix-bio.yaml'));
    expect(run({})).toMatchObject({ filesRemoved: 1, tenantsBuilt: 0 });
    expect(Object.values(read(join(work, 'out'))).join('\n')).not.toContain('helix-bio');
  });

  test('fails with every mistake and leaves the old output as it was', () => {
    run({});
    const before = read(join(work, 'out'));
    const times = timesOf(join(work, 'out'));
    edit('helix-bio.yaml', (text) => text.replace('cpu: 96', 'cpu: many').replace('trust: standard', 'trust: blind'));
    edit('kiwi-games.yaml', (text) => text.replace('cpu: 48', 'cpu: 49'));
    const result = synth(options({}));
    expect(result.problems.map(({ path }) => path)).toEqual(['trust', 'namespaces.pipeline.cpu']);
    expect(read(join(work, 'out'))).toEqual(before);
    expect(timesOf(join(work, 'out'))).toEqual(times);
  });

  test('survives a damaged ledger and damaged records by making everything again', () => {
    run({});
    const before = read(join(work, 'out'));
    for (const file of ['ledger.json', 'records.json']) {
      writeFileSync(join(work, 'out/.drun', file), '{"tenants": {"helix-bio.yaml": 7}}');
      edit('helix-bio.yaml', (text) => `${text}# touched\n`);
      run({});
      expect(read(join(work, 'out'))).toEqual(before);
    }
  });
});

function run(more: Partial<SynthOptions>): SynthResult {
  const result = synth(options(more));
  expect(result.problems).toEqual([]);
  return result;
}

function options(more: Partial<SynthOptions>): SynthOptions {
  return { environment: 'prod', tenants: join(work, 'tenants'), out: join(work, 'out'), today: TODAY, ...more };
}

function edit(name: string, change: (text: string) => string): void {
  const file = join(work, 'tenants', name);
  writeFileSync(file, change(readFileSync(file, 'utf8')));
}

/** Renames the files so that a directory listing gives them in the opposite order. */
function shuffleNames(): void {
  const names = readdirSync(join(work, 'tenants')).sort();
  const texts = names.map((name) => readFileSync(join(work, 'tenants', name), 'utf8'));
  for (const name of names) rmSync(join(work, 'tenants', name));
  for (const [i, text] of texts.entries()) {
    writeFileSync(join(work, 'tenants', `${String(names.length - i).padStart(3, '0')}.yaml`), text);
  }
}

function read(folder: string): Readonly<Record<string, string>> {
  return Object.fromEntries(filesIn(folder).map((file) => [file, readFileSync(join(folder, file), 'utf8')]));
}

function timesOf(folder: string): Readonly<Record<string, number>> {
  return Object.fromEntries(filesIn(folder).map((file) => [file, statSync(join(folder, file)).mtimeMs]));
}

function filesIn(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.yaml'))
    .sort();
}
