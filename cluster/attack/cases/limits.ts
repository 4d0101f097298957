import type { JsonObject } from '../../../constructs/core/json';
import type { AttackCase, CaseRequest, Expected, Row } from './case';
import { create, object, patch } from './objects';
import { container, pod } from './templates';

const QUOTA = (says: string): Expected => ({ by: 'quota', says });
const API = (says: string): Expected => ({ by: 'api', says });

function limit(id: `${Row}-${string}`, attack: CaseRequest, expected: Expected, twin: CaseRequest): AttackCase {
  return { id, row: rowOf(id), actor: 'tenant', attack, expected, twin };
}

function rowOf(id: `${Row}-${string}`): Row {
  const row = id.slice(0, 3);
  if (!isRow(row)) throw new Error(`case ${id} has no row`);
  return row;
}

function isRow(text: string): text is Row {
  return /^[A-Z]\d\d$/.test(text);
}

const withResources = (resources: JsonObject) => create(pod({ spec: { containers: [container({ resources })] } }));
const using = (limits: JsonObject) => withResources({ limits });

const claim = (count: number) =>
  create(
    object('resource.k8s.io/v1', 'ResourceClaim', {
      spec: {
        devices: {
          requests: [
            { name: 'd', exactly: { deviceClassName: '{device-class}', allocationMode: 'ExactCount', count } },
          ],
        },
      },
    }),
  );

const disk = (storage: string) =>
  create(
    object('v1', 'PersistentVolumeClaim', {
      spec: { accessModes: ['ReadWriteOnce'], storageClassName: '{storage}', resources: { requests: { storage } } },
    }),
  );

const affinity = (term: JsonObject) =>
  create(
    pod({
      spec: {
        affinity: {
          podAntiAffinity: {
            requiredDuringSchedulingIgnoredDuringExecution: [
              { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: { app: 'x' } }, ...term },
            ],
          },
        },
      },
    }),
  );

const debug = (resources: JsonObject): CaseRequest => {
  const { name, securityContext, image } = container({ name: 'debug' });
  return patch(
    'pod',
    { spec: { ephemeralContainers: [{ name, securityContext, image, ...resources }] } },
    'ephemeralcontainers',
  );
};

const service = (spec: JsonObject) =>
  create(object('v1', 'Service', { spec: { selector: { app: 'case' }, ports: [{ port: 80 }], ...spec } }));

const ingress = (host: string) =>
  create(object('networking.k8s.io/v1', 'Ingress', { spec: { ingressClassName: 'drun', rules: [{ host }] } }));

const named = (data: string) => create(object('v1', 'ConfigMap', { data: { bytes: data } }));

const owned = (blockOwnerDeletion: boolean) =>
  create(
    object(
      'v1',
      'ConfigMap',
      {},
      { ownerReferences: [{ apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', uid: '1', blockOwnerDeletion }] },
    ),
  );

const MEBIBYTE = 1_048_576;

/** Rows that quotas, limits and the API server's own checks decide. */
export const LIMIT_CASES: readonly AttackCase[] = [
  limit(
    'Q01-one-gpu-more',
    using({ cpu: '1', memory: '64Mi', '{gpu}': '{gpus-more}' }),
    QUOTA('exceeded quota: gpu'),
    using({ cpu: '1', memory: '64Mi', '{gpu}': '1' }),
  ),
  limit('Q03-claim-above', claim(4096), QUOTA('exceeded quota: gpu|exceeded quota'), claim(1)),
  limit(
    'Q05-extended-claim',
    using({ cpu: '1', memory: '64Mi', 'deviceclass.resource.kubernetes.io/{device-class}': '{gpus-more}' }),
    { by: 'policy', policy: 'drun-pod-devices' },
    using({ cpu: '1', memory: '64Mi', '{gpu}': '1' }),
  ),
  limit(
    'Q08-cpu',
    using({ cpu: '1000000', memory: '64Mi' }),
    QUOTA('maximum cpu usage per Container'),
    using({ cpu: '1', memory: '64Mi' }),
  ),
  limit(
    'Q08-memory',
    using({ cpu: '1', memory: '900Ti' }),
    QUOTA('maximum memory usage per Container'),
    using({ cpu: '1', memory: '64Mi' }),
  ),
  limit(
    'Q08-scratch',
    using({ cpu: '1', memory: '64Mi', 'ephemeral-storage': '900Ti' }),
    QUOTA('maximum ephemeral-storage usage per Container'),
    using({ cpu: '1', memory: '64Mi', 'ephemeral-storage': '1Gi' }),
  ),
  limit(
    'Q08-together',
    create(
      pod({
        spec: {
          containers: ['a', 'b', 'c'].map((name) =>
            container({ name, resources: { limits: { cpu: '{cpu}', memory: '64Mi' } } }),
          ),
        },
      }),
    ),
    QUOTA('exceeded quota: compute'),
    using({ cpu: '1', memory: '64Mi' }),
  ),
  limit('Q09-disk', disk('9Ei'), QUOTA('maximum storage usage per PersistentVolumeClaim'), disk('1Gi')),
  limit(
    'Q15-ratio',
    withResources({ requests: { cpu: '1m', memory: '64Mi' }, limits: { cpu: '1', memory: '64Mi' } }),
    QUOTA('limit to request ratio per Container'),
    withResources({ requests: { cpu: '500m', memory: '64Mi' }, limits: { cpu: '1', memory: '64Mi' } }),
  ),
  limit(
    'Q15-memory-ratio',
    withResources({ requests: { cpu: '1', memory: '64Mi' }, limits: { cpu: '1', memory: '1Gi' } }),
    QUOTA('limit to request ratio per Container'),
    withResources({ requests: { cpu: '1', memory: '64Mi' }, limits: { cpu: '1', memory: '128Mi' } }),
  ),
  {
    ...limit(
      'Q16-resized',
      patch(
        'pod',
        {
          spec: {
            containers: [{ name: 'main', resources: { requests: { cpu: '{cpu}000' }, limits: { cpu: '{cpu}000' } } }],
          },
        },
        'resize',
      ),
      QUOTA('maximum cpu usage per Container|exceeded quota'),
      patch(
        'pod',
        { spec: { containers: [{ name: 'main', resources: { requests: { cpu: '1' }, limits: { cpu: '1' } } }] } },
        'resize',
      ),
    ),
    route: 'strategic',
  },
  limit('Q18-ephemeral-resources', debug({ resources: { limits: { cpu: '1' } } }), API('resources'), debug({})),
  {
    ...limit('Q10-load-balancer', service({ type: 'LoadBalancer' }), QUOTA('exceeded quota: objects'), service({})),
    actor: 'platform',
  },
  {
    ...limit('Q10-node-port', service({ type: 'NodePort' }), QUOTA('exceeded quota: objects'), service({})),
    actor: 'platform',
  },
  limit(
    'S24-other-namespaces',
    affinity({ namespaces: ['{b-ns}'] }),
    QUOTA('exceeded quota: cross-namespace-affinity'),
    affinity({}),
  ),
  limit(
    'S24-all-namespaces',
    affinity({ namespaceSelector: {} }),
    QUOTA('exceeded quota: cross-namespace-affinity'),
    affinity({}),
  ),
  limit('S28-blocks-owner', owned(true), { by: 'plugin', says: 'blockOwnerDeletion' }, owned(false)),
  limit('N30-upper-case', ingress('API.{host-domain}'), API('lower case|lowercase'), ingress('{host}')),
  limit('N30-trailing-dot', ingress('{host}.'), API('RFC 1123|subdomain'), ingress('{host}')),
  limit('N30-homoglyph', ingress('\u0430pi.{host-domain}'), API('RFC 1123|subdomain'), ingress('{host}')),
  limit(
    'N31-mapped',
    service({ loadBalancerSourceRanges: ['::ffff:10.0.0.0/104'], type: 'LoadBalancer' }),
    API('IPv4-mapped'),
    service({}),
  ),
  limit('Q11-large', named('x'.repeat(MEBIBYTE + 1)), API('1048576'), named('x'.repeat(1024))),
  limit('W11-three-megabytes', named('x'.repeat(3 * MEBIBYTE + 200_000)), API('too large'), named('x'.repeat(1024))),
];
