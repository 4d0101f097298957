import { numberAt, recordAt, stringAt } from '../../constructs/core/json';
import type { Subject } from '../../constructs/core/rule';
import { type Period, type PlatformKey, periodText } from './key';

/** What an object says of keys. */
export type Reader = (subject: Subject) => readonly PlatformKey[];

export const BARRIER = 'vault/barrier';
export const PKI_ROOT = 'pki/root';
const SEALED = [{ id: BARRIER, bond: 'encrypts' }] as const;

/** Id of an authority by its mount in Vault. */
export function authorityId(mount: string): string {
  return `pki/${mount}`;
}

/** A field of `spec` in seconds; where it is not one, nothing ever happens, and the calendar says so. */
function every({ object }: Subject, field: string): Period {
  const seconds = numberAt(object, 'spec', field) ?? Number(stringAt(object, 'spec', field));
  return Number.isFinite(seconds) && seconds > 0 ? { seconds } : { when: 'never' };
}

function transitKey(subject: Subject): readonly PlatformKey[] {
  const oldest = numberAt(subject.object, 'spec', 'minDecryptionVersion');
  return [
    {
      id: `vault/transit/${subject.name}`,
      name: `transit key ${subject.name}`,
      use: 'encrypts and decrypts for others inside of Vault',
      above: SEALED,
      by: 'Vault',
      period: every(subject, 'autoRotatePeriod'),
      setIn: `${subject.label} spec.autoRotatePeriod`,
      old: `decrypts, and encrypts no more: versions from ${oldest ?? 'the one that Vault keeps as minDecryptionVersion'} on`,
      byHand:
        'encrypt the old texts anew (transit/rewrap); drun vault retire then ends the versions that the key’s policy retires',
    },
  ];
}

/** An engine for certificates is an authority: its key is made in Vault, and the offline root signs it. */
function mount(subject: Subject): readonly PlatformKey[] {
  const path = stringAt(subject.object, 'spec', 'path') ?? '';
  if (stringAt(subject.object, 'spec', 'type') !== 'pki') return [];
  return [
    offlineRoot(),
    {
      id: authorityId(path),
      name: `intermediate authority ${path}`,
      use: stringAt(subject.object, 'spec', 'description') ?? 'signs certificates',
      above: [{ id: PKI_ROOT, bond: 'signs' }, ...SEALED],
      by: 'people',
      period: every(subject, 'maxLeaseTtlSeconds'),
      setIn: `${subject.label} spec.maxLeaseTtlSeconds`,
      old: 'stays an issuer of the mount until its last certificate has ended',
      byHand: 'have a new intermediate signed by the offline root, a month before the end: docs/vault.md',
    },
  ];
}

function offlineRoot(): PlatformKey {
  return {
    id: PKI_ROOT,
    name: 'offline root authority',
    use: 'signs the intermediates of every region, and the certificates of the Vault servers',
    above: [],
    by: 'people',
    period: { when: 'when its holders decide' },
    setIn: 'nothing in the tree: it is offline',
    old: 'both roots are trusted until every intermediate is signed by the new one',
    byHand: 'keep it offline, and plan its successor before an intermediate would outlive it',
  };
}

function pkiRole(subject: Subject): readonly PlatformKey[] {
  const backend = stringAt(subject.object, 'spec', 'backend') ?? '';
  const tenant = subject.tenant !== undefined;
  return [
    {
      id: `pki/role/${tenant ? `${backend}/tenants` : subject.name}`,
      name: tenant ? 'certificates of tenants’ services' : `certificates of role ${subject.name}`,
      use: 'prove a name to whoever calls it',
      above: [{ id: authorityId(backend), bond: 'signs' }],
      by: 'whoever asked for them, before they end',
      period: every(subject, 'maxTtl'),
      setIn: `${tenant ? 'PkiRole of the tenant' : subject.label} spec.maxTtl, at most`,
      old: 'ends by itself; nothing renews it',
    },
  ];
}

function database(subject: Subject): readonly PlatformKey[] {
  return [
    {
      id: `database/${subject.name}`,
      name: `administrator of database ${stringAt(subject.object, 'spec', 'name')}`,
      use: 'lets Vault make and change accounts',
      above: SEALED,
      by: 'Vault, when it is told to',
      period: { when: 'once after it was given, then when people decide' },
      setIn: 'nothing in the tree: Vault alone has the password',
      old: 'dies at once',
      byHand: 'vault write -f database/rotate-root/<name>, after it was given and whenever somebody may have seen it',
    },
  ];
}

/** The connection that a role is of. */
function connectionOf({ object }: Subject): PlatformKey['above'] {
  const { backend, dbName } = recordAt(object, 'spec');
  return [{ id: `database/${backend}/${dbName}`, bond: 'makes' }];
}

function databaseRole(subject: Subject): readonly PlatformKey[] {
  return [
    {
      id: `database/role/${subject.name}`,
      name: `accounts of role ${stringAt(subject.object, 'spec', 'name')}`,
      use: 'log in to the database',
      above: connectionOf(subject),
      by: 'Vault',
      period: every(subject, 'maxTtl'),
      setIn: `${subject.label} spec.maxTtl`,
      old: 'the account is dropped with its lease',
    },
  ];
}

function databaseAccount(subject: Subject): readonly PlatformKey[] {
  return [
    {
      id: `database/account/${subject.name}`,
      name: `password of account ${stringAt(subject.object, 'spec', 'username')}`,
      use: 'logs in to the database',
      above: connectionOf(subject),
      by: 'Vault',
      period: every(subject, 'rotationPeriod'),
      setIn: `${subject.label} spec.rotationPeriod`,
      old: 'dies at once; readers get the new one from the operator',
    },
  ];
}

function login(who: 'workloads' | 'people'): Reader {
  return (subject) => {
    const period = every(subject, 'tokenMaxTtl');
    return [
      {
        id: `vault/login/${who}/${periodText(period)}`,
        name: `Vault tokens of ${who}, ${periodText(period)} at most`,
        use: 'read and write what the policy of the role says',
        above: SEALED,
        by: `${who}, by logging in again`,
        period,
        setIn: `${subject.kind} spec.tokenMaxTtl`,
        old: 'ends by itself',
      },
    ];
  };
}

/** Kinds that Vault is told, and what they say of keys. */
export const VAULT_READERS: Readonly<Record<string, Reader>> = {
  TransitKey: transitKey,
  Mount: mount,
  PkiRole: pkiRole,
  Database: database,
  DatabaseRole: databaseRole,
  DatabaseAccount: databaseAccount,
  WorkloadLogin: login('workloads'),
  PeopleLogin: login('people'),
};

/** Kinds that hold no key, and why; a kind in neither table is one that nobody thought of, and a test says so. */
export const KEYLESS_VAULT_KINDS: Readonly<Record<string, string>> = {
  Policy: 'text of rights',
  AuditDevice: 'Vault hashes what it writes there with a salt of its own',
  AuthMethod: 'verifies keys of others',
  RateLimit: 'a number',
  Endpoint: 'password policies',
  KubernetesAuth: 'asks the API server with the account of the server’s own pod',
  KvConfig: 'how many versions are kept',
  PkiUrls: 'addresses',
  PkiCrl: 'lists of what was revoked',
  PkiTidy: 'cleans up',
};
