import { controller, isUser } from './exemptions';
import type { Policy } from './policy';

/**
 * Namespaces belong to the platform: their labels decide Pod Security, mesh, tenancy and consent. No namespace selector
 * here, because a selector reads the labels that the request itself would write.
 */
export const namespacePolicies: readonly Policy[] = [
  {
    id: 'namespaces',
    controls: {
      'IAM-2': 'only the platform makes, changes and removes namespaces',
      'CTR-3': 'no tenant can lower the Pod Security level of a namespace',
    },
    reach: 'cluster',
    params: 'none',
    matches: [
      {
        group: '',
        resources: ['namespaces', 'namespaces/status', 'namespaces/finalize'],
        operations: ['CREATE', 'UPDATE', 'DELETE'],
      },
    ],
    conditions: {
      'not-the-namespace-controller': `!(${isUser(controller('namespace-controller'))} && request.?subResource.orValue('') != '')`,
      // A deletion in the foreground, which is Pulumi's, ends when the garbage collector takes its finalizer away.
      'not-the-garbage-collector': `!(${isUser(controller('generic-garbage-collector'))} && request.operation == 'UPDATE' && oldObject.metadata.?deletionTimestamp.hasValue() && object.metadata.?labels.orValue({}) == oldObject.metadata.?labels.orValue({}))`,
    },
    checks: [
      {
        rows: ['R15', 'R16', 'R17', 'R18', 'R19', 'R20', 'R21', 'I15', 'I16', 'W06'],
        holds: 'false',
        given: '{request.operation} of namespace {request.name} by {request.userInfo.username}',
        expected: 'namespaces to be the platform’s',
        remedy: 'change the tenant’s file and let the platform apply it',
      },
    ],
  },
];
