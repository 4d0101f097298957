import { list } from './cel';
import { WAYPOINT } from './exemptions';
import type { Policy } from './policy';
import type { AdmissionSettings } from './settings';

const CLOUD_KEY =
  "'^([a-z0-9-]+[.])*(amazonaws[.]com|iam[.]gke[.]io|cloud[.]google[.]com|workload[.]identity|aliyun[.]com|alibabacloud[.]com)/'";

/** Service accounts and the tokens that are asked for in their name. */
export function accountPolicies(settings: AdmissionSettings): readonly Policy[] {
  return [tokens(settings), cloudRoles()];
}

function tokens({ tokenAudiences }: AdmissionSettings): Policy {
  return {
    id: 'tokens',
    controls: { 'IAM-4': 'a token asked for by a tenant is for the API server only' },
    reach: 'tenants',
    matches: [{ group: '', resources: ['serviceaccounts/token'], operations: ['CREATE'] }],
    params: 'none',
    // A kubelet asks for the tokens of pods that were admitted with them (see `pod-identity`).
    conditions: { 'not-a-node': "!request.userInfo.username.startsWith('system:node:')" },
    checks: [
      {
        rows: ['R12'],
        holds: `object.spec.?audiences.orValue([]).all(a, a in ${list(['', ...tokenAudiences])})`,
        given: "a token for {object.spec.?audiences.orValue([]).join(' ')}",
        expected: `one of ${tokenAudiences.join(' ')}`,
        remedy: 'mount a projected token into the pod that needs it',
      },
      {
        rows: ['R11', 'R12'],
        holds: `request.name != '${WAYPOINT}'`,
        given: 'a token of the account {request.name}',
        expected: 'an account of the tenant',
        remedy: 'use one of the tenant’s accounts',
      },
    ],
  };
}

function cloudRoles(): Policy {
  return {
    id: 'service-accounts',
    controls: { 'IAM-2': 'an account of the cluster is not an account of a cloud' },
    reach: 'tenants',
    matches: [{ group: '', resources: ['serviceaccounts'], operations: ['CREATE', 'UPDATE'] }],
    params: 'none',
    variables: {
      keys: 'object.metadata.?annotations.orValue({}).map(k, k) + object.metadata.?labels.orValue({}).map(k, k)',
    },
    checks: [
      {
        rows: ['D17'],
        each: 'variables.keys',
        as: 'k',
        holds: `!k.matches(${CLOUD_KEY})`,
        given: 'annotation or label {k}',
        expected: 'no role of a cloud',
        remedy: 'reach cloud resources through Vault',
      },
    ],
  };
}
