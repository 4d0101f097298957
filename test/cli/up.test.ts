import { chmodSync, copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { PACKAGE_ROOT } from '../../stacks/synth/fingerprint';
import { drun, spawnDrun } from '../support/drun';

describe('up', () => {
  test('shows with --dry-run which stacks would come up, and asks the engine for nothing else', () => {
    const folder = mkdtempSync(join(tmpdir(), 'drun-up-'));
    copyFileSync(join(PACKAGE_ROOT, 'test/support/stand-in-pulumi.cjs'), join(folder, 'pulumi'));
    chmodSync(join(folder, 'pulumi'), 0o755);
    const answers = join(folder, 'answers.json');
    writeFileSync(answers, '{"stacks": {}}');
    const env = {
      PATH: [folder, dirname(process.execPath), '/usr/bin', '/bin'].join(delimiter),
      STAND_IN_PULUMI: answers,
    };
    const { code, out, err } = spawnDrun(['up', 'dev', '--dry-run'], { env });
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(
      /^STACK +OUTCOME +OBJECTS +CHANGES\ndev +pending +\d+ objects +-\ndev-tenants-00 +pending +\d+ objects +-\n/,
    );
    expect(out).toMatch(/\ndev: 2 stacks: previewed\n$/);
    expect(readFileSync(`${answers}.log`, 'utf8')).not.toMatch(/^(up|preview|stack init)/m);
    rmSync(folder, { recursive: true });
  });

  test('fails where there is no pulumi, and where pulumi does not deliver the environment', async () => {
    expect(spawnDrun(['up', 'prod'], { env: { PATH: '/nowhere' } })).toMatchObject({
      code: 2,
      out: '',
      err: expect.stringMatching(/^PL122 /),
    });
    expect(await drun(['up', 'staging'])).toMatchObject({
      code: 2,
      out: '',
      err: expect.stringMatching(/^PL121 staging: given "delivery by flux"/),
    });
  });

  test.each([
    ['--force', ['--force', '--engine', 'direct']],
    ['--kubeconfig', ['--kubeconfig', '/nowhere', '--engine', 'pulumi']],
    ['--unprotect', ['--unprotect', 'acme', '--engine', 'pulumi']],
    ['--dry-run', ['--dry-run', '--engine', 'local']],
  ])('fails over %s where the engine would ignore it', async (option, args) => {
    expect(await drun(['up', 'prod', ...args])).toMatchObject({
      code: 2,
      err: expect.stringMatching(new RegExp(`^CLI001 ${option}: given an option that the engine`)),
    });
  });

  test('fails with nothing touched where a region has no context in the kubeconfig', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'drun-up-'));
    const kubeconfig = join(folder, 'kubeconfig');
    writeFileSync(kubeconfig, 'apiVersion: v1\nkind: Config\nclusters: []\nusers: []\ncontexts: []\n');
    for (const command of [['up'], ['drift'], ['down', '--confirm', 'dev']])
      expect(await drun([...command, 'dev', '--kubeconfig', kubeconfig])).toMatchObject({
        code: 2,
        out: '',
        err: expect.stringMatching(/^LIV001 context: given "eu-central-1"/),
      });
    rmSync(folder, { recursive: true });
  });

  test('fails to remove anything without the name of the environment once more', async () => {
    for (const confirm of [[], ['--confirm', 'prod']])
      expect(await drun(['down', 'dev', ...confirm])).toMatchObject({
        code: 2,
        err: expect.stringMatching(/^LIV016 dev: .* expected --confirm dev/),
      });
  });

  test.each(['0', 'many', '-1', '1.5'])('fails over a concurrency of %p', async (concurrency) => {
    expect(await drun(['up', 'dev', `--concurrency=${concurrency}`])).toMatchObject({
      code: 2,
      err: expect.stringMatching(/^CLI001 --concurrency/),
    });
  });
});
