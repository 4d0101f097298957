import { recordAt, stringAt } from '../../../constructs/core/json';
import { type Manifest, objectLabel } from '../../../constructs/core/manifest';
import { leaves } from './lines';
import type { Order } from './spec-facts';

/** What Vault is told, one object of it: kind and name as rules see it, and its arguments. */
interface Told {
  readonly kind: string;
  readonly name: string;
  readonly fields: object;
}

/** A policy: capabilities by path. */
type Rights = Readonly<Record<string, string>>;

const OWN_TOKEN: Rights = {
  'auth/token/lookup-self': 'read',
  'auth/token/renew-self': 'update',
  'auth/token/revoke-self': 'update',
};
const DAY = 24 * 3600;
const SECONDS: Readonly<Record<string, number>> = { m: 60, h: 3600, d: DAY };

/** Every argument of every object that Vault is told, and every right of every policy, as lines. */
export const readTold = (object: Manifest): readonly string[] => {
  const { description: _, policy, ...spec } = recordAt(object, 'spec');
  const rights = object.kind === 'Policy' ? rightsIn(stringAt({ policy }, 'policy') ?? '') : [];
  return [...leaves({ spec }, ''), ...rights].map((line) => `${objectLabel(object)} ${line}`);
};

/** What Vault must be told, from the settings of the region and the files of the tenants; without databases. */
export function vaultTold(order: Order, issuer: string): readonly string[] {
  return [...ofTheRegion(order, issuer), ...ofTheTenants(order)].flatMap(({ kind, name, fields }) =>
    kind === 'Policy'
      ? [...leaves({ spec: { name } }, ''), ...Object.entries(fields).map(right)].map(
          (line) => `${kind} ${name} ${line}`,
        )
      : leaves({ spec: fields }, '').map((line) => `${kind} ${name} ${line}`),
  );
}

function right([path, capabilities]: readonly [string, unknown]): string {
  return `may ${String(capabilities)} ${path}`;
}

/** Stanza for stanza; text that is no stanza is a line of its own. */
function rightsIn(policy: string): readonly string[] {
  const stanza = /path "([^"]*)" \{\n {2}capabilities = \[([^\]]*)\]\n\}\n*/g;
  const rest = policy.replace(stanza, '').trim();
  const found = [...policy.matchAll(stanza)].map(([, path = '', list = '']) => right([path, list.replaceAll('"', '')]));
  return rest === '' ? found : [...found, rest];
}

function secondsIn(text: string): number {
  return Number.parseInt(text, 10) * (SECONDS[text.slice(-1)] ?? 0);
}

function ofTheRegion(order: Order, issuer: string): readonly Told[] {
  const { vault, facts } = order;
  if (vault === undefined) return [];
  const [workloads, pki] = [`kubernetes-${facts.region}`, `pki-${facts.region}`];
  const { host, port } = vault.audit.collector;
  const ca = `https://vault.vault.svc:8200/v1/${pki}`;
  const limit = (name: string, rate: number, more: object = {}): Told => ({
    kind: 'RateLimit',
    name,
    fields: { name, rate, interval: 1, ...more },
  });
  const logins = [workloads, 'people'].map((path) =>
    limit(`logins-${path}`, vault.limits.logins, { path: `auth/${path}/` }),
  );
  const collector = { address: `${host}:${port}`, socket_type: 'tcp', write_timeout: '2s' };
  return [
    { kind: 'AuditDevice', name: 'log', fields: { type: 'file', path: 'log', options: { file_path: 'stdout' } } },
    { kind: 'AuditDevice', name: 'collector', fields: { type: 'socket', path: 'collector', options: collector } },
    { kind: 'AuthMethod', name: workloads, fields: { type: 'kubernetes', path: workloads } },
    {
      kind: 'KubernetesAuth',
      name: workloads,
      fields: { backend: workloads, kubernetesHost: 'https://kubernetes.default.svc', disableLocalCaJwt: false },
    },
    {
      kind: 'AuthMethod',
      name: 'people',
      fields: { type: 'jwt', path: 'people', oidcDiscoveryUrl: issuer, boundIssuer: issuer },
    },
    { kind: 'Mount', name: 'kv', fields: { path: 'kv', type: 'kv', options: { version: '2' } } },
    { kind: 'KvConfig', name: 'kv', fields: { mount: 'kv', maxVersions: 10 } },
    { kind: 'Mount', name: pki, fields: { path: pki, type: 'pki', maxLeaseTtlSeconds: 366 * DAY } },
    {
      kind: 'PkiUrls',
      name: pki,
      fields: { backend: pki, issuingCertificates: [`${ca}/ca`], crlDistributionPoints: [`${ca}/crl`] },
    },
    {
      kind: 'PkiCrl',
      name: pki,
      fields: { backend: pki, expiry: '72h', autoRebuild: true, autoRebuildGracePeriod: '12h' },
    },
    {
      kind: 'PkiTidy',
      name: pki,
      fields: {
        backend: pki,
        enabled: true,
        intervalDuration: '12h',
        tidyCertStore: true,
        tidyRevokedCerts: true,
        safetyBuffer: '72h',
      },
    },
    { kind: 'Mount', name: 'transit', fields: { path: 'transit', type: 'transit' } },
    ...Object.entries(vault.transit).map(([name, { rotate }]) => transitKey(name, secondsIn(rotate))),
    limit('everything', vault.limits.perClient),
    ...logins,
    ...person(order, 'platform.administrators', vault.people.admins, administrators(workloads, pki)),
    ...Object.entries(vault.pki.roles).flatMap(([name, { domains, subdomains, use, maxTtl, account }]) => [
      pkiRole(pki, name, { domains, subdomains, use, seconds: secondsIn(maxTtl) }),
      ...workload(order, `pki-${name}`, account.namespace, account.name, { [`${pki}/sign/${name}`]: 'update' }),
    ]),
  ];
}

function transitKey(name: string, autoRotatePeriod: number): Told {
  const closed = { exportable: false, allowPlaintextBackup: false, deletionAllowed: false };
  const fields = { backend: 'transit', name, type: 'aes256-gcm96', autoRotatePeriod, ...closed };
  return { kind: 'TransitKey', name: `transit/${name}`, fields };
}

function administrators(workloads: string, pki: string): Rights {
  const all = 'create, read, update, delete, list';
  const every = (paths: readonly string[], rights: string) => Object.fromEntries(paths.map((path) => [path, rights]));
  const roles = [
    `auth/${workloads}/role/*`,
    'auth/people/role/*',
    `${pki}/roles/*`,
    `${pki}/config/*`,
    `${pki}/intermediate/*`,
  ];
  const databases = ['config', 'roles', 'static-roles'].map((folder) => `database/${folder}/*`);
  return {
    ...every(['sys/policies/acl/*', 'sys/policies/password/*', 'sys/quotas/rate-limit/*', ...roles, ...databases], all),
    ...every(['sys/auth', 'sys/mounts', 'sys/audit'], 'read, list, sudo'),
    ...every(['sys/auth/*', 'sys/mounts/*', 'sys/audit/*'], `${all}, sudo`),
    ...every([`auth/${workloads}/config`, 'auth/people/config', 'kv/config'], 'create, read, update'),
    'database/rotate-root/*': 'update',
    'transit/keys/*': 'create, read, update, list',
    'sys/storage/raft/configuration': 'read',
    'sys/storage/raft/autopilot/*': 'read, update',
  };
}

interface Signed {
  readonly domains: readonly string[];
  readonly subdomains: boolean;
  readonly use: 'server' | 'client';
  readonly seconds: number;
}

function pkiRole(backend: string, name: string, { domains, subdomains, use, seconds }: Signed): Told {
  const never = [
    'allowGlobDomains',
    'allowWildcardCertificates',
    'allowAnyName',
    'allowLocalhost',
    'allowIpSans',
    'requireCn',
  ];
  return {
    kind: 'PkiRole',
    name: `${backend}/${name}`,
    fields: {
      ...{ backend, name, ttl: `${seconds}`, maxTtl: `${seconds}`, allowedDomains: domains },
      ...{ allowBareDomains: !subdomains, allowSubdomains: subdomains, enforceHostnames: true },
      ...Object.fromEntries(never.map((field) => [field, false])),
      ...{ keyType: 'ec', keyBits: 256, serverFlag: use === 'server', clientFlag: use === 'client' },
    },
  };
}

/** A login of one account of one namespace, and its policy. */
function workload(order: Order, role: string, namespace: string, account: string, rights: Rights): readonly Told[] {
  const { ttl = '', maxTtl = '' } = order.vault?.tokens ?? {};
  const backend = `kubernetes-${order.facts.region}`;
  const fields = {
    ...{ backend, roleName: role, boundServiceAccountNames: [account], boundServiceAccountNamespaces: [namespace] },
    ...{ audience: 'vault', aliasNameSource: 'serviceaccount_uid', tokenPolicies: [role], tokenNoDefaultPolicy: true },
    ...{ tokenTtl: secondsIn(ttl), tokenMaxTtl: secondsIn(maxTtl) },
  };
  return [
    { kind: 'WorkloadLogin', name: `${backend}/${role}`, fields },
    { kind: 'Policy', name: role, fields: { ...OWN_TOKEN, ...rights } },
  ];
}

/** A login of groups of people, and its policy. */
function person({ vault }: Order, role: string, groups: readonly string[], rights: Rights): readonly Told[] {
  if (vault === undefined) return [];
  const { audience, mfa, maxTtl } = vault.people;
  const fields = {
    ...{ backend: 'people', roleName: role, roleType: 'jwt', boundAudiences: [audience], boundClaimsType: 'string' },
    ...{ boundClaims: { groups: groups.join(','), [mfa.claim]: mfa.values.join(',') }, userClaim: 'sub' },
    ...{
      tokenPolicies: [role],
      tokenNoDefaultPolicy: true,
      tokenTtl: secondsIn(maxTtl),
      tokenMaxTtl: secondsIn(maxTtl),
    },
  };
  return [
    { kind: 'PeopleLogin', name: `people/${role}`, fields },
    { kind: 'Policy', name: role, fields: { ...OWN_TOKEN, ...rights } },
  ];
}

function ofTheTenants(order: Order): readonly Told[] {
  const pki = `pki-${order.facts.region}`;
  return order.tenants.flatMap(({ name: tenant, secrets, access }) => {
    const places = new Set(secrets.map(({ namespace, account }) => `${namespace} ${account}`));
    const signed = new Set(
      secrets.flatMap(({ from, namespace }) => (from === 'pki' ? [`${tenant}-${namespace}`] : [])),
    );
    const kept = secrets.filter(({ from }) => from === 'kv').map(({ name }) => name);
    const written = kept.flatMap((name): (readonly [string, string])[] => [
      [`kv/data/${tenant}/${name}`, 'create, update'],
      [`kv/metadata/${tenant}/${name}`, 'read'],
    ]);
    return [
      ...[...signed].map((space) =>
        pkiRole(pki, space, {
          domains: [`${space}.svc`, `${space}.svc.cluster.local`],
          subdomains: true,
          use: 'server',
          seconds: 3 * DAY,
        }),
      ),
      ...[...places].flatMap((place) => {
        const [suffix = '', account = ''] = place.split(' ');
        const own = secrets.filter((one) => one.namespace === suffix && one.account === account);
        const rights = own.map(({ from, name }) =>
          from === 'kv' ? [`kv/data/${tenant}/${name}`, 'read'] : [`${pki}/issue/${tenant}-${suffix}`, 'update'],
        );
        const space = `${tenant}-${suffix}`;
        return workload(order, `workload.${space}.${account}`, space, account, Object.fromEntries(rights));
      }),
      ...(kept.length === 0 ? [] : person(order, `people.${tenant}`, access.owner, Object.fromEntries(written))),
    ];
  });
}
