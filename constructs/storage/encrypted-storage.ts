import { Construct } from 'constructs';
import * as z from 'zod';
import { satisfiesAll } from '../core/control';
import { DISK_DRIVERS, encryptionParameters } from '../core/disk-drivers';
import { manifest, type StorageClass } from '../core/manifest';
import { shortName } from '../core/names';
import { parseOrThrow } from '../core/parse';
import { stampFor } from '../core/stamp';

const CONTROLS = { 'ENC-2': 'every disk a tenant can claim is encrypted by its storage class' } as const;

/** A key as its provider names it; without one, the provider’s own key for the account is used. */
function keyLike(pattern: RegExp, example: string) {
  return z
    .string()
    .regex(pattern, { error: `the name of a key such as ${example}` })
    .optional()
    .describe('key that encrypts the disks; the provider’s own key for the account when left out');
}

const pool = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/, { error: 'the name of a Ceph pool' });

/** The disks of a cluster: its provider, and the key that encrypts them. */
export const encryptedStorageSchema = z.discriminatedUnion(
  'provider',
  [
    z.strictObject({
      provider: z.literal('aws'),
      key: keyLike(
        /^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:(key|alias)\/[A-Za-z0-9/_-]+$/,
        'arn:aws:kms:eu-central-1:111122223333:alias/disks',
      ),
    }),
    z.strictObject({
      provider: z.literal('gcp'),
      key: keyLike(
        /^projects\/[^/\s]+\/locations\/[^/\s]+\/keyRings\/[^/\s]+\/cryptoKeys\/[^/\s]+$/,
        'projects/p/locations/europe-west3/keyRings/r/cryptoKeys/disks',
      ),
    }),
    z.strictObject({
      provider: z.literal('azure'),
      key: keyLike(
        /^\/subscriptions\/[^/\s]+\/resourceGroups\/[^/\s]+\/providers\/Microsoft\.Compute\/diskEncryptionSets\/[^/\s]+$/,
        '/subscriptions/s/resourceGroups/g/providers/Microsoft.Compute/diskEncryptionSets/disks',
      ),
    }),
    z.strictObject({
      provider: z.literal('alibaba'),
      key: keyLike(/^(alias\/|key-)?[A-Za-z0-9][A-Za-z0-9/_-]{3,127}$/, 'key-hzz65f1cb58c9kjm2abcd'),
    }),
    z.strictObject({
      provider: z.literal('oci'),
      key: keyLike(/^ocid1\.key\.[a-z0-9-]+\.[a-z0-9.-]+$/, 'ocid1.key.oc1.eu-frankfurt-1.abc.def'),
    }),
    z.strictObject({
      provider: z.literal('ceph'),
      key: shortName.describe('entry of the driver’s key services (encryptionKMSID), such as one for Vault'),
      clusterId: z
        .string()
        .regex(/^[A-Za-z0-9-]{1,36}$/, { error: 'the id of a Ceph cluster, of at most 36 characters' }),
      pools: z.strictObject({ standard: pool, fast: pool }),
      secrets: z
        .strictObject({ name: shortName, namespace: shortName })
        .describe('Secret with the driver’s account at Ceph; it holds no key of a disk'),
    }),
  ],
  { error: `one of ${Object.keys(DISK_DRIVERS).join(', ')}` },
);

/** The provider of the cluster’s disks, and their key. */
export type EncryptedStorageProps = z.input<typeof encryptedStorageSchema>;
type Settings = z.output<typeof encryptedStorageSchema>;

/** What the two classes ask of a driver besides encryption. */
interface Grades {
  readonly standard: Readonly<Record<string, string>>;
  readonly fast: Readonly<Record<string, string>>;
}

const GRADES: Readonly<Record<Exclude<Settings['provider'], 'ceph'>, Grades>> = {
  aws: { standard: { type: 'gp3' }, fast: { type: 'io2', iopsPerGB: '50' } },
  gcp: { standard: { type: 'pd-balanced' }, fast: { type: 'pd-ssd' } },
  azure: { standard: { skuName: 'Premium_LRS' }, fast: { skuName: 'PremiumV2_LRS' } },
  alibaba: { standard: { type: 'cloud_essd' }, fast: { type: 'cloud_essd', performanceLevel: 'PL2' } },
  oci: { standard: { vpusPerGB: '10' }, fast: { vpusPerGB: '20' } },
};

/** The storage classes `drun-encrypted` and `drun-encrypted-fast`. */
export class EncryptedStorage extends Construct {
  constructor(scope: Construct, id: string, props: EncryptedStorageProps = { provider: 'aws' }) {
    super(scope, id);
    satisfiesAll(this, CONTROLS);
    const settings = parseOrThrow(encryptedStorageSchema, props);
    const driver = DISK_DRIVERS[settings.provider];
    const { standard, fast } = gradesOf(settings);
    const stamp = stampFor({ component: 'storage' }, CONTROLS);
    for (const [name, grade] of [
      ['drun-encrypted', standard],
      ['drun-encrypted-fast', fast],
    ] as const) {
      manifest<StorageClass>(this, name, {
        apiVersion: 'storage.k8s.io/v1',
        kind: 'StorageClass',
        metadata: stamp(name),
        provisioner: driver.provisioner,
        parameters: { ...grade, ...encryptionParameters(driver, settings.key) },
        reclaimPolicy: 'Delete',
        volumeBindingMode: 'WaitForFirstConsumer',
        allowVolumeExpansion: true,
      });
    }
  }
}

function gradesOf(settings: Settings): Grades {
  if (settings.provider !== 'ceph') return GRADES[settings.provider];
  const { clusterId, pools, secrets } = settings;
  const common = {
    clusterID: clusterId,
    imageFeatures: 'layering',
    ...Object.fromEntries(
      ['provisioner', 'controller-expand', 'node-stage'].flatMap((call) => [
        [`csi.storage.k8s.io/${call}-secret-name`, secrets.name],
        [`csi.storage.k8s.io/${call}-secret-namespace`, secrets.namespace],
      ]),
    ),
  };
  return { standard: { ...common, pool: pools.standard }, fast: { ...common, pool: pools.fast } };
}
