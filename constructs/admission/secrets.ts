import { list } from './cel';
import { controller, isUser } from './exemptions';
import { TOOLKIT_VARIABLE } from './pod-devices';
import type { Check, Policy } from './policy';
import type { AdmissionSettings } from './settings';

const WRITES = ['CREATE', 'UPDATE'] as const;

/** Secret types that are credentials by themselves: long-lived tokens, node bootstrap, plain passwords. */
const TYPES = ['kubernetes.io/service-account-token', 'bootstrap.kubernetes.io/token', 'kubernetes.io/basic-auth'];

/** ConfigMaps by which the cluster publishes the roots of its certificates. */
const ROOTS = list(['kube-root-ca.crt', 'istio-ca-root-cert', 'istio-ca-crl']);

/** Secrets and ConfigMaps: no standing credentials, no device variables by the back door, no roots of a tenant's own. */
export function secretPolicies(settings: AdmissionSettings): readonly Policy[] {
  return [secrets(), configMaps(), roots(settings)];
}

function secrets(): Policy {
  return {
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
      noToolkitKey(),
    ],
  };
}

function configMaps(): Policy {
  return {
    id: 'config-maps',
    controls: { 'GPU-1': 'device variables cannot enter by a ConfigMap' },
    reach: 'tenants',
    matches: [{ group: '', resources: ['configmaps'], operations: WRITES }],
    params: 'none',
    checks: [noToolkitKey()],
  };
}

function noToolkitKey(): Check {
  return {
    rows: ['S11'],
    each: 'object.?data.orValue({})',
    as: 'k',
    holds: `!k.matches(${TOOLKIT_VARIABLE})`,
    given: 'key {k}, a variable of the device toolkit',
    expected: 'devices by resource limits only',
    remedy: 'remove the key',
  };
}

function roots({ meshController }: AdmissionSettings): Policy {
  const writers = ['root-ca-cert-publisher', 'namespace-controller', 'generic-garbage-collector'].map(controller);
  return {
    id: 'root-certificates',
    controls: { 'ENC-1': 'the roots that pods trust are written by the cluster' },
    reach: 'tenants',
    matches: [{ group: '', resources: ['configmaps'], operations: ['CREATE', 'UPDATE', 'DELETE'] }],
    params: 'none',
    conditions: {
      // The request names no object when the API server generates the name, nor when a whole collection is deleted.
      'a-root': [
        `request.?name.orValue('') in ${ROOTS}`,
        ...['object', 'oldObject'].map((of) => `(${of} != null && ${of}.metadata.?name.orValue('') in ${ROOTS})`),
      ].join(' || '),
      'not-the-writer': `!(${isUser(...writers, meshController)})`,
    },
    checks: [
      {
        rows: ['D18'],
        holds: 'false',
        given: "a change of {object == null ? oldObject.metadata.name : object.metadata.?name.orValue('a root')}",
        expected: 'the root certificates that the cluster publishes',
        remedy: 'trust more roots in a ConfigMap of another name',
      },
    ],
  };
}
