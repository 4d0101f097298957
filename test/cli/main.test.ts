import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EXIT_TEXTS } from '../../cli/exit';
import { main } from '../../cli/main';
import { PACKAGE_ROOT } from '../../stacks/synth/fingerprint';
import { drun, spawnDrun, TODAY } from '../support/drun';

describe('help', () => {
  test('names every command and every exit code', async () => {
    const { code, out, err } = await drun(['--help']);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    for (const name of ['preview', 'synth', 'check', 'prove', 'evidence', 'up', 'tenant', 'explain', 'schema']) {
      expect(out).toMatch(new RegExp(`^  ${name}\\b`, 'm'));
    }
    for (const [number, text] of EXIT_TEXTS) expect(out).toContain(`${number}  ${text}`);
  });

  test('of a command shows its examples', async () => {
    const { code, out } = await drun(['prove', '--help']);
    expect(code).toBe(0);
    expect(out).toContain('--pod-cidr');
    expect(out).toContain('Examples:');
  });

  test('fails where no command is named, and shows the commands on standard error', async () => {
    expect(await drun([])).toMatchObject({ code: 2, out: '', err: expect.stringContaining('preview') });
    expect(await drun(['tenant'])).toMatchObject({
      code: 2,
      out: '',
      err: expect.stringContaining('new [options] <name>'),
    });
  });

  test('prints the version', async () => {
    expect((await drun(['--version'])).out).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

describe('usage', () => {
  test('fails over an unknown option and names the one that is meant', async () => {
    const { code, out, err } = await drun(['synth', 'dev', '--otu', 'x']);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(/^CLI001 drun synth: given unknown option '--otu', expected .*; did you mean --out\?\n$/);
  });

  test('fails over an unknown command, a missing argument and one too many', async () => {
    expect(await drun(['sinth', 'dev'])).toMatchObject({
      code: 2,
      err: expect.stringContaining('did you mean synth?'),
    });
    expect(await drun(['synth'])).toMatchObject({
      code: 2,
      err: expect.stringContaining("missing required argument 'environment'"),
    });
    expect(await drun(['synth', 'dev', 'prod'])).toMatchObject({
      code: 2,
      err: expect.stringContaining('too many arguments'),
    });
  });

  test('fails over an environment that does not exist and names the one that is meant', async () => {
    expect(await drun(['synth', 'prd'])).toMatchObject({
      code: 2,
      err: expect.stringMatching(/^PL100 .*did you mean prod\?\n$/),
    });
    expect(await drun(['check', 'prd'])).toMatchObject({
      code: 2,
      err: expect.stringMatching(/^CLI002 .*did you mean prod\?\n$/),
    });
  });

  test.each(['2026-13-01', '2026-02-30', 'tomorrow', ''])('fails over the date %p', async (date) => {
    expect(await drun(['check', 'dev', '--today', date])).toMatchObject({
      code: 2,
      err: expect.stringMatching(/^CLI001 --today/),
    });
  });

  test('fails in JSON where JSON was asked for', async () => {
    for (const args of [
      ['synth', 'prd', '--json'],
      ['synth', '--json'],
      ['nope', '--json'],
      ['explain', 'XYZ', '--json'],
    ]) {
      const { code, out, err } = await drun(args);
      expect({ code, err }).toEqual({ code: 2, err: '' });
      expect(JSON.parse(out)).toMatchObject({
        ok: false,
        exit: 2,
        problems: [{ code: expect.any(String), remedy: expect.any(String) }],
      });
    }
  });
});

describe('internal errors', () => {
  const broken = { cwd: PACKAGE_ROOT, stdout: { write: () => true } };

  test.each([
    ['', false],
    ['1', true],
  ])('fail with 3, say how to report, and with DRUN_DEBUG=%p show a stack: %p', async (debug, stack) => {
    const err: string[] = [];
    const host = {
      ...broken,
      env: { DRUN_DEBUG: debug },
      stderr: { write: (text: string) => err.push(text) },
      get today(): string {
        throw new TypeError('the clock has stopped');
      },
    };
    expect(await main(['check', 'dev'], host)).toBe(3);
    expect(err.join('')).toContain('internal error in `drun check`: TypeError: the clock has stopped');
    expect(err.join('')).toContain('please report it');
    expect(/^ {4}at /m.test(err.join(''))).toBe(stack);
  });

  test('are one JSON document where JSON was asked for', async () => {
    const out: string[] = [];
    const host = {
      ...broken,
      env: {},
      stdout: { write: (text: string) => out.push(text) },
      stderr: { write: () => true },
      get today(): string {
        throw new TypeError('the clock has stopped');
      },
    };
    expect(await main(['check', 'dev', '--json'], host)).toBe(3);
    expect(JSON.parse(out.join(''))).toMatchObject({ ok: false, exit: 3, error: 'TypeError: the clock has stopped' });
  });
});

describe('colour', () => {
  const coloured = (text: string) => text.includes('\u001b[');

  test('is on a terminal only, and never with NO_COLOR or a dumb terminal', async () => {
    expect(coloured((await drun(['explain', 'IN001'], { tty: true })).out)).toBe(true);
    expect(coloured((await drun(['explain', 'IN001'])).out)).toBe(false);
    for (const env of [{ NO_COLOR: '1' }, { TERM: 'dumb' }]) {
      expect(coloured((await drun(['explain', 'IN001'], { tty: true, env })).out)).toBe(false);
    }
  });

  test('does not change what is said', async () => {
    const plain = (await drun(['explain'])).out;
    const painted = (await drun(['explain'], { tty: true })).out;
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the colours
    expect(painted.replace(/\u001b\[\d+m/g, '')).toBe(plain);
  });
});

describe('progress', () => {
  test('is shown on a terminal, goes away, and never enters the results', async () => {
    const { out, err } = await drun(['check', 'dev', '--rule', 'DRN101'], { tty: true });
    expect(err).toContain('dev: checking eu-central-1');
    expect(err.endsWith('\r\u001b[2K')).toBe(true);
    expect(out).not.toContain('checking');
  });

  test('is silent elsewhere', async () => {
    expect((await drun(['check', 'dev', '--rule', 'DRN101'])).err).toBe('');
    expect((await drun(['check', 'dev', '--rule', 'DRN101'], { tty: true, env: { CI: 'true' } })).err).toBe('');
  });
});

describe('the program', () => {
  test('runs as a process, with the exit code and the streams where they belong', () => {
    expect(spawnDrun(['explain', 'PRV001'])).toMatchObject({ code: 0, out: expect.stringContaining('NET-4'), err: '' });
    expect(spawnDrun(['explain', 'NOPE'])).toMatchObject({ code: 2, out: '', err: expect.stringMatching(/^CLI005 /) });
  });

  test('is quiet when its reader has seen enough', () => {
    const bin = join(PACKAGE_ROOT, 'bin', 'drun.js');
    const { stderr } = spawnSync('sh', ['-c', `"${process.execPath}" "${bin}" schema tenant | head -n 1 >/dev/null`], {
      encoding: 'utf8',
    });
    expect(stderr).toBe('');
  });

  test('loads no schema library for its help and an unchanged synth, and no Pulumi for check, prove and preview', () => {
    const loaded = (args: readonly string[]) => {
      const script = `process.on('exit', () => require('node:fs').writeSync(2, [...new Set(Object.keys(require.cache).map((file) => file.replace(/.*node_modules\\/((@[^/]+\\/)?[^/]+).*/, 'package $1')))].join('\\n'))); require(${JSON.stringify(join(PACKAGE_ROOT, 'lib/cli/main.js'))}).start()`;
      return spawnSync(process.execPath, ['-e', script, 'drun', ...args], { encoding: 'utf8' }).stderr;
    };
    const out = mkdtempSync(join(tmpdir(), 'drun-main-'));
    const help = loaded(['--help']);
    expect(help).toContain('package commander');
    expect(help).not.toMatch(/package (zod|cdk8s|constructs|yaml)$/m);
    loaded(['synth', 'dev', '--out', out]);
    const unchanged = loaded(['synth', 'dev', '--out', out]);
    expect(unchanged).toContain('fingerprint.js');
    expect(unchanged).not.toMatch(/package (zod|cdk8s|constructs|yaml)$/m);
    rmSync(out, { recursive: true });
    const preview = loaded(['preview', 'dev', '--today', TODAY]);
    expect(preview).toContain('package zod');
    expect(preview).not.toMatch(/@pulumi|listr2/);
  });
});
