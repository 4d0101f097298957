import type { Case } from './cases';
import { by, type Doc, namespace, of, tenant } from './platform';

const CONFIG = of('acme', 'v1', 'ConfigMap', 'a', { metadata: { namespace: 'acme-train' } });
const inside = (ns: string, apiVersion: string, kind: string, name: string, rest: Doc = {}) =>
  by('vault', apiVersion, kind, name, { metadata: { namespace: ns }, ...rest });
const meshed = (labels: Doc = { 'istio.io/dataplane-mode': 'ambient' }) =>
  by('vault', 'v1', 'Namespace', 'vault', { metadata: { labels } });
const strict = inside('vault', 'security.istio.io/v1', 'PeerAuthentication', 'default', {
  spec: { mtls: { mode: 'STRICT' } },
});
const closed = inside('vault', 'security.istio.io/v1', 'AuthorizationPolicy', 'default-deny', { spec: {} });
const modes = ['enforce', 'audit', 'warn'].map((mode) => `pod-security.kubernetes.io/${mode}`);
const component = (name: string, level: string, changes: Doc = {}) => {
  const levels = Object.fromEntries(
    modes.flatMap((label) => [
      [label, level],
      [`${label}-version`, 'v1.36'],
    ]),
  );
  return by(name, 'v1', 'Namespace', name, { metadata: { labels: { ...levels, ...changes } } });
};
const waypoint = (labels: Doc, gatewayClassName = 'istio-waypoint') =>
  of('acme', 'gateway.networking.k8s.io/v1', 'Gateway', 'waypoint', {
    metadata: { namespace: 'acme-train', labels },
    spec: { gatewayClassName },
  });
const entry = (labels: Doc) =>
  of('acme', 'networking.istio.io/v1', 'ServiceEntry', 'out', { metadata: { namespace: 'acme-train', labels } });
const onEntry = of('acme', 'security.istio.io/v1', 'AuthorizationPolicy', 'out', {
  metadata: { namespace: 'acme-train' },
  spec: { targetRefs: [{ group: 'networking.istio.io', kind: 'ServiceEntry', name: 'out' }] },
});

const onGateway = inside('vault', 'security.istio.io/v1', 'AuthorizationPolicy', 'callers', {
  spec: { targetRefs: [{ group: 'gateway.networking.k8s.io', kind: 'Gateway', name: 'eastwest' }] },
});

/** What namespaces must hold and must be labelled with. */
export const PRESENCE: readonly Case[] = [
  ...absent('DRN142', 'ResourceQuota', 'gpu', { hard: { 'requests.nvidia.com/gpu': '8' } }),
  ...absent('DRN143', 'ResourceQuota', 'storage', { hard: { persistentvolumeclaims: '10' } }),
  ...absent('DRN144', 'ResourceQuota', 'objects', { hard: { configmaps: '100' } }),
  ...absent('DRN145', 'ResourceQuota', 'affinity', { hard: { pods: '0' } }),
  ...absent('DRN146', 'LocalQueue', 'default', {}),
  ...absent('DRN168', 'ServiceAccount', 'default', {}).slice(0, 1),
  {
    rule: 'DRN168',
    where: 'the account mounts its token',
    fails: tenant('acme').map((doc) =>
      doc.kind === 'ServiceAccount' ? { ...doc, automountServiceAccountToken: true } : doc,
    ),
    at: 'Namespace acme-train',
    passes: tenant('acme'),
    silent: [CONFIG],
  },
  {
    rule: 'DRN142',
    where: 'the quota counts only some pods',
    fails: tenant('acme').map((doc) =>
      named(doc, 'ResourceQuota', 'gpu') ? { ...doc, spec: { ...Object(doc.spec), scopes: ['BestEffort'] } } : doc,
    ),
    passes: tenant('acme'),
    silent: [CONFIG],
  },
  ...[['DRN162', strict] as const, ['DRN163', closed] as const].map(
    ([rule, good]): Case => ({
      rule,
      where: 'a namespace of a component is in the mesh without it',
      fails: [meshed()],
      at: 'Namespace vault',
      passes: [meshed(), good],
      silent: [meshed({}), CONFIG],
    }),
  ),
  ...[...modes, ...modes.map((mode) => `${mode}-version`)].map(
    (label): Case => ({
      rule: 'DRN167',
      where: `the label ${label} of a component is missing`,
      fails: [component('vault', 'restricted', { [label]: undefined })],
      passes: [component('vault', 'restricted'), component('kueue-system', 'baseline')],
      silent: [namespace('acme', 'acme-train'), CONFIG],
    }),
  ),
  {
    rule: 'DRN167',
    where: 'a component other than the mesh is privileged',
    fails: [component('vault', 'privileged')],
    at: 'Namespace vault metadata.labels["pod-security.kubernetes.io/audit"]',
    passes: [component('istio-system', 'privileged')],
    silent: [CONFIG],
  },
  ...['istio.io/dataplane-mode', 'istio.io/use-waypoint', 'istio.io/ingress-use-waypoint'].map(
    (label): Case => ({
      rule: 'DRN169',
      where: `a tenant namespace is without ${label}`,
      fails: [namespace('acme', 'acme-train', { [label]: undefined })],
      at: `Namespace acme-train metadata.labels["${label}"]`,
      passes: [
        namespace('acme', 'acme-train'),
        namespace('beta', 'beta-train', {
          'istio.io/dataplane-mode': undefined,
          'istio.io/use-waypoint': undefined,
          'istio-injection': 'enabled',
        }),
      ],
      silent: [meshed({}), CONFIG],
    }),
  ),
  {
    rule: 'DRN173',
    where: 'a waypoint does not say what it is for',
    fails: [waypoint({})],
    passes: [waypoint({ 'istio.io/waypoint-for': 'service' })],
    silent: [waypoint({}, 'istio'), CONFIG],
  },
  {
    rule: 'DRN174',
    where: 'a namespace with policies of the mesh is outside it',
    fails: [meshed({}), strict],
    at: 'Namespace vault metadata.labels',
    passes: [meshed(), strict, closed],
    silent: [CONFIG, inside('istio-system', 'security.istio.io/v1', 'PeerAuthentication', 'default'), onGateway],
  },
  {
    rule: 'DRN178',
    where: 'a policy speaks of a service entry without a waypoint',
    fails: [entry({}), onEntry],
    at: 'AuthorizationPolicy acme-train/out spec.targetRefs[0]',
    passes: [entry({ 'istio.io/use-waypoint': 'egress' }), onEntry],
    silent: [entry({}), closed, CONFIG],
  },
];

/** The object is missing, or it is there and too weak to count. */
function absent(rule: string, kind: string, name: string, weak: Doc): readonly Case[] {
  const change = (how: (doc: Doc) => readonly Doc[]) =>
    tenant('acme').flatMap((doc) => (named(doc, kind, name) ? how(doc) : [doc]));
  const rest = { at: 'Namespace acme-train', passes: tenant('acme'), silent: [CONFIG] };
  return [
    { rule, where: `the ${kind} ${name} is missing`, fails: change(() => []), ...rest },
    { rule, where: `the ${kind} ${name} is too weak`, fails: change((doc) => [{ ...doc, spec: weak }]), ...rest },
  ];
}

function named(doc: Doc, kind: string, name: string): boolean {
  return doc.kind === kind && JSON.stringify(doc.metadata).includes(`"name":"${name}"`);
}
