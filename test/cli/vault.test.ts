import { join } from 'node:path';
import { listAt, stringAt } from '../../constructs/core/json';
import { PACKAGE_ROOT } from '../../stacks/synth/fingerprint';
import { drun } from '../support/drun';

const PEM = join(PACKAGE_ROOT, 'LICENSE');
const VAULT = ['--address', 'https://127.0.0.1:1', '--region', 'eu-west-1'];
const STORE = ['--store', 'https://127.0.0.1:1', '--store-ca', PEM, '--store-cert', PEM, '--store-key', PEM];
const TOKEN = { VAULT_TOKEN: 'hvs.secret' };

async function refusalOf(args: readonly string[], env: Readonly<Record<string, string>> = TOKEN) {
  const { code, out, err } = await drun(['vault', ...args, '--json'], { env });
  const [problem] = listAt(JSON.parse(out), 'problems');
  expect(out + err).not.toContain('hvs.secret');
  return [code, stringAt(problem, 'code'), stringAt(problem, 'path'), stringAt(problem, 'expected')];
}

describe('drun vault retire', () => {
  test('[ENC-3] fails without an administrator’s token, for an address without TLS and for a region without a Vault', async () => {
    const token = [2, 'CLI001', 'VAULT_TOKEN', 'the token of an administrator'];
    expect(await refusalOf(['retire', 'prod', ...VAULT], {})).toEqual(token);
    expect(await refusalOf(['retire', 'prod', ...VAULT], { VAULT_TOKEN: '' })).toEqual(token);
    const plain = ['retire', 'prod', '--address', 'http://127.0.0.1:1', '--region', 'eu-west-1'];
    expect((await refusalOf(plain)).slice(0, 3)).toEqual([2, 'CLI001', '--address']);
    const elsewhere = ['retire', 'prod', '--address', 'https://127.0.0.1:1', '--region', 'mars'];
    expect((await refusalOf(elsewhere)).slice(0, 3)).toEqual([2, 'CLI001', '--region']);
  });
});

describe('drun vault reencrypt', () => {
  test('[ENC-3] fails for a key that seals no store, and names those that do', async () => {
    const expected = [2, 'CLI001', '--key', 'one of etcd-eu-central-1'];
    expect(await refusalOf(['reencrypt', 'prod', ...VAULT, ...STORE, '--key', 'backups'])).toEqual(expected);
    expect(await refusalOf(['reencrypt', 'prod', ...VAULT, ...STORE, '--key', 'nothing'])).toEqual(expected);
  });

  test('[ENC-3] fails for a store without TLS, for a file that is not there and without a token', async () => {
    const key = ['reencrypt', 'prod', ...VAULT, '--key', 'etcd-eu-central-1'];
    const files = STORE.slice(2);
    expect((await refusalOf([...key, '--store', 'http://127.0.0.1:2379', ...files])).slice(0, 3)).toEqual([
      2,
      'CLI001',
      '--store',
    ]);
    const missing = [...key, ...STORE.slice(0, -1), '/nowhere/client.key'];
    expect((await refusalOf(missing)).slice(0, 3)).toEqual([2, 'CLI002', '--store-key']);
    expect((await refusalOf([...key, ...STORE], {})).slice(0, 3)).toEqual([2, 'CLI001', 'VAULT_TOKEN']);
  });
});
