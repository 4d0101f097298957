/** How a CSI driver is told to encrypt what it makes, and by which key. */
export interface DiskDriver {
  readonly provisioner: string;
  /** The parameter that turns encryption on, and its value; absent where the provider writes nothing in plain text. */
  readonly switch?: { readonly parameter: string; readonly value: string };
  /** The parameter that names the key. */
  readonly key?: string;
  /** Whether there is no encryption without a named key. @default false */
  readonly keyRequired?: boolean;
  /** The documentation that says so. */
  readonly source: string;
}

/** Drivers of the providers that the platform makes classes for. */
export const DISK_DRIVERS = {
  aws: {
    provisioner: 'ebs.csi.aws.com',
    switch: { parameter: 'encrypted', value: 'true' },
    key: 'kmsKeyId',
    source: 'https://github.com/kubernetes-sigs/aws-ebs-csi-driver/blob/master/docs/parameters.md',
  },
  gcp: {
    provisioner: 'pd.csi.storage.gke.io',
    key: 'disk-encryption-kms-key',
    source: 'https://cloud.google.com/kubernetes-engine/docs/how-to/using-cmek',
  },
  azure: {
    provisioner: 'disk.csi.azure.com',
    key: 'diskEncryptionSetID',
    source: 'https://github.com/kubernetes-sigs/azuredisk-csi-driver/blob/master/docs/driver-parameters.md',
  },
  alibaba: {
    provisioner: 'diskplugin.csi.alibabacloud.com',
    switch: { parameter: 'encrypted', value: 'true' },
    key: 'kmsKeyId',
    source:
      'https://www.alibabacloud.com/help/en/ack/ack-managed-and-ack-dedicated/user-guide/encrypt-cloud-disk-storage-volumes',
  },
  oci: {
    provisioner: 'blockvolume.csi.oraclecloud.com',
    key: 'kms-key-id',
    source:
      'https://docs.oracle.com/en-us/iaas/Content/ContEng/Tasks/contengcreatingpersistentvolumeclaim_topic-Provisioning_PVCs_on_BV.htm',
  },
  ceph: {
    provisioner: 'rbd.csi.ceph.com',
    switch: { parameter: 'encrypted', value: 'true' },
    key: 'encryptionKMSID',
    keyRequired: true,
    source: 'https://github.com/ceph/ceph-csi/blob/devel/examples/rbd/storageclass.yaml',
  },
} as const satisfies Readonly<Record<string, DiskDriver>>;

/** Drivers that people bring: LUKS on the node with a key from a Secret, or the provider's own switch. */
const OTHERS: readonly DiskDriver[] = [
  {
    provisioner: 'driver.longhorn.io',
    switch: { parameter: 'encrypted', value: 'true' },
    key: 'csi.storage.k8s.io/node-publish-secret-name',
    keyRequired: true,
    source: 'https://longhorn.io/docs/latest/advanced-resources/security/volume-encryption/',
  },
  {
    provisioner: 'storage.csi.upcloud.com',
    switch: { parameter: 'encryption', value: 'data-at-rest' },
    source: 'https://upcloud.com/docs/guides/storage-encryption-at-rest/',
  },
];

/** Every driver whose encryption is known, by its provisioner. */
export const KNOWN_DRIVERS: ReadonlyMap<string, DiskDriver> = new Map(
  [...Object.values(DISK_DRIVERS), ...OTHERS].map((driver) => [driver.provisioner, driver]),
);

/** The parameters that make a driver encrypt, with the key where one is named. */
export function encryptionParameters(driver: DiskDriver, key: string | undefined): Readonly<Record<string, string>> {
  return {
    ...(driver.switch === undefined ? {} : { [driver.switch.parameter]: driver.switch.value }),
    ...(driver.key === undefined || key === undefined ? {} : { [driver.key]: key }),
  };
}
