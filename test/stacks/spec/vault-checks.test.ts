import { ProblemError } from '../../../constructs/core/problem';
import type { VaultProps } from '../../../constructs/vault/vault-settings';
import { planInputs } from '../../../stacks/load';
import { defineEnvironment } from '../../../stacks/spec/environment';

const VAULT: VaultProps = {
  seal: { kind: 'awskms', region: 'eu', key: 'alias/x' },
  snapshots: { mode: 'none', because: 'a Vault of tests', owner: 'tests', expires: '2099-12-31' },
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

describe('a seal’s key', () => {
  const MRK = 'mrk-4f1c0a7d5b9e4c32a86d1f70e2b3c945';
  const aws = (key: string, ...replicatedTo: string[]) => ({ kind: 'awskms', region: 'a', key, replicatedTo }) as const;
  const alibaba = { kind: 'alicloudkms', region: 'a', key: 'alias/x' } as const;
  const exempt = { because: 'keys stay in their region', owner: 'tests', expires: '2099-12-31' };

  function pair(one: Partial<VaultProps>, other: Partial<VaultProps> | undefined, failover?: string) {
    const first = { name: 'one', continent: 'europe' as const, vault: { ...VAULT, ...one } };
    const second = { name: 'other', continent: 'europe' as const };
    const regions = [
      failover === undefined ? first : { ...first, failover },
      other === undefined ? second : { ...second, vault: { ...VAULT, ...other } },
    ];
    const access = { issuer: 'https://id.example/realms/x' };
    return codesOf(() => defineEnvironment({ name: 'test', access, regions }));
  }

  test.each([
    ['the other region has no Vault', { seal: aws(MRK, 'other') }, undefined],
    ['the other one is OpenBao', { seal: aws(MRK, 'other') }, { provider: 'openbao' as const, seal: aws(MRK) }],
    ['the other one’s key is in another cloud', { seal: aws(MRK, 'other') }, { seal: alibaba }],
    ['the other one has another key', { seal: aws(MRK, 'other') }, { seal: aws(MRK.replace('4', '5')) }],
    ['an alias says nothing of the key', { seal: aws('alias/x', 'other') }, { seal: aws('alias/x') }],
  ])('[BDR-2] fails to be replicated where %s', (_, one, other) => {
    expect(pair(one, other)).toEqual(['IN004 regions[0].vault.seal.replicatedTo[0]']);
    expect(pair({ seal: aws(MRK, 'other') }, { seal: aws(MRK) })).toEqual([]);
  });

  test('[BDR-2] fails where the region that takes over has another one, unless somebody says why and until when', () => {
    expect(pair({ seal: alibaba }, { seal: aws(MRK) }, 'other')).toEqual(['IN004 regions[0].vault.seal']);
    expect(pair({ seal: alibaba, noTakeover: exempt }, { seal: aws(MRK) }, 'other')).toEqual([]);
    expect(pair({ seal: aws(MRK, 'other') }, { seal: aws(MRK) }, 'other')).toEqual([]);
  });

  test('[BDR-2] fails where a reason is given and nothing needs one', () => {
    const path = ['IN004 regions[0].vault.noTakeover'];
    expect(pair({ seal: aws(MRK, 'other'), noTakeover: exempt }, { seal: aws(MRK) }, 'other')).toEqual(path);
    expect(pair({ seal: alibaba, noTakeover: exempt }, { seal: aws(MRK) })).toEqual(path);
  });
});
