import { recordAt } from '../../../constructs/core/json';
import type { Case } from './cases';
import { by, type Doc, deployment, of } from './platform';

const OTHER = of('acme', 'v1', 'ConfigMap', 'a', { metadata: { namespace: 'acme-train' } });
const EBS = 'ebs.csi.aws.com';
const storageClass = (provisioner: string, parameters?: Doc, name = 'disks') =>
  by('storage', 'storage.k8s.io/v1', 'StorageClass', name, { provisioner, parameters });
const ENCRYPTED = storageClass(EBS, { type: 'gp3', encrypted: 'true' });

/** Right classes, each with one thing that opens it. */
const CLASSES: readonly (readonly [where: string, wrong: Doc, right: Doc])[] = [
  ['an AWS disk is not told to be encrypted', storageClass(EBS, { type: 'gp3' }), ENCRYPTED],
  ['a class has no parameters at all', storageClass(EBS), ENCRYPTED],
  ['an AWS disk is told not to be', storageClass(EBS, { encrypted: 'false' }), ENCRYPTED],
  [
    'a key is named as nothing',
    storageClass(EBS, { encrypted: 'true', kmsKeyId: '' }),
    storageClass(EBS, { encrypted: 'true', kmsKeyId: 'arn:aws:kms:eu-central-1:111122223333:alias/disks' }),
  ],
  [
    'a Google disk has a blank for a key',
    storageClass('pd.csi.storage.gke.io', { 'disk-encryption-kms-key': ' ' }),
    storageClass('pd.csi.storage.gke.io', { type: 'pd-ssd' }),
  ],
  [
    'an Azure disk has nothing for a key',
    storageClass('disk.csi.azure.com', { diskEncryptionSetID: '' }),
    storageClass('disk.csi.azure.com', { skuName: 'Premium_LRS' }),
  ],
  [
    'an Alibaba disk is not told to be encrypted',
    storageClass('diskplugin.csi.alibabacloud.com', { type: 'cloud_essd' }),
    storageClass('diskplugin.csi.alibabacloud.com', { type: 'cloud_essd', encrypted: 'true' }),
  ],
  [
    'an Oracle volume has nothing for a key',
    storageClass('blockvolume.csi.oraclecloud.com', { 'kms-key-id': '' }),
    storageClass('blockvolume.csi.oraclecloud.com', { vpusPerGB: '10' }),
  ],
  [
    'a Ceph image is encrypted with a key of nowhere',
    storageClass('rbd.csi.ceph.com', { encrypted: 'true' }),
    storageClass('rbd.csi.ceph.com', { encrypted: 'true', encryptionKMSID: 'vault' }),
  ],
  [
    'a Longhorn volume has no Secret with its key',
    storageClass('driver.longhorn.io', { encrypted: 'true' }),
    storageClass('driver.longhorn.io', {
      encrypted: 'true',
      'csi.storage.k8s.io/node-publish-secret-name': 'disk-key',
    }),
  ],
  [
    'an UpCloud disk is not told to be encrypted',
    storageClass('storage.csi.upcloud.com', { tier: 'maxiops' }),
    storageClass('storage.csi.upcloud.com', { tier: 'maxiops', encryption: 'data-at-rest' }),
  ],
  ['nobody knows the driver', storageClass('disks.example.com', { encrypted: 'true' }), ENCRYPTED],
];

const claimSpec = (storageClassName?: string) => ({ accessModes: ['ReadWriteOnce'], storageClassName });
const claim = (storageClassName?: string) =>
  of('acme', 'v1', 'PersistentVolumeClaim', 'data', {
    metadata: { namespace: 'acme-train' },
    spec: claimSpec(storageClassName),
  });
const set = (storageClassName?: string) =>
  of('acme', 'apps/v1', 'StatefulSet', 'db', {
    metadata: { namespace: 'acme-train' },
    spec: { volumeClaimTemplates: [{ metadata: { name: 'd' }, spec: claimSpec(storageClassName) }] },
  });
const scratch = (storageClassName?: string) =>
  deployment(
    {},
    {
      volumes: [{ name: 's', ephemeral: { volumeClaimTemplate: { spec: claimSpec(storageClassName) } } }],
    },
  );
const release = (values: Doc) =>
  by('charts', 'outside.drun.io/v1', 'Release', 'vault', { spec: { chart: 'vault', values } });
const flux = (values: Doc) =>
  by('charts', 'helm.toolkit.fluxcd.io/v2', 'HelmRelease', 'vault', {
    metadata: { namespace: 'vault' },
    spec: { values },
  });
const servers = (storageClass: string) => ({ server: { dataStorage: { enabled: true, storageClass } } });

const CLAIMS: readonly (readonly [where: string, wrong: Doc, right: Doc, at: string])[] = [
  ['a claim names no class', claim(), claim('disks'), 'spec.storageClassName'],
  ['a claim asks for a volume written by hand', claim(''), claim('disks'), 'spec.storageClassName'],
  ['a claim names a class that is not here', claim('gp2'), claim('disks'), 'spec.storageClassName'],
  ['a set names no class', set(), set('disks'), 'spec.volumeClaimTemplates[0].spec.storageClassName'],
  [
    'a volume that ends with its pod names another class',
    scratch('gp2'),
    scratch('disks'),
    'spec.template.spec.volumes[0].ephemeral.volumeClaimTemplate.spec.storageClassName',
  ],
  [
    'a chart is told of another class',
    release(servers('gp2')),
    release(servers('disks')),
    'spec.values.server.dataStorage.storageClass',
  ],
  [
    'a chart of Flux is told of another class',
    flux(servers('gp2')),
    flux(servers('disks')),
    'spec.values.server.dataStorage.storageClass',
  ],
];

const volume = (spec: Doc, by?: string) => ({
  apiVersion: 'v1',
  kind: 'PersistentVolume',
  metadata: { name: 'pv', annotations: by === undefined ? {} : { 'pv.kubernetes.io/provisioned-by': by } },
  spec: { storageClassName: 'disks', ...spec },
});
const MADE = volume({ csi: { driver: EBS, volumeHandle: 'vol-1' } }, EBS);

const VOLUMES: readonly (readonly [where: string, wrong: Doc])[] = [
  ['a volume is a folder of a node', volume({ hostPath: { path: '/data' } })],
  ['a volume is a share', volume({ nfs: { server: 'nfs.example', path: '/' } })],
  ['a disk was written down by hand', volume({ csi: { driver: EBS, volumeHandle: 'vol-1' } })],
  ['a share says that a driver made it', volume({ nfs: { server: 'nfs.example', path: '/' } }, EBS)],
  ['another driver made the disk', volume({ csi: { driver: 'disks.example.com' } }, 'disks.example.com')],
  ['the class is not here', volume({ storageClassName: 'gp2', csi: { driver: EBS } }, EBS)],
];

const KMS = { kms: { apiVersion: 'v2', name: 'drun', endpoint: 'unix:///run/kms.sock', timeout: '3s' } };
const API = 'apiserver.config.k8s.io/v1';
const file = (name: string, content: Doc) =>
  by('control-plane', 'outside.drun.io/v1', 'HostFile', name, { spec: { content } });
const encryption = (...entries: readonly Doc[]) =>
  file('encryption.yaml', { apiVersion: API, kind: 'EncryptionConfiguration', resources: entries });
const entry = (providers: readonly Doc[], ...resources: readonly string[]) => ({ resources, providers });
const EVERYTHING = encryption(entry([KMS], '*.*'));
const ADMISSION_FILE = file('admission.yaml', { apiVersion: API, kind: 'AdmissionConfiguration' });

const ETCD: readonly (readonly [where: string, wrong: Doc, right: Doc])[] = [
  ['plain text is written', encryption(entry([{ identity: {} }, KMS], '*.*')), EVERYTHING],
  [
    'Secrets alone are encrypted',
    encryption(entry([KMS], 'secrets')),
    encryption(entry([KMS], 'secrets'), entry([KMS], '*.*')),
  ],
  [
    'some resources are let out before the rest',
    encryption(entry([{ identity: {} }], 'events'), entry([KMS], '*.*')),
    encryption(entry([{ secretbox: {} }], 'events'), entry([KMS], '*.*')),
  ],
  ['nobody writes', encryption(entry([], '*.*')), encryption(entry([KMS, { identity: {} }], '*.*'))],
  [
    'the key service speaks version 1',
    encryption(entry([{ kms: { ...KMS.kms, apiVersion: 'v1' } }], '*.*')),
    EVERYTHING,
  ],
  ['nothing is named', encryption(), EVERYTHING],
];

const location = (provider: string, config?: Doc) =>
  by('recovery', 'velero.io/v1', 'BackupStorageLocation', 'default', {
    metadata: { namespace: 'velero' },
    spec: { provider, objectStorage: { bucket: 'backups' }, config },
  });
const SSE = { serverSideEncryption: 'aws:kms', kmsKeyId: 'alias/backups' };
const bucket = (apiVersion: string, kind: string, spec: Doc) =>
  by('recovery', apiVersion, kind, 'b', { metadata: { namespace: 'velero' }, spec });
const ack = (rule: Doc) =>
  bucket('s3.services.k8s.aws/v1alpha1', 'Bucket', {
    encryption: { rules: [{ applyServerSideEncryptionByDefault: rule }] },
  });
const CNRM = 'storage.cnrm.cloud.google.com/v1beta1';
const places = (config: Doc) =>
  release({ configuration: { backupStorageLocation: [{ provider: 'aws', bucket: 'b', config }] } });

const BUCKETS: readonly (readonly [where: string, wrong: Doc, right: Doc])[] = [
  ['backups go to S3 without a key', location('aws', { region: 'eu-central-1' }), location('aws', SSE)],
  [
    'the key of a location is missing',
    location('aws', { serverSideEncryption: 'aws:kms' }),
    location('velero.io/aws', SSE),
  ],
  [
    'S3 encrypts with a key of its own',
    location('aws', { ...SSE, serverSideEncryption: 'AES256' }),
    location('aws', SSE),
  ],
  ['backups go to Google without a key', location('gcp'), location('gcp', { kmsKeyName: 'projects/p/k' })],
  ['a plugin has no field for a key', location('azure', { kmsKeyId: 'x' }), location('aws', SSE)],
  ['a bucket of S3 has no key', ack({ sseAlgorithm: 'AES256' }), ack({ sseAlgorithm: 'aws:kms', kmsMasterKeyID: 'k' })],
  [
    'a bucket of Google has no key',
    bucket(CNRM, 'StorageBucket', { location: 'EU' }),
    bucket(CNRM, 'StorageBucket', { encryption: { kmsKeyRef: { external: 'projects/p/k' } } }),
  ],
  [
    'a bucket is of a kind that nobody knows',
    bucket('objectstorage.k8s.io/v1alpha1', 'BucketClaim', { bucketClassName: 'x' }),
    ack({ sseAlgorithm: 'aws:kms', kmsMasterKeyID: 'k' }),
  ],
  ['the values of a chart name a location without a key', places({}), places(SSE)],
  [
    'a chart keeps its data in a bucket',
    release({ loki: { storage: { bucketNames: { chunks: 'logs' } } } }),
    places(SSE),
  ],
];

/** What is kept, and where. */
export const STORES: readonly Case[] = [
  ...CLASSES.map(
    ([where, wrong, right]): Case => ({ rule: 'DRN520', where, fails: [wrong], passes: [right], silent: [OTHER] }),
  ),
  ...CLAIMS.map(
    ([where, wrong, right, at]): Case => ({
      rule: 'DRN521',
      where,
      fails: [ENCRYPTED, wrong],
      at: pathOf(wrong, at),
      passes: [ENCRYPTED, right],
      silent: [OTHER, deployment({}, { volumes: [{ name: 'tmp', emptyDir: {} }] })],
    }),
  ),
  ...VOLUMES.map(
    ([where, wrong]): Case => ({
      rule: 'DRN522',
      where,
      fails: [ENCRYPTED, wrong],
      passes: [ENCRYPTED, MADE],
      silent: [OTHER],
    }),
  ),
  ...ETCD.map(
    ([where, wrong, right]): Case => ({
      rule: 'DRN523',
      where,
      fails: [wrong],
      passes: [right],
      silent: [OTHER, ADMISSION_FILE],
    }),
  ),
  {
    rule: 'DRN524',
    where: 'the API server gets files, and none that encrypts',
    fails: [ADMISSION_FILE],
    passes: [ADMISSION_FILE, EVERYTHING],
    silent: [OTHER, file('audit.yaml', { apiVersion: 'audit.k8s.io/v1', kind: 'Policy' })],
  },
  ...BUCKETS.map(
    ([where, wrong, right]): Case => ({
      rule: 'DRN525',
      where,
      fails: [wrong],
      passes: [right],
      silent: [OTHER, release(servers('disks')), bucket('source.toolkit.fluxcd.io/v1', 'Bucket', { bucketName: 'x' })],
    }),
  ),
];

function pathOf(object: Doc, field: string): string {
  const { namespace, name } = recordAt(object, 'metadata');
  return `${object.kind} ${namespace === undefined ? '' : `${namespace}/`}${name} ${field}`;
}
