import { Construct } from 'constructs';
import * as z from 'zod';
import { satisfiesAll } from '../core/control';
import { manifest, type StorageClass } from '../core/manifest';
import { parseOrThrow } from '../core/parse';
import { stampFor } from '../core/stamp';

const CONTROLS = { 'ENC-2': 'every disk a tenant can claim is encrypted by its storage class' } as const;

/** The disk driver of a cluster and the parameter that turns encryption on, as its provider documents them. */
export const encryptedStorageSchema = z.strictObject({
  provider: z.enum(['aws', 'gcp', 'azure', 'alibaba']).default('aws'),
});

/** The provider of the cluster’s disks. */
export type EncryptedStorageProps = z.input<typeof encryptedStorageSchema>;

interface Driver {
  readonly provisioner: string;
  readonly standard: Readonly<Record<string, string>>;
  readonly fast: Readonly<Record<string, string>>;
}

/** Drivers by provider. Google Cloud and Azure encrypt every disk at rest; the others are told to. */
const DRIVERS: Readonly<Record<z.output<typeof encryptedStorageSchema>['provider'], Driver>> = {
  aws: {
    provisioner: 'ebs.csi.aws.com',
    standard: { type: 'gp3', encrypted: 'true' },
    fast: { type: 'io2', iopsPerGB: '50', encrypted: 'true' },
  },
  gcp: {
    provisioner: 'pd.csi.storage.gke.io',
    standard: { type: 'pd-balanced' },
    fast: { type: 'pd-ssd' },
  },
  azure: {
    provisioner: 'disk.csi.azure.com',
    standard: { skuName: 'Premium_LRS' },
    fast: { skuName: 'PremiumV2_LRS' },
  },
  alibaba: {
    provisioner: 'diskplugin.csi.alibabacloud.com',
    standard: { type: 'cloud_essd', encrypted: 'true' },
    fast: { type: 'cloud_essd', performanceLevel: 'PL2', encrypted: 'true' },
  },
};

/** The storage classes `drun-encrypted` and `drun-encrypted-fast`. */
export class EncryptedStorage extends Construct {
  constructor(scope: Construct, id: string, props: EncryptedStorageProps = {}) {
    super(scope, id);
    satisfiesAll(this, CONTROLS);
    const { provisioner, standard, fast } = DRIVERS[parseOrThrow(encryptedStorageSchema, props).provider];
    const stamp = stampFor({ component: 'storage' }, CONTROLS);
    for (const [name, parameters] of [
      ['drun-encrypted', standard],
      ['drun-encrypted-fast', fast],
    ] as const) {
      manifest<StorageClass>(this, name, {
        apiVersion: 'storage.k8s.io/v1',
        kind: 'StorageClass',
        metadata: stamp(name),
        provisioner,
        parameters,
        reclaimPolicy: 'Delete',
        volumeBindingMode: 'WaitForFirstConsumer',
        allowVolumeExpansion: true,
      });
    }
  }
}
