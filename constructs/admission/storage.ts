import { controller, isUser } from './exemptions';
import type { Policy } from './policy';

const CONTROLS = { 'ENC-2': 'a tenant’s disks are made for it, by an encrypting class that it was granted' } as const;

/** PersistentVolumeClaims: new, encrypted disks of granted classes; nobody else's volume and nobody else's data. */
export const storagePolicies: readonly Policy[] = [
  {
    id: 'volume-claims',
    controls: CONTROLS,
    reach: 'tenants',
    matches: [{ group: '', resources: ['persistentvolumeclaims'], operations: ['CREATE'] }],
    params: { missingOnUpdate: 'deny' },
    variables: { storageClass: "object.spec.?storageClassName.orValue('')" },
    checks: [
      {
        rows: ['D04'],
        holds: 'variables.storageClass in params.spec.storageClasses',
        given: "storageClassName {variables.storageClass == '' ? '(none)' : variables.storageClass}",
        expected: "one of {params.spec.storageClasses.join(' ')}",
        remedy: 'use one of them',
      },
      {
        rows: ['D04'],
        holds: '!has(object.spec.volumeAttributesClassName)',
        given: "volumeAttributesClassName {object.spec.?volumeAttributesClassName.orValue('')}",
        expected: 'the attributes of the storage class',
        remedy: 'remove it',
      },
      {
        rows: ['D03'],
        holds: [
          'object.spec.?dataSourceRef.?namespace.orValue(request.namespace) == request.namespace',
          "object.spec.?dataSource.?kind.orValue('VolumeSnapshot') in ['VolumeSnapshot', 'PersistentVolumeClaim']",
          "object.spec.?dataSourceRef.?kind.orValue('VolumeSnapshot') in ['VolumeSnapshot', 'PersistentVolumeClaim']",
        ].join(' && '),
        given:
          "data of {object.spec.?dataSourceRef.?kind.orValue('(unknown)')} in namespace {object.spec.?dataSourceRef.?namespace.orValue(request.namespace)}",
        expected: 'a snapshot or a claim of this namespace',
        remedy: 'restore from the tenant’s own snapshot',
      },
      {
        rows: ['D01'],
        holds: "object.spec.?volumeName.orValue('') == '' && !has(object.spec.selector)",
        given: "volume {object.spec.?volumeName.orValue('(by selector)')}",
        expected: 'a new volume',
        remedy: 'remove volumeName and selector',
      },
    ],
  },
  {
    id: 'volume-claim-bindings',
    controls: CONTROLS,
    reach: 'tenants',
    matches: [{ group: '', resources: ['persistentvolumeclaims'], operations: ['UPDATE'] }],
    params: 'none',
    conditions: { 'not-the-binder': `!(${isUser(controller('persistent-volume-binder'))})` },
    checks: [
      {
        rows: ['D01', 'D04'],
        holds: [
          "object.spec.?volumeName.orValue('') == oldObject.spec.?volumeName.orValue('')",
          "object.spec.?storageClassName.orValue('') == oldObject.spec.?storageClassName.orValue('')",
          "object.spec.?volumeAttributesClassName.orValue('') == oldObject.spec.?volumeAttributesClassName.orValue('')",
        ].join(' && '),
        given:
          "volume {object.spec.?volumeName.orValue('(none)')} of class {object.spec.?storageClassName.orValue('(none)')}",
        expected: 'the volume and the class that the cluster chose',
        remedy: 'create a new claim',
      },
    ],
  },
];
