import { everything, type Policy } from './policy';
import type { AdmissionSettings } from './settings';

/** What a tenant may write into the metadata of any object: nothing that wedges its removal or hides it from the backup. */
export function metadataPolicies({ controllerNamespaces }: AdmissionSettings): readonly Policy[] {
  return [
    {
      id: 'metadata',
      controls: {
        'BDR-1': 'no data can be left out of the backup',
        'IAM-2': 'a tenant that leaves takes everything with it: no object waits for a finalizer that nobody removes',
      },
      reach: 'tenants',
      params: 'none',
      matches: [everything(['CREATE', 'UPDATE'])],
      conditions: {
        // Controllers of Kubernetes and of the platform put finalizers where they remove them again.
        'not-a-controller': `!request.userInfo.username.matches('^system:(serviceaccount:(${controllerNamespaces.join('|')}):|kube-|node:)')`,
      },
      variables: {
        before: 'oldObject == null ? [] : oldObject.metadata.?finalizers.orValue([])',
      },
      checks: [
        {
          rows: ['S27'],
          each: 'object.metadata.?finalizers.orValue([])',
          as: 'f',
          holds:
            "f in variables.before || f in ['foregroundDeletion', 'orphan'] || (f == 'kubernetes.io/pvc-protection' && request.resource.resource == 'persistentvolumeclaims')",
          given: 'finalizer {f}',
          expected: 'finalizers of the cluster’s own controllers',
          remedy: 'remove it',
        },
        {
          rows: ['D14'],
          holds: "!('velero.io/exclude-from-backup' in object.metadata.?labels.orValue({}))",
          given: 'label velero.io/exclude-from-backup',
          expected: 'objects that the backup includes',
          remedy: 'remove it',
        },
      ],
    },
  ];
}
