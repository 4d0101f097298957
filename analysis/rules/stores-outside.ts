import { isRecord, listAt, recordAt, stringAt, valueAt } from '../../constructs/core/json';
import { OUTSIDE_GROUP } from '../../constructs/core/outside-manifest';
import { show } from '../../constructs/core/problem';
import {
  type ClusterRule,
  claimBy,
  type Finding,
  NOT_APPLICABLE,
  type ObjectRule,
  outcomeOf,
} from '../../constructs/core/rule';
import { wrong } from './edge-gateways';
import { isRelease, namedIn } from './release-values';

const HOST_FILE = `HostFile.${OUTSIDE_GROUP}`;
/** What the API server reads at its start. */
const API_SERVER_FILES = 'apiserver.config.k8s.io/';

function isEncryption(content: unknown): boolean {
  return stringAt(content, 'kind') === 'EncryptionConfiguration';
}

/** What reaches etcd is encrypted. */
export const encryptedEtcd: ObjectRule = {
  id: 'DRN523',
  title: 'the API server encrypts everything before it reaches etcd',
  why: 'passwords stand in Secrets, in the environment of pods and in custom resources; whoever has a backup of etcd has them all',
  remedy: 'let an entry for *.* begin with kms of version v2, and let no entry before it begin with identity',
  control: 'ENC-2',
  kinds: [HOST_FILE],
  check: ({ object }) => {
    const content = recordAt(object, 'spec', 'content');
    if (!isEncryption(content)) return NOT_APPLICABLE;
    const entries = listAt(content, 'resources');
    const all = entries.some((entry) => listAt(entry, 'resources').includes('*.*'));
    return outcomeOf([
      ...(all ? [] : [wrong('spec.content.resources', covered(entries), 'an entry for *.*')]),
      ...entries.flatMap((entry, i) => firstProvider(entry, `spec.content.resources[${i}].providers[0]`)),
    ]);
  },
};

function covered(entries: readonly unknown[]): string {
  return entries.flatMap((entry) => listAt(entry, 'resources')).join(' ');
}

/** Providers that encrypt with a key of 256 bits; version 1 of the key service asks it for every object, and is deprecated. */
const ENCRYPTING = ['aescbc', 'aesgcm', 'secretbox'];

/** The first provider writes; the others only read. */
function firstProvider(entry: unknown, field: string): readonly Finding[] {
  const [first] = listAt(entry, 'providers');
  const [name = ''] = isRecord(first) ? Object.keys(first) : [];
  if (ENCRYPTING.includes(name)) return [];
  if (name !== 'kms') return [wrong(field, name, `kms, ${ENCRYPTING.join(', ')}`)];
  const version = valueAt(first, 'kms', 'apiVersion');
  return version === 'v2' ? [] : [wrong(`${field}.kms.apiVersion`, version, 'v2')];
}

const FILE = 'file';
const ENCRYPTION = 'encryption';

/** An API server that is told how to be is told to encrypt. */
export const hasEncryption: ClusterRule = {
  id: 'DRN524',
  title: 'a control plane that gets files of the platform gets an EncryptionConfiguration',
  why: 'without the file the API server writes everything to etcd as it is, and says nothing about it',
  remedy: 'place EncryptionAtRest, or put the EncryptionConfiguration beside the other files',
  control: 'ENC-2',
  kinds: [HOST_FILE],
  claims: (subject) => {
    const content = valueAt(subject.object, 'spec', 'content');
    const known = (stringAt(content, 'apiVersion') ?? '').startsWith(API_SERVER_FILES);
    return known ? [claimBy(subject, isEncryption(content) ? ENCRYPTION : FILE, '')] : [];
  },
  judge: (claims) => {
    const all = [...claims];
    if (all.some(({ key }) => key === ENCRYPTION)) return [];
    return all.map(({ object }) => ({
      object,
      field: '',
      given: 'no EncryptionConfiguration beside it',
      expected: 'one of kind EncryptionConfiguration',
    }));
  },
};

/** A bucket's object, and where its key is named. */
type KeyOf = (spec: Readonly<Record<string, unknown>>, at: string) => readonly Finding[];

function named(value: unknown, field: string): readonly Finding[] {
  return typeof value === 'string' && value.trim() !== '' ? [] : [wrong(field, value, 'the name of a key')];
}

/** Velero's locations, by plugin (https://github.com/vmware-tanzu/velero-plugin-for-aws, -for-gcp: backupstoragelocation.md). */
const VELERO: ReadonlyMap<string, KeyOf> = new Map<string, KeyOf>([
  [
    'aws',
    (config, at) => [
      ...(config.serverSideEncryption === 'aws:kms'
        ? []
        : [wrong(`${at}.serverSideEncryption`, config.serverSideEncryption, show('aws:kms'))]),
      ...named(config.kmsKeyId, `${at}.kmsKeyId`),
    ],
  ],
  ['gcp', (config, at) => named(config.kmsKeyName, `${at}.kmsKeyName`)],
]);

function veleroKey(location: unknown, at: string): readonly Finding[] {
  const provider = stringAt(location, 'provider') ?? '';
  const keyOf = VELERO.get(provider.replace(/^velero\.io\//, ''));
  if (keyOf === undefined) return [wrong(`${at}.provider`, provider, `one of ${[...VELERO.keys()].join(', ')}`)];
  return keyOf(recordAt(location, 'config'), `${at}.config`);
}

/** Buckets that are objects themselves. */
const BUCKETS: ReadonlyMap<string, KeyOf> = new Map<string, KeyOf>([
  ['BackupStorageLocation.velero.io', (spec) => veleroKey(spec, 'spec')],
  [
    'Bucket.s3.services.k8s.aws',
    (spec) => {
      const rule = recordAt(listAt(spec, 'encryption', 'rules')[0], 'applyServerSideEncryptionByDefault');
      const at = 'spec.encryption.rules[0].applyServerSideEncryptionByDefault';
      const algorithm = rule.sseAlgorithm;
      return [
        ...(algorithm === 'aws:kms' ? [] : [wrong(`${at}.sseAlgorithm`, algorithm, show('aws:kms'))]),
        ...named(rule.kmsMasterKeyID, `${at}.kmsMasterKeyID`),
      ];
    },
  ],
  [
    'StorageBucket.storage.cnrm.cloud.google.com',
    (spec) => {
      const { name, external } = recordAt(spec, 'encryption', 'kmsKeyRef');
      return named(external ?? name, 'spec.encryption.kmsKeyRef');
    },
  ],
]);

/** Flux reads from its buckets and writes nothing: what is in them is public to the cluster anyway. */
const SOURCES = 'source.toolkit.fluxcd.io';

/** Where something is kept outside of the cluster, the key is named. */
export const keyedBuckets: ObjectRule = {
  id: 'DRN525',
  title: 'every bucket names the key that encrypts it',
  why: 'backups, snapshots, models and logs leave the cluster for a bucket, and its default may be no key or one that everybody in the account has',
  remedy: 'name the key where the kind has a field for it, or waive the object with a reason and a last day',
  control: 'ENC-2',
  kinds: (group, kind) =>
    isRelease(group, kind) ||
    BUCKETS.has(`${kind}.${group}`) ||
    (/Bucket(Class|Claim)?$/.test(kind) && group !== SOURCES),
  check: ({ object, group, kind }) => {
    const spec = recordAt(object, 'spec');
    if (isRelease(group, kind)) return bucketsIn(spec);
    const keyOf = BUCKETS.get(`${kind}.${group}`);
    if (keyOf !== undefined) return outcomeOf(keyOf(spec, 'spec'));
    return outcomeOf([wrong('kind', `${kind} of ${group}`, `one of ${[...BUCKETS.keys()].join(', ')}`)]);
  },
};

function bucketsIn(spec: Readonly<Record<string, unknown>>) {
  const buckets = namedIn(spec.values, /^bucket(s|_?names?)?$/i);
  if (buckets.length === 0) return NOT_APPLICABLE;
  return outcomeOf(
    buckets.flatMap(({ path, text, parent }) => {
      const at = `spec.values.${path}`;
      if (path.endsWith('.bucket') && isRecord(parent) && typeof parent.provider === 'string')
        return veleroKey(parent, at.replace(/\.bucket$/, ''));
      return [wrong(at, text, 'a place of which it is known how its key is named')];
    }),
  );
}
