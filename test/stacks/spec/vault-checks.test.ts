import { ProblemError } from '../../../constructs/core/problem';
import type { VaultProps } from '../../../constructs/vault/vault-settings';
import { planInputs } from '../../../stacks/load';
import { defineEnvironment } from '../../../stacks/spec/environment';

const VAULT: VaultProps = {
  seal: { kind: 'awskms', region: 'eu', key: 'alias/x' },
  people: { admins: ['admins'] },
  audit: { collector: { host: 'audit.example.com', port: 6514, ranges: ['192.0.2.0/28'] } },
  databases: {
    orders: {
      tenant: 'acme',
      engine: 'postgresql',
      host: 'orders.example.com',
      ranges: ['192.0.2.16/28'],
      name: 'orders',
      roles: { reader: { grants: 'orders_reader' } },
    },
  },
};

function environment(vault: VaultProps | undefined) {
  const region = { name: 'eu', continent: 'europe' as const };
  const regions = [vault === undefined ? region : { ...region, vault }];
  return defineEnvironment({ name: 'test', access: { issuer: 'https://id.example/realms/x' }, regions });
}

function codes(tenant: string, secrets: string, vault: VaultProps | undefined = VAULT): readonly string[] {
  const text = `name: ${tenant}\nowner: a@acme.example\nnamespaces:\n  train: {}\nsecrets:\n  - ${secrets}\n`;
  const input = { name: 'a.yaml', path: 'a.yaml', bytes: Buffer.from(text), sha256: '' };
  return codesOf(() => planInputs(environment(vault), [input]));
}

function codesOf(run: () => unknown): readonly string[] {
  try {
    run();
    return [];
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    return error.problems.map(({ code, path }) => `${code} ${path}`);
  }
}

const ACCOUNT = '{ from: database, name: db, namespace: train, database: orders, role: reader }';

test('[ENC-3] fails where a tenant reads secrets and its region has no Vault', () => {
  const none = '{ from: kv, name: db, namespace: train }';
  const bare = `name: acme\nowner: a@acme.example\nnamespaces:\n  train: {}\nsecrets:\n  - ${none}\n`;
  const input = { name: 'a.yaml', path: 'a.yaml', bytes: Buffer.from(bare), sha256: '' };
  expect(codesOf(() => planInputs(environment(undefined), [input]))).toEqual(['PL115 acme.secrets']);
  expect(codes('acme', none)).toEqual([]);
});

test('[ENC-3] fails where a tenant waits for External Secrets and its region does not run it', () => {
  const asked = '{ from: kv, name: db, namespace: train, delivery: external-secrets }';
  expect(codes('acme', asked)).toEqual(['PL117 acme.secrets[0].delivery']);
  expect(codes('acme', asked, { ...VAULT, externalSecrets: true })).toEqual([]);
  expect(codes('acme', asked.replace('external-secrets', 'csi'))).toEqual([]);
});

test('[ENC-3] fails where a tenant asks for an account in a database that is not its own', () => {
  expect(codes('beta', ACCOUNT)).toEqual(['PL116 beta.secrets[0].database']);
  expect(codes('acme', ACCOUNT.replace('reader', 'admin'))).toEqual(['PL116 acme.secrets[0].role']);
  expect(codes('acme', ACCOUNT.replace('orders', 'others'))).toEqual(['PL116 acme.secrets[0].database']);
  expect(codes('acme', ACCOUNT)).toEqual([]);
});

test('[ENC-3] fails where a secret is for a namespace or an account that the tenant does not have', () => {
  expect(codes('acme', '{ from: kv, name: db, namespace: serve }')).toEqual(['IN004 secrets[0].namespace']);
  expect(codes('acme', '{ from: kv, name: db, namespace: train, account: other }')).toEqual([
    'IN004 secrets[0].account',
  ]);
  expect(codes('acme', '{ from: kv, name: db, namespace: train, account: workload }')).toEqual([]);
});

test('[BDR-2] fails where the key of a seal is said to work in a region that is not there', () => {
  const replicated = { ...VAULT, seal: { ...VAULT.seal, replicatedTo: ['us'] } };
  expect(codesOf(() => environment(replicated))).toEqual(['IN004 regions[0].vault.seal.replicatedTo[0]']);
  expect(codesOf(() => environment(VAULT))).toEqual([]);
});
