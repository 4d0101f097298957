import { list } from './cel';
import { controller, isUser, WAYPOINT } from './exemptions';
import { TOOLKIT_VARIABLE } from './pod-devices';
import type { Policy } from './policy';
import type { AdmissionSettings } from './settings';

const WRITES = ['CREATE', 'UPDATE'] as const;

/** Secret types that are credentials by themselves: long-lived tokens, node bootstrap, plain passwords. */
const TYPES = ['kubernetes.io/service-account-token', 'bootstrap.kubernetes.io/token', 'kubernetes.io/basic-auth'];

const CLOUD_KEY =
  "'^([a-z0-9-]+[.])*(amazonaws[.]com|iam[.]gke[.]io|cloud[.]google[.]com|workload[.]identity|azure[.]workload[.]identity|aliyun[.]com|alibabacloud[.]com)/'";

/** Credentials and accounts: short-lived tokens for named audiences, no cloud identities, no device variables by the back door. */
export function secretPolicies({ tokenAudiences, meshController }: AdmissionSettings): readonly Policy[] {
  const nodes = "request.userInfo.username.startsWith('system:node:')";
  return [
    {
      id: 'tokens',
      controls: { 'IAM-4': 'a token asked for by a tenant is for the API server only' },
      reach: 'tenants',
      matches: [{ group: '', resources: ['serviceaccounts/token'], operations: ['CREATE'] }],
      params: 'none',
      // A kubelet asks for the tokens of pods that were admitted with them (see `pod-identity`).
      conditions: { 'not-a-node': `!${nodes}` },
      checks: [
        {
          rows: ['R12'],
          holds: `object.spec.?audiences.orValue([]).all(a, a in ${list(['', ...tokenAudiences])})`,
          given: "a token for {object.spec.?audiences.orValue([]).join(' ')}",
          expected: `one of ${tokenAudiences.join(' ')}`,
          remedy: 'mount a projected token into the pod that needs it',
        },
        {
          rows: ['R12', 'S14'],
          holds: `request.name != '${WAYPOINT}'`,
          given: 'a token of the account {request.name}',
          expected: 'an account of the tenant',
          remedy: 'use one of the tenant’s accounts',
        },
      ],
    },
    {
      id: 'secrets',
      controls: { 'ENC-3': 'no Secret is a long-lived credential of Kubernetes or a plain password' },
      reach: 'tenants',
      matches: [{ group: '', resources: ['secrets'], operations: WRITES }],
      params: 'none',
      checks: [
        {
          rows: ['R13', 'D25'],
          holds: `!(object.?type.orValue('Opaque') in ${list(TYPES)})`,
          given: "a Secret of type {object.?type.orValue('')}",
          expected: 'Opaque, kubernetes.io/tls or kubernetes.io/dockerconfigjson',
          remedy: 'use a mounted token, or a secret from Vault',
        },
        toolkitKeys('object.?data.orValue({})'),
      ],
    },
    {
      id: 'config-maps',
      controls: { 'GPU-1': 'device variables cannot enter by a ConfigMap' },
      reach: 'tenants',
      matches: [{ group: '', resources: ['configmaps'], operations: WRITES }],
      params: 'none',
      checks: [toolkitKeys('object.?data.orValue({})')],
    },
    {
      id: 'root-certificates',
      controls: { 'ENC-1': 'the roots that pods trust are written by the cluster' },
      reach: 'tenants',
      matches: [{ group: '', resources: ['configmaps'], operations: ['CREATE', 'UPDATE', 'DELETE'] }],
      params: 'none',
      conditions: {
        'a-root':
          "request.?name.orValue('') in ['kube-root-ca.crt', 'istio-ca-root-cert', 'istio-ca-crl'] || (object != null && object.metadata.?name.orValue('') in ['kube-root-ca.crt', 'istio-ca-root-cert', 'istio-ca-crl'])",
        'not-the-writer': `!(${isUser(
          controller('root-ca-cert-publisher'),
          controller('namespace-controller'),
          controller('generic-garbage-collector'),
          meshController,
        )})`,
      },
      checks: [
        {
          rows: ['D18'],
          holds: 'false',
          given: 'a change of {request.name}',
          expected: 'the root certificates that the cluster publishes',
          remedy: 'trust more roots in a ConfigMap of another name',
        },
      ],
    },
    {
      id: 'service-accounts',
      controls: { 'IAM-2': 'an account of the cluster is not an account of a cloud' },
      reach: 'tenants',
      matches: [{ group: '', resources: ['serviceaccounts'], operations: WRITES }],
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
    },
  ];
}

function toolkitKeys(data: string): Policy['checks'][number] {
  return {
    rows: ['S11'],
    each: data,
    as: 'k',
    holds: `!k.matches(${TOOLKIT_VARIABLE})`,
    given: 'key {k}, a variable of the device toolkit',
    expected: 'devices by resource limits only',
    remedy: 'remove the key',
  };
}
