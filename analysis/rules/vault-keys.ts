import { listAt, recordAt, stringAt } from '../../constructs/core/json';
import { type ClusterRule, claimBy, type Finding, type ObjectRule, outcomeOf } from '../../constructs/core/rule';
import { VAULT_GROUP } from '../../constructs/core/vault-kinds';
import { wrong } from './edge-gateways';

const DAY = 24 * 3600;

function within(value: unknown, least: number, most: number): boolean {
  return typeof value === 'number' && value >= least && value <= most;
}

/** Keys that change, and stay where they are. */
export const rotatedVaultKeys: ObjectRule = {
  id: 'DRN504',
  title: 'a key in Vault rotates within a year and never leaves it',
  why: 'a key that never changes opens everything that was ever encrypted with it, and one that was exported is everywhere',
  remedy:
    'write autoRotatePeriod of at most 31536000 seconds; leave exportable, allowPlaintextBackup and deletionAllowed false',
  control: 'ENC-2',
  kinds: [`TransitKey.${VAULT_GROUP}`],
  check: ({ object }) => {
    const spec = recordAt(object, 'spec');
    return outcomeOf([
      // Vault itself takes nothing shorter than an hour, and takes zero for never.
      ...(within(spec.autoRotatePeriod, 3600, 365 * DAY)
        ? []
        : [wrong('spec.autoRotatePeriod', spec.autoRotatePeriod, 'an hour to a year, in seconds')]),
      ...['exportable', 'allowPlaintextBackup', 'deletionAllowed'].flatMap((field) =>
        spec[field] === false ? [] : [wrong(`spec.${field}`, spec[field], 'false')],
      ),
    ]);
  },
};

/** Passwords that change. */
export const rotatedAccounts: ObjectRule = {
  id: 'DRN505',
  title: 'an account of a database ends within a day, or gets a new password within a month',
  why: 'a password that stays is copied, and the copy outlives whoever made it',
  remedy: 'write maxTtl of at most 86400, or rotationPeriod of at most 2592000 seconds',
  control: 'ENC-3',
  kinds: [`DatabaseRole.${VAULT_GROUP}`, `DatabaseAccount.${VAULT_GROUP}`],
  check: ({ object, kind }) => {
    const spec = recordAt(object, 'spec');
    if (kind === 'DatabaseAccount') return outcomeOf(period('rotationPeriod', spec, 30 * DAY));
    return outcomeOf([...period('maxTtl', spec, DAY), ...period('defaultTtl', spec, DAY)]);
  },
};

function period(field: string, spec: Readonly<Record<string, unknown>>, most: number): readonly Finding[] {
  return within(spec[field], 5, most) ? [] : [wrong(`spec.${field}`, spec[field], `5 to ${most} seconds`)];
}

/** The administrator of a database is Vault alone. */
export const sealedConnections: ObjectRule = {
  id: 'DRN506',
  title: 'a database is reached over verified TLS, for named roles, and its password is not written down',
  why: 'a password in an argument stands in the state of the deployment, and allowedRoles `*` lends the database to any role',
  remedy: 'use sslmode=verify-full and {{username}}:{{password}} in connectionUrl, and list allowedRoles',
  control: 'ENC-3',
  kinds: [`Database.${VAULT_GROUP}`],
  check: ({ object }) => {
    const spec = recordAt(object, 'spec');
    const url = stringAt(spec, 'postgresql', 'connectionUrl') ?? '';
    const roles = listAt(spec, 'allowedRoles');
    const exact = roles.length > 0 && roles.every((role) => typeof role === 'string' && !role.includes('*'));
    const blank = url.includes('://{{username}}:{{password}}@') && url.includes('sslmode=verify-full');
    const password = recordAt(spec, 'postgresql').password !== undefined;
    return outcomeOf([
      ...(exact ? [] : [wrong('spec.allowedRoles', roles, 'exact names')]),
      ...(blank ? [] : [wrong('spec.postgresql.connectionUrl', 'an address', 'verified TLS and no credentials')]),
      ...(password ? [wrong('spec.postgresql.password', 'a value', 'nothing: it is given to Vault by hand')] : []),
    ]);
  },
};

/** Certificates that are worth little when they are stolen. */
export const boundedCertificates: ObjectRule = {
  id: 'DRN507',
  title: 'certificates that Vault signs are for exact domains, and for three days at most',
  why: 'a role for any name is an authority for everybody, and a certificate of a year is one that nobody renews',
  remedy: 'write maxTtl of at most 259200 seconds, allowedDomains, and no wildcards, globs or any names',
  control: 'ENC-1',
  kinds: [`PkiRole.${VAULT_GROUP}`],
  check: ({ object }) => {
    const spec = recordAt(object, 'spec');
    const domains = listAt(spec, 'allowedDomains');
    const exact = domains.length > 0 && domains.every((one) => typeof one === 'string' && !one.includes('*'));
    const closed = ['allowAnyName', 'allowGlobDomains', 'allowWildcardCertificates', 'allowIpSans', 'allowLocalhost'];
    return outcomeOf([
      ...(within(Number(spec.maxTtl), 60, 3 * DAY) ? [] : [wrong('spec.maxTtl', spec.maxTtl, '60 to 259200 seconds')]),
      ...(exact ? [] : [wrong('spec.allowedDomains', domains, 'exact domains')]),
      ...closed.flatMap((field) => (spec[field] === false ? [] : [wrong(`spec.${field}`, spec[field], 'false')])),
      ...(spec.enforceHostnames === true ? [] : [wrong('spec.enforceHostnames', spec.enforceHostnames, 'true')]),
    ]);
  },
};

/** Two records that fail apart. */
export const auditedTwice: ClusterRule = {
  id: 'DRN508',
  title: 'a Vault that is told of audit devices has two of different kinds',
  why: 'one device that fails stops Vault, or leaves no trace; two of one kind fail together',
  remedy: 'place a file and a socket or syslog device',
  control: 'MON-1',
  kinds: [`AuditDevice.${VAULT_GROUP}`],
  claims: (subject) => [claimBy(subject, stringAt(subject.object, 'spec', 'type') ?? '', 'spec.type')],
  judge: (claims) => {
    const all = [...claims];
    if (new Set(all.map(({ key }) => key)).size !== 1) return [];
    return all.map(({ object, field, key }) => ({ object, field, given: `${key} alone`, expected: 'two kinds' }));
  },
};
