import type { ClusterNetworkFacts, DeclaredPath } from '../../analysis/network';
import { recordAt } from '../../constructs/core/json';
import { type Manifest, objectLabel } from '../../constructs/core/manifest';

/** An object with fields under `spec`. */
export interface SpecManifest extends Manifest {
  readonly spec: object;
}

export const FACTS: ClusterNetworkFacts = {
  podCidrs: ['10.0.0.0/14', 'fd00:10::/56'],
  serviceCidrs: ['10.96.0.0/16'],
  nodeCidrs: ['172.16.0.0/16'],
  apiServerCidrs: ['10.96.0.1/32', '172.31.0.10/32'],
  apiServerPorts: [443, 6443],
  metadataCidrs: ['169.254.169.254/32', 'fd00:ec2::254/128'],
  trustDomain: 'cluster.local',
};

/** One tenant of a population; `callers` and `callees` are the tenants it agreed paths with, on TCP 8443. */
export interface TenantShape {
  readonly name: string;
  readonly namespaces?: readonly string[];
  readonly mesh?: 'ambient' | 'sidecar' | 'none';
  readonly callers?: readonly string[];
  readonly callees?: readonly string[];
  readonly uses?: readonly string[];
}

const ANYWHERE = ['0.0.0.0/0', '::/0'];
const TENANTS = { matchExpressions: [{ key: 'drun.io/tenant', operator: 'Exists' }] };

/** An object of the given kind, as plain data. */
export function object(
  apiVersion: string,
  kind: string,
  at: string,
  spec: object,
  labels: Record<string, string> = {},
): SpecManifest {
  const [name = '', namespace] = at.split('/').reverse();
  return { apiVersion, kind, metadata: { name, labels, ...(namespace === undefined ? {} : { namespace }) }, spec };
}

export const networkPolicy = (at: string, spec: object) => object('networking.k8s.io/v1', 'NetworkPolicy', at, spec);
export const adminPolicy = (name: string, spec: object) =>
  object('policy.networking.k8s.io/v1alpha2', 'ClusterNetworkPolicy', name, spec);
export const authorization = (at: string, spec: object) =>
  object('security.istio.io/v1', 'AuthorizationPolicy', at, spec);
export const peerAuthentication = (at: string, mode: string) =>
  object('security.istio.io/v1', 'PeerAuthentication', at, { mtls: { mode } });

/** A namespace with the labels. */
export function namespace(name: string, labels: Record<string, string>): Manifest {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } };
}

/** Platform-wide objects: admin policies that close metadata, API server, nodes and the outside, and a few namespaces. */
export function platformObjects(): readonly Manifest[] {
  const egress = (name: string, priority: number, rules: readonly object[]) =>
    adminPolicy(name, { tier: 'Admin', priority, subject: { namespaces: TENANTS }, egress: rules });
  const deny = (to: object) => ({ action: 'Deny', to: [to] });
  return [
    egress('tenants-no-metadata', 10, [deny({ networks: FACTS.metadataCidrs })]),
    egress('tenants-no-api-server', 20, [deny({ networks: FACTS.apiServerCidrs })]),
    egress('tenants-no-nodes', 30, [deny({ networks: FACTS.nodeCidrs }), deny({ nodes: {} })]),
    egress('tenants-no-outside', 900, [{ action: 'Pass', to: [{ namespaces: {} }] }, deny({ networks: ANYWHERE })]),
    ...['vault', 'drun-models', 'drun-egress'].flatMap((name) => [
      namespace(name, { 'drun.io/component': name }),
      networkPolicy(`${name}/default-deny`, { podSelector: {}, policyTypes: ['Ingress', 'Egress'] }),
      networkPolicy(`${name}/callers`, { podSelector: {}, ingress: [{ from: [{ namespaceSelector: TENANTS }] }] }),
    ]),
  ];
}

/** Every object of one tenant, closed both ways but for what it agreed to. */
export function tenantObjects(shape: TenantShape): readonly Manifest[] {
  const { name, namespaces = ['serve'] } = shape;
  return [
    adminPolicy(`tenant-${name}`, tenantAdminSpec(shape)),
    ...namespaces.flatMap((suffix) => namespaceObjects(shape, `${name}-${suffix}`)),
  ];
}

function tenantAdminSpec({ name, mesh = 'ambient', callers = [], callees = [] }: TenantShape): object {
  const protocols = [{ tcp: { destinationPort: { number: wirePort(mesh) } } }];
  const pass = (field: 'from' | 'to', peer: string) => ({ action: 'Pass', [field]: [of(peer)], protocols });
  const others = {
    matchExpressions: [...TENANTS.matchExpressions, { key: 'drun.io/tenant', operator: 'NotIn', values: [name] }],
  };
  return {
    tier: 'Admin',
    priority: 500,
    subject: { namespaces: { matchLabels: { 'drun.io/tenant': name } } },
    ingress: [...callers.map((peer) => pass('from', peer)), { action: 'Deny', from: [{ namespaces: others }] }],
    egress: [...callees.map((peer) => pass('to', peer)), { action: 'Deny', to: [{ namespaces: others }] }],
  };
}

function namespaceObjects({ name, mesh = 'ambient', callers = [], callees = [], uses = [] }: TenantShape, ns: string) {
  const ports = [{ port: wirePort(mesh) }];
  const selector = (tenant: string) => ({ namespaceSelector: { matchLabels: { 'drun.io/tenant': tenant } } });
  const dns = { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } } };
  const labels = Object.fromEntries(uses.map((service) => [`drun.io/uses-${service}`, 'true']));
  return [
    namespace(ns, { 'drun.io/tenant': name, 'drun.io/trust': 'standard', ...meshLabels(mesh), ...labels }),
    networkPolicy(`${ns}/default-deny`, { podSelector: {}, policyTypes: ['Ingress', 'Egress'] }),
    networkPolicy(`${ns}/allow-dns`, {
      podSelector: {},
      policyTypes: ['Egress'],
      egress: [{ to: [dns], ports: [{ port: 53, protocol: 'UDP' }] }],
    }),
    networkPolicy(`${ns}/allow-within`, {
      podSelector: {},
      ingress: [{ from: [selector(name)] }],
      egress: [{ to: [selector(name)] }],
    }),
    ...callers.map((peer) =>
      networkPolicy(`${ns}/from-${peer}`, { podSelector: {}, ingress: [{ from: [selector(peer)], ports }] }),
    ),
    ...callees.map((peer) =>
      networkPolicy(`${ns}/to-${peer}`, {
        podSelector: {},
        policyTypes: ['Egress'],
        egress: [{ to: [selector(peer)], ports }],
      }),
    ),
    ...(mesh === 'none' ? [] : meshObjects(name, mesh, callers, ns)),
  ];
}

function meshObjects(
  name: string,
  mesh: 'ambient' | 'sidecar',
  callers: readonly string[],
  ns: string,
): readonly Manifest[] {
  const waypoint = [{ group: 'gateway.networking.k8s.io', kind: 'Gateway', name: 'waypoint' }];
  const own = { from: [{ source: { namespaces: [`${name}-serve`, `${name}-train`] } }] };
  const from = (peer: string) => ({
    from: [{ source: { namespaces: [`${peer}-serve`, `${peer}-train`] } }],
    to: [{ operation: { ports: ['8443'] } }],
  });
  return [
    peerAuthentication(`${ns}/default`, 'STRICT'),
    authorization(`${ns}/default-deny`, {}),
    authorization(`${ns}/allow-within`, { rules: [own] }),
    ...callers.map((peer) => authorization(`${ns}/from-${peer}`, { rules: [from(peer)] })),
    ...(mesh === 'sidecar'
      ? []
      : [
          object('gateway.networking.k8s.io/v1', 'Gateway', `${ns}/waypoint`, { gatewayClassName: 'istio-waypoint' }),
          authorization(`${ns}/waypoint-default-deny`, { targetRefs: waypoint }),
          ...callers.map((peer) =>
            authorization(`${ns}/waypoint-from-${peer}`, { targetRefs: waypoint, rules: [from(peer)] }),
          ),
        ]),
  ];
}

function of(tenant: string): object {
  return { namespaces: { matchLabels: { 'drun.io/tenant': tenant } } };
}

function wirePort(mesh: NonNullable<TenantShape['mesh']>): number {
  return mesh === 'ambient' ? 15_008 : 8443;
}

function meshLabels(mesh: NonNullable<TenantShape['mesh']>): Record<string, string> {
  if (mesh === 'none') return {};
  return mesh === 'ambient'
    ? { 'istio.io/dataplane-mode': 'ambient', 'istio.io/use-waypoint': 'waypoint' }
    : { 'istio-injection': 'enabled' };
}

/** Two tenants, acme and beta, of which acme may call beta on TCP 8443, and a third that agreed to nothing. */
export function threeTenants(mesh: NonNullable<TenantShape['mesh']> = 'ambient'): readonly Manifest[] {
  return [
    ...platformObjects(),
    ...tenantObjects({ name: 'acme', mesh, callees: ['beta'] }),
    ...tenantObjects({ name: 'beta', mesh, callers: ['acme'] }),
    ...tenantObjects({ name: 'gamma', mesh }),
  ];
}

export const ACME_TO_BETA: readonly DeclaredPath[] = [
  { from: 'acme', to: 'beta', namespace: 'beta-serve', ports: [8443] },
];

/** `count` tenants of two namespaces each, where every second tenant may call the next one. */
export function population(count: number): {
  readonly objects: readonly Manifest[];
  readonly declared: readonly DeclaredPath[];
} {
  const name = (index: number) => `tenant-${String(index).padStart(3, '0')}`;
  const indices = Array.from({ length: count }, (_, index) => index);
  const callers = indices.filter((index) => index % 2 === 0 && index + 1 < count);
  const tenants = indices.flatMap((index) =>
    tenantObjects({
      name: name(index),
      namespaces: ['serve', 'train'],
      callees: callers.includes(index) ? [name(index + 1)] : [],
      callers: callers.includes(index - 1) ? [name(index - 1)] : [],
    }),
  );
  const declared = callers.map((index) => ({ from: name(index), to: name(index + 1), ports: [8443] }));
  return { objects: [...platformObjects(), ...tenants], declared };
}

/** The objects without the one so labelled; throws where there is none, so that a mutation is never empty. */
export function without(objects: readonly Manifest[], label: string): readonly Manifest[] {
  const rest = objects.filter((item) => objectLabel(item) !== label);
  if (rest.length === objects.length) throw new Error(`no object ${label}`);
  return rest;
}

/** The objects with the spec of one changed; throws where there is none. */
export function respec(
  objects: readonly Manifest[],
  label: string,
  change: (spec: Record<string, unknown>) => object,
): readonly Manifest[] {
  if (!objects.some((item) => objectLabel(item) === label)) throw new Error(`no object ${label}`);
  return objects.map((item) =>
    objectLabel(item) === label ? { ...item, spec: change({ ...recordAt(item, 'spec') }) } : item,
  );
}

/** The objects with the labels of one namespace changed. */
export function relabel(
  objects: readonly Manifest[],
  name: string,
  change: (labels: Record<string, string>) => Record<string, string>,
): readonly Manifest[] {
  return objects.map((item) =>
    objectLabel(item) === `Namespace ${name}`
      ? { ...item, metadata: { ...item.metadata, labels: change({ ...item.metadata.labels }) } }
      : item,
  );
}
