import { App, Chart } from 'cdk8s';
import { checkObjects } from '../../../analysis/rules';
import { Cluster, clusterSchema } from '../../../charts/cluster';
import { HelmRelease } from '../../../constructs/core/helm-release';
import { stringAt, valueAt } from '../../../constructs/core/json';
import { leavesOf, manifestsOf, type VaultLeaf, vaultObjectsOf } from '../../../constructs/core/leaves';
import type { Manifest } from '../../../constructs/core/manifest';
import { parse, parseOrThrow } from '../../../constructs/core/parse';
import { vaultManifestsOf } from '../../../constructs/core/vault-manifest';
import { SecureTenant } from '../../../constructs/tenant/secure-tenant';
import { type TenantProps, tenantSpec } from '../../../constructs/tenant/tenant-spec';
import { VaultCluster } from '../../../constructs/vault/vault-cluster';
import { policyText } from '../../../constructs/vault/vault-policy';
import { type VaultProps, vaultSchema } from '../../../constructs/vault/vault-settings';

const VAULT: VaultProps = {
  seal: { kind: 'awskms', region: 'eu', key: 'alias/x' },
  snapshots: { mode: 'none', because: 'a Vault of tests', owner: 'tests', expires: '2099-12-31' },
  people: { admins: ['admins'] },
  audit: { collector: { host: 'audit.example.com', port: 6514, ranges: ['192.0.2.0/28'] } },
  pki: { roles: { edge: { domains: ['apps.example.com'], account: { namespace: 'cert-manager', name: 'edge' } } } },
  transit: { backups: { use: 'backups', rotate: '30d', retire: { after: '90d' } } },
  databases: {
    orders: {
      tenant: 'acme',
      engine: 'postgresql',
      host: 'orders.example.com',
      ranges: ['192.0.2.16/28'],
      name: 'orders',
      roles: { reader: { grants: 'orders_reader' } },
      accounts: { writer: { username: 'orders_writer', rotate: '7d' } },
    },
  },
};

const ACME: TenantProps = {
  name: 'acme',
  owner: 'a@acme.example',
  namespaces: { train: {}, serve: {} },
  access: { owner: ['acme-owners'] },
  secrets: [
    { from: 'kv', name: 'db', namespace: 'train' },
    { from: 'kv', name: 'model-key', namespace: 'serve', delivery: 'csi' },
    { from: 'database', name: 'orders', namespace: 'train', database: 'orders', role: 'reader' },
    { from: 'pki', name: 'tls', namespace: 'serve', services: ['web'] },
  ],
};

function cluster(vault: VaultProps, tenants: readonly TenantProps[] = [ACME]): Cluster {
  const plan = parseOrThrow(clusterSchema, {
    facts: { region: 'eu' },
    access: { issuer: 'https://id.example/realms/x' },
    vault,
  });
  return new Cluster(new Chart(new App(), 'root'), 'eu', { ...plan, tenants: tenants.map((one) => tenantSpec(one)) });
}

const told = (one: Cluster): readonly VaultLeaf[] => leavesOf(one).flatMap(vaultObjectsOf);
const typed = (all: readonly VaultLeaf[], type: string) => all.filter((one) => one.type.endsWith(type));
const named = (all: readonly VaultLeaf[], type: string, name: string) =>
  typed(all, type).find(({ args }) => args.name === name || args.roleName === name)?.args;
const servers = (one: Cluster): unknown =>
  one.node
    .findAll()
    .flatMap((each) => (each instanceof HelmRelease && each.release.name === 'vault' ? [each.release] : []))[0];
const config = (one: Cluster): string => stringAt(servers(one), 'values', 'server', 'ha', 'raft', 'config') ?? '';

describe('the servers', () => {
  test('[ENC-1] speak TLS 1.3 and nothing older, with a certificate', () => {
    expect(config(cluster(VAULT))).toContain('tls_min_version = "tls13"');
    expect(valueAt(servers(cluster(VAULT)), 'values', 'global', 'tlsDisable')).toBe(false);
  });

  test('[ENC-3] find each other over zones, and unseal by a key service', () => {
    const five = cluster({ ...VAULT, replicas: 5 });
    expect(config(five).match(/retry_join/g)).toHaveLength(5);
    expect(config(five)).toContain('seal "awskms" {\n  region = "eu"\n  kms_key_id = "alias/x"\n}');
    expect(valueAt(servers(five), 'values', 'server', 'ha', 'disruptionBudget')).toEqual({
      enabled: true,
      maxUnavailable: 1,
    });
  });

  test('[MON-1] have two audit devices of two kinds, which OpenBao takes from its file', () => {
    expect(typed(told(cluster(VAULT)), ':Audit').map(({ args }) => args.type)).toEqual(['file', 'socket']);
    const openbao = cluster({ ...VAULT, provider: 'openbao' });
    expect(typed(told(openbao), ':Audit')).toEqual([]);
    expect(config(openbao)).toMatch(/audit "file" "log" \{[\s\S]*audit "socket" "collector" \{/);
    expect(config(cluster(VAULT))).not.toContain('audit ');
  });

  test('[ENC-3] are OpenBao’s with the same policies and logins', () => {
    const rights = (one: Cluster) => told(one).filter(({ type }) => /:Policy$|:AuthBackendRole$/.test(type));
    const openbao = cluster({ ...VAULT, provider: 'openbao' });
    expect(rights(openbao)).toEqual(rights(cluster(VAULT)));
    expect(stringAt(servers(openbao), 'chart')).toBe('openbao');
  });
});

describe('what a tenant may do in Vault', () => {
  const all = told(cluster(VAULT));

  test('[IAM-4] each account logs in under a role of its own, with a token made for Vault', () => {
    expect(named(all, 'kubernetes/authBackendRole:AuthBackendRole', 'workload.acme-train.workload')).toMatchObject({
      backend: 'kubernetes-eu',
      boundServiceAccountNames: ['workload'],
      boundServiceAccountNamespaces: ['acme-train'],
      audience: 'vault',
      tokenNoDefaultPolicy: true,
      tokenMaxTtl: 3600,
    });
  });

  test('[ENC-3] is to read what it declared, account by account', () => {
    const train = String(named(all, ':Policy', 'workload.acme-train.workload')?.policy);
    const serve = String(named(all, ':Policy', 'workload.acme-serve.workload')?.policy);
    expect(train).toContain('path "kv/data/acme/db" {\n  capabilities = ["read"]\n}');
    expect(train).toContain('path "database/creds/acme.orders.reader"');
    expect(train).not.toContain('model-key');
    expect(serve).toContain('path "pki-eu/issue/acme-serve"');
    expect(serve).not.toContain('acme/db"');
  });

  test('[ENC-3] its owners write what they declared and never read it, with a second factor', () => {
    const policy = String(named(all, ':Policy', 'people.acme')?.policy);
    expect(policy).toContain('path "kv/data/acme/db" {\n  capabilities = ["create", "update"]\n}');
    expect(policy).not.toMatch(/kv\/data[^}]*"read"/);
    expect(named(all, 'jwt/authBackendRole:AuthBackendRole', 'people.acme')?.boundClaims).toEqual({
      groups: 'acme-owners',
      amr: 'mfa',
    });
  });

  test('[ENC-3] is nothing where it declares nothing', () => {
    const quiet = told(cluster(VAULT, [{ ...ACME, secrets: [] }]));
    expect(quiet.filter(({ tenant }) => tenant !== undefined)).toEqual([]);
  });

  test('[ENC-3] of fifty tenants no path and no login is shared', () => {
    const tenants = Array.from({ length: 50 }, (_, i) => ({
      ...ACME,
      name: `t${i}`,
      secrets: ACME.secrets?.slice(0, 2) ?? [],
    }));
    const own = told(cluster({ ...VAULT, databases: {} }, tenants)).filter(({ tenant }) => tenant !== undefined);
    const paths = typed(own, ':Policy').flatMap(({ tenant, args }) =>
      [...String(args.policy).matchAll(/path "(kv\/data\/[^"]*)"/g)].map(
        ([, path = '']) => [path, tenant ?? ''] as const,
      ),
    );
    expect(paths.length).toBeGreaterThanOrEqual(200);
    expect(paths.filter(([path, tenant]) => !path.startsWith(`kv/data/${tenant}/`))).toEqual([]);
    const roles = typed(own, ':AuthBackendRole').map(({ args }) => args.roleName);
    expect(new Set(roles).size).toBe(roles.length);
  });

  test('[ENC-3] breaks a rule as soon as a policy or a login is widened', () => {
    const objects = leavesOf(cluster(VAULT)).flatMap(vaultManifestsOf);
    const codes = (documents: readonly object[]) =>
      checkObjects(documents, { today: '2026-11-22' }).problems.map(({ code }) => code);
    expect(codes(objects)).toEqual([]);
    const widened = (kind: string, from: string, to: string) =>
      codes(objects.map((one) => (one.kind === kind ? JSON.parse(JSON.stringify(one).replaceAll(from, to)) : one)));
    expect(widened('Policy', 'kv/data/acme/db', 'kv/data/+/db')).toContain('DRN501');
    expect(widened('WorkloadLogin', '"acme-train"', '"*"')).toContain('DRN502');
    expect(widened('PeopleLogin', '"amr":"mfa"', '"x":"y"')).toContain('DRN503');
    expect(widened('TransitKey', '"autoRotatePeriod":2592000', '"autoRotatePeriod":0')).toContain('DRN504');
    expect(widened('DatabaseAccount', '604800', '0')).toContain('DRN505');
    expect(widened('PkiRole', '259200', '2592000')).toContain('DRN507');
    expect(widened('AuditDevice', '"type":"socket"', '"type":"file"')).toContain('DRN508');
  });
});

describe('how secrets come to workloads', () => {
  const objects: readonly Manifest[] = leavesOf(cluster(VAULT)).flatMap(manifestsOf);
  const kinds = (kind: string) => objects.filter((one) => one.kind === kind).map(({ metadata }) => metadata.name);

  test('[ENC-3] through the operator, and through a volume where they may not be in etcd', () => {
    expect(kinds('VaultStaticSecret')).toEqual(['db']);
    expect(kinds('SecretProviderClass')).toEqual(['model-key']);
    expect(kinds('VaultDynamicSecret')).toEqual(['orders']);
    expect(kinds('VaultPKISecret')).toEqual(['tls']);
    expect(kinds('Secret')).toEqual([]);
  });

  test('[ENC-3] through External Secrets where it is asked for, as the account of the workload and with its role', () => {
    const feed = { from: 'kv', name: 'feed', namespace: 'train', delivery: 'external-secrets' } as const;
    const all = leavesOf(cluster(VAULT, [{ ...ACME, secrets: [feed] }])).flatMap(manifestsOf);
    const of = (kind: string) => all.filter((one) => one.kind === kind);
    expect([of('VaultAuth'), of('VaultStaticSecret')]).toEqual([[], []]);
    expect(of('SecretStore').map((one) => valueAt(one, 'spec', 'provider', 'vault', 'auth', 'kubernetes'))).toEqual([
      {
        mountPath: 'kubernetes-eu',
        role: 'workload.acme-train.workload',
        serviceAccountRef: { name: 'workload', audiences: ['vault'] },
      },
    ]);
    const roles = typed(
      told(cluster(VAULT, [{ ...ACME, secrets: [feed] }])),
      'kubernetes/authBackendRole:AuthBackendRole',
    );
    expect(roles.map(({ args }) => args.roleName)).toContain('workload.acme-train.workload');
    const codes = (objects: readonly object[]) =>
      checkObjects(objects, { today: '2026-11-22' }).problems.map(({ code }) => code);
    const own = of('ExternalSecret');
    // The operator of another tenant that reads the same path, and one that reads its own.
    const operated = (path: string) => ({
      apiVersion: 'secrets.hashicorp.com/v1beta1',
      kind: 'VaultStaticSecret',
      metadata: {
        name: 'x',
        namespace: 'beta-main',
        labels: { 'drun.io/tenant': 'beta', 'app.kubernetes.io/managed-by': 'drun' },
      },
      spec: { mount: 'kv', path },
    });
    expect(codes([...own, operated('acme/feed')])).toContain('DRN121');
    expect(codes([...own, operated('beta/feed')])).not.toContain('DRN121');
  });

  test('[ENC-3] nothing comes where the region has no Vault', () => {
    const plan = parseOrThrow(clusterSchema, { access: { issuer: 'https://id.example' } });
    const none = new Cluster(new Chart(new App(), 'root'), 'eu', { ...plan, tenants: [tenantSpec(ACME)] });
    expect(told(none)).toEqual([]);
    expect(
      leavesOf(none)
        .flatMap(manifestsOf)
        .filter(({ kind }) => kind.startsWith('Vault')),
    ).toEqual([]);
  });

  test('[ENC-3] `grantRead` says it from the side of Vault', () => {
    const one = cluster(VAULT, []);
    const found = one.node.findAll().find((each) => each instanceof VaultCluster);
    const beta = new SecureTenant(one, 'beta', { name: 'beta', owner: 'b@beta.example', namespaces: { train: {} } });
    if (!(found instanceof VaultCluster)) throw new Error('no Vault');
    found.grantRead(beta, 'db');
    expect(beta.vaultObjects().map(({ name }) => name)).toEqual([
      'policy.workload.beta-train.workload',
      'role.workload.beta-train.workload',
    ]);
    expect(() => found.grantRead(beta, { from: 'kv', name: 'x', namespace: 'elsewhere' })).toThrow(
      /one of the tenant’s own/,
    );
  });
});

const BUCKET = {
  region: 'eu-west-1',
  bucket: 'vault-one',
  key: 'arn:aws:kms:eu-west-1:111122223333:key/6c1d9f20-3b7e-4a58-8f06-d2e4b5a7c913',
  role: 'arn:aws:iam::111122223333:role/snapshots',
  ranges: ['192.0.2.32/28'],
};
const OTHER = { ...BUCKET, region: 'eu-north-1', key: BUCKET.key.replace('west', 'north') };
const PINNED = `registry.example.com/x@sha256:${'0'.repeat(64)}`;
const SCHEDULED: VaultProps['snapshots'] & { readonly mode: 'scheduled' } = {
  mode: 'scheduled',
  every: '1h',
  rpo: '2h',
  buckets: [BUCKET, OTHER],
  images: { vault: PINNED, rclone: PINNED },
  alerts: 'prometheus-operator',
};

describe('snapshots', () => {
  const snapshots = cluster({ ...VAULT, snapshots: SCHEDULED });
  const objects: readonly Manifest[] = leavesOf(snapshots).flatMap(manifestsOf);
  const own = objects.filter(({ metadata }) => metadata.name.endsWith('vault-snapshots'));
  const job = own.find(({ kind }) => kind === 'CronJob');
  const failing = (documents: readonly object[], rule: string, today = '2026-11-22') =>
    checkObjects(documents, { today }).problems.filter(({ code }) => code === rule).length;

  test('[BDR-1] are taken by a job of their own, whose login may do nothing else', () => {
    expect(own.map(({ kind }) => kind).sort()).toEqual([
      'CronJob',
      'NetworkPolicy',
      'PrometheusRule',
      'ServiceAccount',
    ]);
    const policy = String(named(told(snapshots), ':Policy', 'platform.snapshots')?.policy);
    expect(policy.match(/path "[^"]*"/g)).toEqual([
      'path "sys/storage/raft/snapshot"',
      'path "auth/token/revoke-self"',
    ]);
    expect(policy).toContain('capabilities = ["read"]');
  });

  test('[BDR-1] fail a rule where the job stops or runs too seldom for what it promises', () => {
    const weaker = (from: string, to: string) => [JSON.parse(JSON.stringify(job).replace(from, to))];
    expect(failing(weaker('"7 * * * *"', '"7 */2 * * *"'), 'DRN150')).toBe(1);
    expect(failing(weaker('"concurrencyPolicy"', '"suspend":true,"concurrencyPolicy"'), 'DRN150')).toBe(1);
    expect(failing(weaker('', ''), 'DRN150')).toBe(0);
  });

  test('[BDR-1] raise an alarm once the last is older than what is promised, or once nobody knows', () => {
    const rules = JSON.stringify(own.find(({ kind }) => kind === 'PrometheusRule'));
    expect(rules).toMatch(/time\(\) - max\(kube_cronjob_status_last_successful_time\{[^}]*\}\) > 7200/);
    expect(rules).toContain('absent(kube_cronjob_status_last_successful_time');
  });

  test('[CMP-1] where there are none, and the day until which that may be is over, a rule fails', () => {
    const none = leavesOf(
      cluster({
        ...VAULT,
        snapshots: { mode: 'none', because: 'a Vault of tests', owner: 'tests', expires: '2026-11-22' },
      }),
    );
    const documents = none.flatMap(manifestsOf).filter(({ metadata }) => metadata.name === 'vault-snapshots');
    expect([failing(documents, 'DRN350'), failing(documents, 'DRN350', '2026-11-23')]).toEqual([0, 1]);
  });
});

describe('fails with a remedy', () => {
  const { seal: _seal, ...noSeal } = VAULT;
  const mistakes = (change: object) => {
    const parsed = parse(vaultSchema, { ...VAULT, ...change });
    return parsed.ok ? [] : parsed.problems.map(({ path, remedy }) => [path, remedy !== '']);
  };

  test('[ENC-3] where there is no seal', () => {
    const parsed = parse(vaultSchema, noSeal);
    expect(parsed.ok ? [] : parsed.problems).toMatchObject([{ code: 'IN002', path: 'seal', remedy: 'add `seal`' }]);
    expect(parse(vaultSchema, VAULT).ok).toBe(true);
  });

  test.each([
    [
      'rotation never',
      { transit: { a: { use: 'tests', rotate: 'never', retire: { after: '90d' } } } },
      'transit.a.rotate',
    ],
    [
      'rotation after two years',
      { transit: { a: { use: 'tests', rotate: '730d', retire: { after: '90d' } } } },
      'transit.a.rotate',
    ],
    [
      'texts to keep for ever',
      { transit: { a: { use: 'tests', rotate: '30d', retire: { after: 'never' } } } },
      'transit.a.retire.after',
    ],
    [
      'a store by another name',
      { transit: { a: { use: 'tests', rotate: '30d', retire: { after: '30d', once: 'asked' } } } },
      'transit.a.retire.once',
    ],
    ['a login of a day', { tokens: { maxTtl: '24h' } }, 'tokens.maxTtl'],
    ['two servers', { replicas: 2 }, 'replicas'],
    ['buckets of one region', { snapshots: { ...SCHEDULED, buckets: [BUCKET, BUCKET] } }, 'snapshots.buckets'],
    [
      'a key in another region than its bucket',
      { snapshots: { ...SCHEDULED, buckets: [BUCKET, { ...OTHER, key: BUCKET.key }] } },
      'snapshots.buckets[1].key',
    ],
    ['a recovery point that the schedule cannot keep', { snapshots: { ...SCHEDULED, rpo: '1h' } }, 'snapshots.rpo'],
    ['a wildcard group', { people: { admins: ['*'] } }, 'people.admins[0]'],
    [
      'certificates of a week',
      { pki: { roles: { edge: { ...VAULT.pki?.roles?.edge, maxTtl: '7d' } } } },
      'pki.roles.edge.maxTtl',
    ],
    [
      'a wildcard domain',
      { pki: { roles: { edge: { ...VAULT.pki?.roles?.edge, domains: ['*.example.com'] } } } },
      'pki.roles.edge.domains[0]',
    ],
  ])('[ENC-3] where Vault is told %s', (_, change, path) => {
    expect(mistakes(change)).toEqual([[path, true]]);
  });

  test.each(['kv/*', 'kv/data/+/db', 'kv/data/../x', 'kv/data/{{identity.entity.id}}', 'kv//db', '', 'kv/data/a" {}'])(
    '[ENC-3] where a policy names %j',
    (path) => {
      expect(() => policyText([{ path, capabilities: ['read'] }])).toThrow(/IN00/);
      expect(policyText([{ path: 'kv/data/acme/db', capabilities: ['read'] }])).toContain('path "kv/data/acme/db"');
    },
  );
});
