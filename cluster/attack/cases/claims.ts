import type { JsonObject } from '../../../constructs/core/json';
import { type AdmissionCase, merge } from './case';
import { attack, create, object, patch } from './objects';

const volumeClaim = (spec: JsonObject = {}) =>
  create(
    object('v1', 'PersistentVolumeClaim', {
      spec: merge(
        {
          accessModes: ['ReadWriteOnce'],
          storageClassName: '{storage}',
          resources: { requests: { storage: '1Gi' } },
        },
        spec,
      ),
    }),
  );

const exactly = (change: JsonObject = {}): JsonObject => ({
  requests: [
    {
      name: 'gpu',
      exactly: merge({ deviceClassName: '{device-class}', allocationMode: 'ExactCount', count: 1 }, change),
    },
  ],
});

const either = (change: JsonObject = {}): JsonObject => ({
  requests: [
    {
      name: 'gpu',
      firstAvailable: [
        merge({ name: 'a', deviceClassName: '{device-class}', allocationMode: 'ExactCount', count: 1 }, change),
      ],
    },
  ],
});

const claim = (devices: JsonObject) => create(object('resource.k8s.io/v1', 'ResourceClaim', { spec: { devices } }));
const claimTemplate = (devices: JsonObject) =>
  create(object('resource.k8s.io/v1', 'ResourceClaimTemplate', { spec: { spec: { devices } } }));

const CONFIG = { config: [{ opaque: { driver: 'gpu.nvidia.com', parameters: { kind: 'GpuConfig' } } }] };

/** Attacks with disks. */
export const STORAGE_CASES: readonly AdmissionCase[] = [
  attack('D01-volume-name', 'volume-claims', volumeClaim({ volumeName: 'pv-of-other' }), volumeClaim()),
  attack(
    'D01-selector',
    'volume-claims',
    volumeClaim({ selector: { matchLabels: { tenant: 'other' } } }),
    volumeClaim(),
  ),
  attack(
    'D01-bound-later',
    'volume-claim-bindings',
    patch('claim', { spec: { volumeName: 'pv-of-other' } }),
    patch('claim', { spec: { volumeName: 'pv-of-own' } }),
    { twinActor: 'controller:persistent-volume-binder' },
  ),
  {
    ...attack(
      'D03-other-namespace',
      'volume-claims',
      volumeClaim({
        dataSourceRef: {
          apiGroup: 'snapshot.storage.k8s.io',
          kind: 'VolumeSnapshot',
          name: 's',
          namespace: '{b-ns}',
        },
      }),
      volumeClaim({ dataSourceRef: { apiGroup: 'snapshot.storage.k8s.io', kind: 'VolumeSnapshot', name: 's' } }),
    ),
    disarmed: {
      by: 'omission',
      field: ['spec', 'dataSourceRef', 'namespace'],
      because: 'the field is dropped unless the feature gate CrossNamespaceVolumeDataSource is on',
    },
  },
  attack(
    'D03-other-source',
    'volume-claims',
    volumeClaim({ dataSourceRef: { apiGroup: 'import.example.com', kind: 'Import', name: 's' } }),
    volumeClaim({ dataSourceRef: { kind: 'PersistentVolumeClaim', name: 'data' } }),
  ),
  attack('D04-class', 'volume-claims', volumeClaim({ storageClassName: 'plain' }), volumeClaim()),
  attack('D04-attributes', 'volume-claims', volumeClaim({ volumeAttributesClassName: 'gold' }), volumeClaim()),
  attack('D04-no-class', 'volume-claims', volumeClaim({ storageClassName: '' }), volumeClaim()),
];

const ADMIN_ACCESS = {
  by: 'refusal',
  because: 'refused unless the namespace carries resource.kubernetes.io/admin-access',
} as const;

/** Attacks with claims of devices. */
export const DEVICE_CASES: readonly AdmissionCase[] = [
  attack(
    'Q07-class',
    'resource-claims',
    claim(exactly({ deviceClassName: '{device-class-foreign}' })),
    claim(exactly()),
  ),
  attack(
    'Q07-class-either',
    'resource-claims',
    claim(either({ deviceClassName: '{device-class-foreign}' })),
    claim(either()),
  ),
  {
    ...attack('Q06-admin', 'resource-claims', claim(exactly({ adminAccess: true })), claim(exactly())),
    disarmed: ADMIN_ACCESS,
  },
  {
    ...attack(
      'Q06-template-admin',
      'resource-claim-templates',
      claimTemplate(exactly({ adminAccess: true })),
      claimTemplate(exactly()),
    ),
    disarmed: ADMIN_ACCESS,
  },
  attack(
    'Q07-all',
    'resource-claims',
    claim(exactly({ allocationMode: 'All', count: null })),
    claim(exactly({ count: 2 })),
  ),
  attack('Q07-opaque', 'resource-claims', claim({ ...exactly(), ...CONFIG }), claim(exactly())),
  attack(
    'Q07-template-class',
    'resource-claim-templates',
    claimTemplate(exactly({ deviceClassName: '{device-class-foreign}' })),
    claimTemplate(exactly()),
  ),
  attack(
    'Q07-template-all',
    'resource-claim-templates',
    claimTemplate(either({ allocationMode: 'All', count: null })),
    claimTemplate(either()),
  ),
  attack(
    'Q07-template-opaque',
    'resource-claim-templates',
    claimTemplate({ ...exactly(), ...CONFIG }),
    claimTemplate(exactly()),
  ),
];
