import { App, Chart } from 'cdk8s';
import { checkObjects, RULES } from '../../../analysis/rules';
import { recordAt } from '../../../constructs/core/json';
import { leavesOf, manifestsOf } from '../../../constructs/core/leaves';
import type { Manifest } from '../../../constructs/core/manifest';
import { ProblemError } from '../../../constructs/core/problem';
import { EncryptedStorage, type EncryptedStorageProps } from '../../../constructs/storage/encrypted-storage';

function classes(props: EncryptedStorageProps): readonly Manifest[] {
  const chart = new Chart(new App(), 'storage');
  new EncryptedStorage(chart, 'Storage', props);
  return leavesOf(chart).flatMap(manifestsOf);
}

const CEPH = {
  provider: 'ceph',
  key: 'vault',
  clusterId: 'b9127830-b0cc-4e34-aa47-9d1a2e9949a8',
  pools: { standard: 'hdd', fast: 'nvme' },
  secrets: { name: 'csi-rbd', namespace: 'ceph' },
} as const;
const ARN = 'arn:aws:kms:eu-central-1:111122223333:alias/disks';
const SET = '/subscriptions/s/resourceGroups/g/providers/Microsoft.Compute/diskEncryptionSets/disks';
const GCP_KEY = 'projects/p/locations/europe-west3/keyRings/r/cryptoKeys/disks';
const OCID = 'ocid1.key.oc1.eu-frankfurt-1.abcd.efgh';

const KEYED: readonly (readonly [EncryptedStorageProps, Readonly<Record<string, string>>])[] = [
  [
    { provider: 'aws', key: ARN },
    { encrypted: 'true', kmsKeyId: ARN },
  ],
  [{ provider: 'gcp', key: GCP_KEY }, { 'disk-encryption-kms-key': GCP_KEY }],
  [{ provider: 'azure', key: SET }, { diskEncryptionSetID: SET }],
  [
    { provider: 'alibaba', key: 'alias/disks' },
    { encrypted: 'true', kmsKeyId: 'alias/disks' },
  ],
  [{ provider: 'oci', key: OCID }, { 'kms-key-id': OCID }],
  [CEPH, { encrypted: 'true', encryptionKMSID: 'vault' }],
];

describe('[ENC-2] encrypted storage', () => {
  test.each(KEYED.map(([props, parameters]) => [props.provider, props, parameters] as const))(
    'of %s names encryption and key as the driver wants them, in both classes',
    (_, props, parameters) => {
      const made = classes(props);
      expect(made).toHaveLength(2);
      for (const one of made) expect(recordAt(one, 'parameters')).toMatchObject(parameters);
      expect(
        checkObjects(made, { rules: RULES.filter(({ id }) => id === 'DRN520'), today: '2026-11-22' }).problems,
      ).toEqual([]);
    },
  );

  test('fails DRN520 where any parameter that encrypts is taken out again', () => {
    for (const provider of ['aws', 'alibaba'] as const) {
      const broken = classes({ provider }).map((one) => {
        const { encrypted, ...parameters } = recordAt(one, 'parameters');
        expect(encrypted).toBe('true');
        return { ...one, parameters };
      });
      const { problems } = checkObjects(broken, {
        rules: RULES.filter(({ id }) => id === 'DRN520'),
        today: '2026-11-22',
      });
      expect(problems.map(({ code }) => code)).toEqual(['DRN520', 'DRN520']);
    }
  });

  test.each([
    { provider: 'aws', key: 'disks' },
    { provider: 'gcp', key: ARN },
    { provider: 'azure', key: ARN },
    { provider: 'alibaba', key: '' },
    { provider: 'oci', key: ARN },
    { ...CEPH, key: '' },
  ] as const)('fails over a key that is none of %s', (props) => {
    expect(() => classes(props)).toThrow(ProblemError);
  });
});
