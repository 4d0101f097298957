import type { Case } from './cases';
import { by, type Doc, deployment, namespace, of, tenant } from './platform';

const KUSTOMIZATION = { apiVersion: 'kustomize.config.k8s.io/v1beta1', kind: 'Kustomization', resources: ['a.yaml'] };
const map = (name: string, rest: Doc = {}) =>
  of('acme', 'v1', 'ConfigMap', name, { metadata: { namespace: 'acme-serve' }, ...rest });
const unowned = (labels: Doc) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'a', namespace: 'b', labels },
});
const MANAGED = { 'app.kubernetes.io/managed-by': 'drun-platform' };
const netpol = (spec: Doc) =>
  of('acme', 'networking.k8s.io/v1', 'NetworkPolicy', 'a', { metadata: { namespace: 'acme-serve' }, spec });
const route = (owner: string, ...hostnames: unknown[]) =>
  of(owner, 'gateway.networking.k8s.io/v1', 'HTTPRoute', 'web', {
    metadata: { namespace: `${owner}-serve` },
    spec: { hostnames },
  });
const env = (name: string, value: string) => deployment({ env: [{ name, value }] });
const text = (value: string) => map('settings', { data: { 'app.conf': value } });
const quota = (hard: Doc) =>
  of('acme', 'v1', 'ResourceQuota', 'q', { metadata: { namespace: 'acme-serve' }, spec: { hard } });
const needs = (memory: unknown, cpu: unknown = '1') => deployment({ resources: { limits: { cpu, memory } } });

/** Names, keys, texts and units. */
export const IDENTITY: readonly Case[] = [
  ...[
    { kind: 'Pod' },
    { apiVersion: 'v1', kind: 'Pod', metadata: { generateName: 'a-' } },
    { apiVersion: 'v1', metadata: 3 },
  ].map(
    (broken): Case => ({
      rule: 'DRN100',
      where: `an object is ${JSON.stringify(broken)}`,
      fails: [broken],
      passes: [map('a')],
      silent: [KUSTOMIZATION],
    }),
  ),
  ...[{}, MANAGED, { 'drun.io/tenant': 'acme' }, { ...MANAGED, 'drun.io/tenant': 'a', 'drun.io/component': 'b' }].map(
    (labels): Case => ({
      rule: 'DRN101',
      where: `its labels are ${JSON.stringify(labels)}`,
      fails: [unowned(labels)],
      passes: [map('a'), by('vault', 'v1', 'Namespace', 'vault')],
      silent: [KUSTOMIZATION],
    }),
  ),
  {
    rule: 'DRN102',
    where: 'a namespaced object names none',
    fails: [of('acme', 'v1', 'ConfigMap', 'a')],
    at: 'ConfigMap a metadata.namespace',
    passes: [map('a')],
    silent: [of('acme', 'example.com/v1', 'Widget', 'a')],
  },
  {
    rule: 'DRN102',
    where: 'a cluster-scoped object names one',
    fails: [of('acme', 'v1', 'Namespace', 'a', { metadata: { namespace: 'b' } })],
    passes: [namespace('acme', 'acme-train')],
    silent: [null],
  },
  {
    rule: 'DRN103',
    where: 'two objects differ in version only',
    fails: [of('acme', 'apps/v1', 'Deployment', 'a'), of('acme', 'apps/v1beta1', 'Deployment', 'a')],
    at: 'Deployment a',
    passes: [
      of('acme', 'apps/v1', 'Deployment', 'a'),
      of('acme', 'apps.example/v1', 'Deployment', 'a'),
      map('a'),
      of('acme', 'v1', 'ConfigMap', 'a', { metadata: { namespace: 'other' } }),
    ],
    silent: [KUSTOMIZATION],
  },
  ...[
    map('a', { data: { url: 'https://Calling [toString] on an [Output<T>] is not supported' } }),
    map('a', { data: { url: '[object Object]' } }),
    map('a', { data: { 'Calling [toString] on an [Output<T>]': { deep: 1 } } }),
    map('undefined'),
    map('app-undefined-x'),
    of('acme', 'v1', 'ConfigMap', 'a', { metadata: { labels: { app: 'web-NaN' } } }),
  ].map(
    (broken): Case => ({
      rule: 'DRN104',
      where: `a text is left over in ${JSON.stringify(broken).slice(60, 200)}`,
      fails: [broken],
      passes: [map('undefinedness', { data: { note: 'undefined behaviour of [object] and NaN' } })],
      silent: [{ ...KUSTOMIZATION, namePrefix: '[object Object]' }],
    }),
  ),
  {
    rule: 'DRN105',
    where: 'a key of a network policy is misspelt',
    fails: [netpol({ podSelectors: {} })],
    at: 'NetworkPolicy acme-serve/a spec.podSelectors',
    passes: [netpol({ podSelector: {} })],
    silent: [map('a', { podSelectors: {} })],
  },
  {
    rule: 'DRN105',
    where: 'a key stands at the wrong depth',
    fails: [netpol({ podSelector: {}, ingress: [{ from: [{ matchLabels: {} }] }] })],
    at: 'NetworkPolicy acme-serve/a spec.ingress[0].from[0].matchLabels',
    passes: [...tenant('acme')],
    silent: [null],
  },
  {
    rule: 'DRN105',
    where: 'an authorization policy says source for from',
    fails: [of('acme', 'security.istio.io/v1', 'AuthorizationPolicy', 'a', { spec: { rules: [{ source: {} }] } })],
    passes: [
      of('acme', 'security.istio.io/v1', 'AuthorizationPolicy', 'a', {
        spec: { action: 'DENY', rules: [{ from: [{ source: { notPrincipals: ['a'] } }] }] },
      }),
    ],
    silent: [of('acme', 'security.example/v1', 'AuthorizationPolicy', 'a', { spec: { rule: 1 } })],
  },
  ...[
    ['512m'],
    ['512mb'],
    ['512'],
    ['-1Gi'],
    ['4 Gi'],
    [{}],
    [null],
    ['1Gi', '64Gi'],
    ['1Gi', 'two'],
    ['1Gi', '500000'],
    [Number.NaN],
  ].map(
    ([memory, cpu]): Case => ({
      rule: 'DRN106',
      where: `limits are ${JSON.stringify({ memory, cpu })}`,
      fails: [needs(memory, cpu)],
      passes: [needs('512M', 0.5), needs('1.5Gi', '1500m'), needs('1e9', 2)],
      silent: [map('a'), deployment({ resources: {} })],
    }),
  ),
  {
    rule: 'DRN106',
    where: 'a quota counts half a device',
    fails: [quota({ 'requests.nvidia.com/gpu': '1500m' })],
    passes: [quota({ 'requests.nvidia.com/gpu': 8, pods: '50', 'limits.memory': '1Ti', 'requests.storage': '10Ti' })],
    silent: [quota({})],
  },
  {
    rule: 'DRN106',
    where: 'the quota of a queue is in the wrong unit',
    fails: [queue('512m')],
    passes: [queue('512Gi')],
    silent: [of('acme', 'kueue.x-k8s.io/v1beta2', 'ClusterQueue', 'acme', { spec: {} })],
  },
  ...[
    [tenants('acme1', 'acmel'), tenants('team-a', 'team-b')],
    [tenants('corn', 'com'), tenants('acme', 'beta')],
    [tenants('team-1', 'team1'), tenants('team-1', 'team-2')],
    [tenants('umbrella', 'umbrlela'), tenants('tenant-0012', 'tenant-0021')],
    [
      [route('acme', 'api.paypal.example'), route('beta', 'api.paypa1.example')],
      [route('acme', 'a.paypal.example', 'a.paypa1.example')],
    ],
    [
      [route('acme', 'api.раypal.example'), route('beta', 'api.paypal.example')],
      [route('acme', 'a.example'), route('beta', 'b.example')],
    ],
  ].map(
    ([fails = [], passes = []]): Case => ({
      rule: 'DRN107',
      where: `names look alike in ${fails.map((doc) => JSON.stringify(doc).slice(60, 110)).join()}`,
      fails,
      passes,
      silent: [map('acme1'), map('acmel')],
    }),
  ),
  ...[
    'API.acme.example',
    'api.acme.example.',
    'xn--80ak6aa92e.com',
    'аpi.example',
    'a_b.example',
    '',
    3,
    '10.0.0.1',
    `${'a'.repeat(64)}.example`,
    '-a.example',
  ].map(
    (host): Case => ({
      rule: 'DRN108',
      where: `a host is ${JSON.stringify(host)}`,
      fails: [route('acme', host)],
      at: 'HTTPRoute acme-serve/web spec.hostnames[0]',
      passes: [route('acme', 'api.acme.example', '*.acme.example')],
      silent: [route('acme'), map('api')],
    }),
  ),
  ...[
    text('-----BEGIN RSA PRIVATE KEY-----\nMIIE'),
    text('id = AKIAIOSFODNN7EXAMPLE'),
    text(`ghp_${'a1B2'.repeat(9)}`),
    text(`xoxb-${'1234567890'}-abc`),
    text(`hvs.${'CAESIJ12'.repeat(3)}`),
    text('eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2ln'),
    text('redis://admin:hunter2@redis:6379'),
    text('db:\n  password: hunter22\n  host: db'),
    text('host=db password=hunter22 sslmode=require'),
    env('DB_PASSWORD', 'x'),
    env('API_TOKEN', '9f8a7b6c5d4e3f2a1b0c9d8e'),
    deployment({ args: ['--password=hunter22'] }),
    of('acme', 'v1', 'ConfigMap', 'a', {
      metadata: { annotations: { 'example.com/api-key': '9f8a7b6c5d4e3f2a1b0c' } },
    }),
    map('a', { data: { 'client-secret': 'Zm9vYmFyYmF6cXV4MTIzNDU2' } }),
    { ...KUSTOMIZATION, secretGenerator: [{ literals: ['password=hunter22'] }] },
  ].map(
    (broken): Case => ({
      rule: 'DRN120',
      where: `a credential is in ${JSON.stringify(broken).slice(-70)}`,
      fails: [broken],
      passes: [
        env('DB_PASSWORD', '$(FROM_VAULT)'),
        env('DB_PASSWORD_FILE', '/vault/secrets/db'),
        env('MAX_TOKENS', '4096'),
        env('TOKENIZER', 'sentencepiece-v2-large-multilingual-2026'),
        deployment({ env: [{ name: 'DB_PASSWORD', valueFrom: { secretKeyRef: { name: 'db', key: 'password' } } }] }),
        text('password: $(DB_PASSWORD)\npassword_file: /run/x\nurl: https://user@host/a\nsecretName: db'),
        of('acme', 'v1', 'ConfigMap', 'a', {
          metadata: { annotations: { note: 'the password: must be changed by its owner' } },
        }),
      ],
      silent: [
        {
          apiVersion: 'apiextensions.k8s.io/v1',
          kind: 'CustomResourceDefinition',
          metadata: { name: 'a' },
          spec: { d: 'password: hunter22' },
        },
      ],
    }),
  ),
  {
    rule: 'DRN122',
    where: 'a Secret carries a value',
    fails: [of('acme', 'v1', 'Secret', 'a', { stringData: { a: 'b' } })],
    at: 'Secret a stringData["a"]',
    passes: [of('acme', 'v1', 'Secret', 'a', { type: 'Opaque' })],
    silent: [of('acme', 'example.com/v1', 'Secret', 'a', { data: { a: 'b' } })],
  },
  {
    rule: 'DRN110',
    where: 'a container has a tag',
    fails: [deployment({ image: 'nginx:1.27' })],
    at: 'Deployment acme-serve/web spec.template.spec.containers[0].image',
    passes: [deployment()],
    silent: [map('a', { image: 'nginx' })],
  },
];

function tenants(a: string, b: string): readonly Doc[] {
  return [namespace(a, `${a}-one`), namespace(b, `${b}-two`)];
}

function queue(nominalQuota: string): Doc {
  const flavors = [{ name: 'default', resources: [{ name: 'memory', nominalQuota }] }];
  return of('acme', 'kueue.x-k8s.io/v1beta2', 'ClusterQueue', 'acme', {
    spec: { resourceGroups: [{ coveredResources: ['memory'], flavors }] },
  });
}
