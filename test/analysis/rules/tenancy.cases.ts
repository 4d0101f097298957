import type { ClusterRanges } from '../../../constructs/core/rule';
import type { Case } from './cases';
import { by, type Doc, namespace, of, tenant } from './platform';

const CONFIG = of('acme', 'v1', 'ConfigMap', 'a', { metadata: { namespace: 'acme-train' } });
const inside = (owner: string, apiVersion: string, kind: string, name: string, rest: Doc = {}) =>
  of(owner, apiVersion, kind, name, { metadata: { namespace: `${owner}-train` }, ...rest });
const shared = (owner: string, other: string, apiVersion: string, kind: string, rest: Doc) =>
  of(owner, apiVersion, kind, 'x', {
    metadata: { namespace: `${owner}-train`, annotations: { 'drun.io/shared-with': other } },
    ...rest,
  });
const queue = (owner: string, clusterQueue: string) =>
  inside(owner, 'kueue.x-k8s.io/v1beta2', 'LocalQueue', 'default', { spec: { clusterQueue } });
const POLICY = 'policy.drun.io/v1';
const pool = (owner: string, name: string) =>
  inside(owner, POLICY, 'TenantPolicy', 'tenant', { spec: { tenant: owner, pool: name } });
const hosts = (owner: string, ...names: string[]) =>
  inside(owner, POLICY, 'TenantPolicy', 'tenant', { spec: { tenant: owner, hosts: names } });
const route = (owner: string, host: string) =>
  inside(owner, 'gateway.networking.k8s.io/v1', 'HTTPRoute', 'web', { spec: { hostnames: [host] } });
const secret = (owner: string, path: string) =>
  inside(owner, 'secrets.hashicorp.com/v1beta1', 'VaultStaticSecret', 'db', { spec: { mount: 'kv', path } });
const external = (owner: string, key: string) =>
  inside(owner, 'external-secrets.io/v1', 'ExternalSecret', 'db', { spec: { data: [{ remoteRef: { key } }] } });
const cluster = (
  name: string,
  podCidrs: string[],
  serviceCidrs = ['10.96.0.0/16'],
  nodeCidrs = ['192.168.0.0/16'],
): ClusterRanges => {
  return { cluster: name, podCidrs, serviceCidrs, nodeCidrs };
};
const quota = (hard: Doc, rest: Doc = {}) =>
  inside('acme', 'v1', 'ResourceQuota', 'compute', { spec: { hard, ...rest } });
const limits = (item: Doc) =>
  inside('acme', 'v1', 'LimitRange', 'limits', { spec: { limits: [{ type: 'Container', ...item }] } });
const schedule = (cron: unknown, rpo: unknown, spec: Doc = {}) =>
  by('backup', 'velero.io/v1', 'Schedule', 'daily', {
    metadata: { namespace: 'velero', annotations: rpo === undefined ? {} : { 'drun.io/rpo': rpo } },
    spec: { schedule: cron, ...spec },
  });
const without = (kind: string, name: string, change: (doc: Doc) => readonly Doc[] = () => []) =>
  tenant('acme').flatMap((doc) =>
    doc.kind === kind && JSON.stringify(doc).includes(`"name":"${name}"`) ? change(doc) : [doc],
  );
/** Ownership, quotas, recovery and presence. */
export const TENANCY: readonly Case[] = [
  {
    rule: 'DRN130',
    where: 'two tenants use one queue',
    fails: [queue('acme', 'acme'), queue('beta', 'acme')],
    at: 'LocalQueue acme-train/default spec.clusterQueue',
    passes: [queue('acme', 'acme'), queue('beta', 'beta')],
    silent: [CONFIG],
  },
  {
    rule: 'DRN130',
    where: 'only one side declares the sharing',
    fails: [
      shared('acme', 'beta', 'kueue.x-k8s.io/v1beta2', 'LocalQueue', { spec: { clusterQueue: 'q' } }),
      queue('beta', 'q'),
    ],
    passes: [
      shared('acme', 'beta', 'kueue.x-k8s.io/v1beta2', 'LocalQueue', { spec: { clusterQueue: 'q' } }),
      shared('beta', 'acme', 'kueue.x-k8s.io/v1beta2', 'LocalQueue', { spec: { clusterQueue: 'q' } }),
    ],
    silent: [CONFIG],
  },
  {
    rule: 'DRN130',
    where: 'a tenant owns the queue that another uses',
    fails: [of('acme', 'kueue.x-k8s.io/v1beta2', 'ClusterQueue', 'q'), queue('beta', 'q')],
    passes: [by('kueue', 'kueue.x-k8s.io/v1beta2', 'ClusterQueue', 'q'), queue('acme', 'q'), queue('beta', 'q')],
    silent: [CONFIG],
  },
  {
    rule: 'DRN131',
    where: 'two tenants have one dedicated pool',
    fails: [pool('acme', 'gold'), pool('beta', 'gold')],
    passes: [
      pool('acme', 'acme'),
      pool('beta', 'shared'),
      pool('gamma', 'shared'),
      by('gpu', 'karpenter.sh/v1', 'NodePool', 'acme', {
        spec: { template: { metadata: { labels: { 'drun.io/pool': 'acme' } } } },
      }),
    ],
    silent: [CONFIG],
  },
  {
    rule: 'DRN132',
    where: 'a tenant routes the host of another',
    fails: [hosts('acme', 'api.acme.example'), route('beta', 'api.acme.example')],
    passes: [
      hosts('acme', 'api.acme.example'),
      route('acme', 'api.acme.example'),
      by('ingress', 'networking.istio.io/v1', 'Gateway', 'edge', {
        spec: { servers: [{ hosts: ['drun/api.acme.example'] }] },
      }),
    ],
    silent: [CONFIG],
  },
  {
    rule: 'DRN132',
    where: 'a wildcard covers the host of another',
    fails: [hosts('acme', '*.acme.example'), route('beta', 'api.acme.example')],
    at: 'HTTPRoute beta-train/web spec.hostnames[0]',
    passes: [hosts('acme', '*.acme.example'), route('acme', 'api.acme.example')],
    silent: [CONFIG],
  },
  {
    rule: 'DRN132',
    where: 'case and a dot hide the same host',
    fails: [hosts('acme', 'api.acme.example'), route('beta', 'API.acme.example.')],
    passes: [hosts('acme', 'api.acme.example'), route('beta', 'api.beta.example')],
    silent: [CONFIG],
  },
  {
    rule: 'DRN121',
    where: 'two tenants read one secret',
    fails: [secret('acme', 'shared/db'), external('beta', 'kv/data/shared/../shared/db')],
    passes: [secret('acme', 'acme/db'), external('beta', 'kv/beta/db')],
    silent: [CONFIG],
  },
  {
    rule: 'DRN121',
    where: 'a pod has a path of another injected',
    fails: [secret('acme', 'acme/db'), inject('beta', 'kv/data/acme/db')],
    passes: [secret('acme', 'acme/db'), inject('beta', 'kv/data/beta/db')],
    silent: [CONFIG],
  },
  ...[
    [cluster('eu', ['10.0.0.0/16'], ['10.0.128.0/20'])],
    [cluster('eu', ['10.0.0.0/16']), cluster('us', ['10.0.0.0/17'], ['10.97.0.0/16'], ['192.0.0.0/24'])],
    [cluster('eu', ['fd00::/48', 'fd00:0:0:1::/64'])],
    [cluster('eu', ['10.0.0.1/16'])],
    [cluster('eu', ['10.0.0/16'])],
  ].map(
    (fails): Case => ({
      rule: 'DRN133',
      where: `ranges are ${JSON.stringify(fails).slice(0, 110)}`,
      fails: [],
      passes: [],
      silent: [CONFIG],
      facts: {
        fails,
        passes: [
          cluster('eu', ['10.0.0.0/16', 'fd00::/64']),
          cluster('us', ['10.1.0.0/16', 'fd00:0:0:1::/64'], ['10.96.0.0/16'], ['192.169.0.0/16']),
        ],
      },
    }),
  ),
  {
    rule: 'DRN140',
    where: 'one container may have more than the quota',
    fails: [quota({ 'limits.memory': '64Gi' }), limits({ max: { memory: '128Gi' } })],
    at: 'LimitRange acme-train/limits spec.limits[0].max["memory"]',
    passes: [quota({ 'limits.memory': '128Gi' }), limits({ max: { memory: '131072Mi' } })],
    silent: [CONFIG],
  },
  {
    rule: 'DRN140',
    where: 'a device is in the range but not in the quota',
    fails: [quota({ 'requests.nvidia.com/gpu': '4' }), limits({ max: { 'nvidia.com/gpu': 8 } })],
    passes: [
      quota({ 'requests.nvidia.com/gpu': '4' }),
      quota({ pods: '0', 'requests.nvidia.com/gpu': '0' }, { scopes: ['BestEffort'] }),
      limits({ max: { 'nvidia.com/gpu': 4 } }),
    ],
    silent: [CONFIG],
  },
  {
    rule: 'DRN141',
    where: 'the default is above the maximum',
    fails: [limits({ default: { cpu: '2' }, max: { cpu: '1500m' } })],
    at: 'LimitRange acme-train/limits spec.limits[0].max["cpu"]',
    passes: [limits({ min: { cpu: '100m' }, default: { cpu: 1 }, max: { cpu: '1000m' } })],
    silent: [CONFIG],
  },
  {
    rule: 'DRN141',
    where: 'the minimum is above the default',
    fails: [limits({ min: { memory: '1Gi' }, default: { memory: '512Mi' } })],
    passes: [limits({ min: { memory: '1Mi' }, default: { memory: '512Mi' } })],
    silent: [inside('acme', 'v1', 'LimitRange', 'limits', { spec: {} })],
  },
  ...[
    ['0 0 * * 0', '24h'],
    ['0 0 29 2 *', '24h'],
    ['@weekly', '6d'],
    ['@every 25h', '24h'],
    ['0 0 31 * *', '31d'],
    ['CRON_TZ=UTC 0 * * * *', '24h'],
    ['hourly', '24h'],
    ['0 25 * * *', '24h'],
    [undefined, '24h'],
    ['0 0 * * *', 'a day'],
    ['0 0 * * *', 24],
  ].map(
    ([cron, rpo]): Case => ({
      rule: 'DRN150',
      where: `the schedule is ${JSON.stringify(cron)} for ${JSON.stringify(rpo)}`,
      fails: [schedule(cron, rpo)],
      passes: [
        schedule('0 2 * * *', '24h'),
        schedule('*/15 * * * *', '15m'),
        schedule('0 3 * * 1-5', '72h'),
        schedule('@every 1h30m', '2h'),
        schedule('0 0 1,15 * MON', '7d'),
      ],
      silent: [schedule('0 0 * * *', undefined), CONFIG],
    }),
  ),
  {
    rule: 'DRN150',
    where: 'the schedule is paused',
    fails: [schedule('0 * * * *', '24h', { paused: true })],
    passes: [schedule('0 * * * *', '24h', { paused: false })],
    silent: [CONFIG],
  },
  ...[
    'pod-security.kubernetes.io/enforce',
    'pod-security.kubernetes.io/audit',
    'pod-security.kubernetes.io/warn',
    'pod-security.kubernetes.io/enforce-version',
    'pod-security.kubernetes.io/audit-version',
    'pod-security.kubernetes.io/warn-version',
    'drun.io/trust',
  ].map(
    (label): Case => ({
      rule: 'DRN160',
      where: `the label ${label} is weak`,
      fails: [namespace('acme', 'acme-train', { [label]: 'baseline' })],
      passes: [namespace('acme', 'acme-train')],
      silent: [by('vault', 'v1', 'Namespace', 'vault')],
    }),
  ),
  ...presence('DRN161', 'NetworkPolicy', 'default-deny', { podSelector: {}, policyTypes: ['Ingress'] }),
  ...presence('DRN162', 'PeerAuthentication', 'default', { mtls: { mode: 'PERMISSIVE' } }),
  ...presence('DRN163', 'AuthorizationPolicy', 'default-deny', { rules: [{}] }),
  ...presence('DRN164', 'TenantPolicy', 'tenant', { tenant: 'beta' }),
  ...presence('DRN165', 'ResourceQuota', 'compute', { hard: { pods: '50' } }),
  ...presence('DRN166', 'LimitRange', 'limits', { limits: [{ type: 'Pod' }] }),
  {
    rule: 'DRN161',
    where: 'a namespace of a component has none',
    fails: [by('vault', 'v1', 'Namespace', 'vault')],
    at: 'Namespace vault',
    passes: [
      by('vault', 'v1', 'Namespace', 'vault'),
      by('vault', 'networking.k8s.io/v1', 'NetworkPolicy', 'deny', {
        metadata: { namespace: 'vault' },
        spec: { podSelector: {}, policyTypes: ['Egress', 'Ingress'] },
      }),
    ],
    silent: [CONFIG],
  },
];

/** The object is missing, or it is there and too weak to count. */
function presence(rule: string, kind: string, name: string, weak: Doc): readonly Case[] {
  const silent = [CONFIG];
  const passes = tenant('acme');
  return [
    { rule, where: `the ${kind} is missing`, fails: without(kind, name), at: 'Namespace acme-train', passes, silent },
    {
      rule,
      where: `the ${kind} is too weak`,
      fails: without(kind, name, (doc) => [{ ...doc, spec: weak }]),
      passes,
      silent,
    },
  ];
}

function inject(owner: string, path: string): Doc {
  const annotations = { 'vault.hashicorp.com/agent-inject-secret-db': path };
  return inside(owner, 'apps/v1', 'Deployment', 'web', {
    spec: { template: { metadata: { annotations }, spec: { containers: [] } } },
  });
}
