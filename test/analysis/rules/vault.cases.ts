import type { Case } from './cases';
import { by, type Doc, of } from './platform';

const API = 'vault.drun.io/v1';
const OTHER = of('acme', 'v1', 'ConfigMap', 'a', { metadata: { namespace: 'acme-train' } });
const policy = (text: string, tenant?: string) =>
  tenant === undefined
    ? by('vault', API, 'Policy', 'p', { spec: { name: 'p', policy: text } })
    : of(tenant, API, 'Policy', 'p', { spec: { name: 'p', policy: text } });
const path = (one: string, capabilities = '"read"') => `path "${one}" {\n  capabilities = [${capabilities}]\n}\n`;
const platform = (kind: string, spec: Doc) => by('vault', API, kind, 'x', { spec });

const WORKLOAD = {
  boundServiceAccountNames: ['workload'],
  boundServiceAccountNamespaces: ['acme-train'],
  audience: 'vault',
  tokenPolicies: ['workload.acme-train.workload'],
  tokenNoDefaultPolicy: true,
  tokenTtl: 1200,
  tokenMaxTtl: 3600,
};
const workload = (spec: Doc) => of('acme', API, 'WorkloadLogin', 'x', { spec: { ...WORKLOAD, ...spec } });
const PEOPLE = {
  boundAudiences: ['drun-vault'],
  boundClaims: { groups: 'admins', amr: 'mfa' },
  boundClaimsType: 'string',
  tokenPolicies: ['platform.administrators'],
  tokenNoDefaultPolicy: true,
  tokenTtl: 3600,
  tokenMaxTtl: 3600,
};
const KEY = { autoRotatePeriod: 2_592_000, exportable: false, allowPlaintextBackup: false, deletionAllowed: false };
const ROLE = { defaultTtl: 3600, maxTtl: 3600 };
const URL = 'postgresql://{{username}}:{{password}}@db.example.com:5432/x?sslmode=verify-full';
const DATABASE = { allowedRoles: ['acme.db.reader'], postgresql: { connectionUrl: URL, username: 'vault' } };
const PKI = {
  maxTtl: '259200',
  allowedDomains: ['acme-train.svc'],
  allowAnyName: false,
  allowGlobDomains: false,
  allowWildcardCertificates: false,
  allowIpSans: false,
  allowLocalhost: false,
  enforceHostnames: true,
};
const device = (name: string, type: string) => by('vault', API, 'AuditDevice', name, { spec: { type, path: name } });

/** Variants of a right specification, each with one thing wrong. */
function variants(rule: string, kind: string, right: Doc, wrongs: readonly Doc[], make = platform): readonly Case[] {
  return wrongs.map((wrong) => ({
    rule,
    where: `a ${kind} has ${JSON.stringify(wrong)}`,
    fails: [make(kind, { ...right, ...wrong })],
    passes: [make(kind, right)],
    silent: [OTHER],
  }));
}

/** What Vault is told. */
export const VAULT: readonly Case[] = [
  ...[
    'kv/data/beta/db',
    'kv/data/acme-x/db',
    'kv/data/+/db',
    'kv/*',
    'kv/data/acme/*',
    'sys/mounts',
    'database/creds/acme-x.db.reader',
    'pki-eu/issue/beta-serve',
    'kv/data/acme/../beta/db',
    'kv/data/{{identity.entity.name}}/db',
    'auth/token/create',
    'kv/data/acme',
  ].map(
    (one): Case => ({
      rule: 'DRN501',
      where: `a tenant may read ${one}`,
      fails: [policy(path(one), 'acme')],
      passes: [
        policy(
          path('kv/data/acme/db') + path('database/creds/acme.db.reader') + path('pki-eu/issue/acme-train', '"update"'),
          'acme',
        ),
      ],
      silent: [OTHER],
    }),
  ),
  ...[
    path('kv/data/acme/db', '"read", "sudo"'),
    '',
    'path "kv/data/acme/db" { policy = "write" }',
    `${path('kv/data/acme/db')}# and more`,
  ].map(
    (text): Case => ({
      rule: 'DRN501',
      where: `the policy of a tenant is ${JSON.stringify(text)}`,
      fails: [policy(text, 'acme')],
      passes: [policy(path('kv/data/acme/db'), 'acme')],
      silent: [OTHER],
    }),
  ),
  ...[
    path('*'),
    path('sys/*'),
    path('kv/data/*'),
    path('transit/decrypt/*'),
    path('auth/+/role'),
    path('sys/raw/a', '"sudo"'),
  ].map(
    (text): Case => ({
      rule: 'DRN501',
      where: `the policy of the platform is ${JSON.stringify(text)}`,
      fails: [policy(text)],
      passes: [policy(path('sys/mounts/*', '"read", "sudo"') + path('auth/people/role/*'))],
      silent: [OTHER],
    }),
  ),
  ...[
    { boundServiceAccountNames: ['*'] },
    { boundServiceAccountNames: [] },
    { boundServiceAccountNames: ['a', 'b'] },
    { boundServiceAccountNamespaces: ['*'] },
    { boundServiceAccountNamespaces: ['acme-train', 'acme-serve'] },
    { boundServiceAccountNamespaces: ['beta-train'] },
    { audience: undefined },
    { audience: '' },
    { tokenMaxTtl: 14_401 },
    { tokenMaxTtl: 0 },
    { tokenTtl: undefined },
    { tokenNoDefaultPolicy: false },
    { tokenPolicies: [] },
    { tokenPolicies: ['root'] },
  ].map(
    (wrong): Case => ({
      rule: 'DRN502',
      where: `a workload's login has ${JSON.stringify(wrong)}`,
      fails: [workload(wrong)],
      passes: [workload({})],
      silent: [OTHER],
    }),
  ),
  ...variants('DRN503', 'PeopleLogin', PEOPLE, [
    { boundClaims: { groups: 'admins' } },
    { boundClaims: { amr: 'mfa' } },
    { boundClaims: { groups: '*', amr: 'mfa' } },
    { boundClaims: { groups: 'admins', amr: '*' } },
    { boundClaimsType: 'glob' },
    { boundAudiences: [] },
    { tokenMaxTtl: 43_201 },
    { tokenNoDefaultPolicy: undefined },
  ]),
  ...variants('DRN504', 'TransitKey', KEY, [
    { autoRotatePeriod: 0 },
    { autoRotatePeriod: undefined },
    { autoRotatePeriod: 31_536_001 },
    { exportable: true },
    { allowPlaintextBackup: true },
    { deletionAllowed: true },
  ]),
  ...variants('DRN505', 'DatabaseRole', ROLE, [{ maxTtl: 86_401 }, { maxTtl: 0 }, { defaultTtl: undefined }]),
  ...variants('DRN505', 'DatabaseAccount', { rotationPeriod: 604_800 }, [
    { rotationPeriod: 0 },
    { rotationPeriod: undefined },
    { rotationPeriod: 2_592_001 },
  ]),
  ...variants('DRN506', 'Database', DATABASE, [
    { allowedRoles: ['*'] },
    { allowedRoles: [] },
    { postgresql: { connectionUrl: URL.replace('verify-full', 'require') } },
    { postgresql: { connectionUrl: URL.replace('{{username}}:{{password}}', 'admin') } },
    { postgresql: { connectionUrl: URL, password: 'x' } },
  ]),
  ...variants('DRN507', 'PkiRole', PKI, [
    { maxTtl: '259201' },
    { maxTtl: undefined },
    { allowedDomains: ['*.example.com'] },
    { allowedDomains: [] },
    { allowAnyName: true },
    { allowWildcardCertificates: true },
    { allowGlobDomains: true },
    { allowIpSans: true },
    { enforceHostnames: false },
  ]),
  ...[[device('log', 'file')], [device('log', 'file'), device('more', 'file')]].map(
    (devices): Case => ({
      rule: 'DRN508',
      where: `${devices.length} audit devices are of one kind`,
      fails: devices,
      passes: [device('log', 'file'), device('collector', 'socket')],
      silent: [OTHER],
    }),
  ),
];
