import { Construct } from 'constructs';
import { type ClusterFacts, clusterFactsOf } from '../core/cluster-facts';
import { satisfiesAll } from '../core/control';
import { LABEL } from '../core/labels';
import { manifest, type Namespace, type NetworkPolicy } from '../core/manifest';
import { HBONE_PORT, PLATFORM_NAMESPACE, PLATFORM_SERVICES, servicePorts } from '../core/platform-service';
import { PRIVATE_NETWORKS } from '../core/private-networks';
import { stampFor } from '../core/stamp';

const CONTROLS = {
  'NET-4': 'every namespace the platform owns is closed both ways and opened only for what its component needs',
  'CTR-3': 'platform namespaces are held to Pod Security too; only the mesh’s node agents are privileged',
} as const;

/** One thing a component needs from the network, in the component's own words. */
type Need =
  | { readonly need: 'dns' }
  | { readonly need: 'api-server' }
  | { readonly need: 'mesh' }
  /** The API server calls the component's webhooks on this port. */
  | { readonly need: 'webhook'; readonly port: number }
  /** Tenants that declared the service call it; their namespaces carry its label. */
  | { readonly need: 'callers'; readonly service: string; readonly ports: readonly number[] }
  /** Every workload of the mesh calls it. */
  | { readonly need: 'everyone'; readonly port: number }
  /** Other namespaces of the platform call it. */
  | { readonly need: 'platform'; readonly ports: readonly number[] }
  /** It calls the tenants that accept public traffic. */
  | { readonly need: 'tenants' }
  /** The outside world calls it. */
  | { readonly need: 'public'; readonly port: number }
  /** It calls Vault. */
  | { readonly need: 'vault' }
  /** It calls the outside world, never the inside of the cluster. */
  | { readonly need: 'internet' };

/** A namespace of the platform and what its component needs. */
export interface PlatformNamespace {
  readonly name: string;
  readonly podSecurity: 'restricted' | 'privileged';
  readonly ambient: boolean;
  readonly needs: readonly Need[];
}

const { vault, telemetry, models } = PLATFORM_SERVICES;

/** Small named defaults that feed one generator: a new component is a row. */
export const NAMESPACES: readonly PlatformNamespace[] = [
  {
    name: PLATFORM_NAMESPACE.system,
    podSecurity: 'restricted',
    ambient: true,
    needs: [{ need: 'dns' }, { need: 'api-server' }],
  },
  {
    name: PLATFORM_NAMESPACE.ingress,
    podSecurity: 'restricted',
    // A gateway speaks the mesh's protocol itself; captured by it, callers from outside would be refused for want of an identity.
    ambient: false,
    needs: [{ need: 'dns' }, { need: 'mesh' }, { need: 'public', port: 8443 }, { need: 'tenants' }],
  },
  {
    name: PLATFORM_NAMESPACE.egress,
    podSecurity: 'restricted',
    ambient: true,
    needs: [
      { need: 'dns' },
      { need: 'mesh' },
      { need: 'callers', service: 'egress', ports: [HBONE_PORT] },
      { need: 'internet' },
    ],
  },
  {
    name: telemetry.namespace,
    podSecurity: 'restricted',
    ambient: true,
    needs: [
      { need: 'dns' },
      { need: 'mesh' },
      { need: 'callers', service: 'telemetry', ports: servicePorts(telemetry) },
    ],
  },
  {
    name: models.namespace,
    podSecurity: 'restricted',
    ambient: true,
    needs: [{ need: 'dns' }, { need: 'mesh' }, { need: 'callers', service: 'models', ports: servicePorts(models) }],
  },
  {
    name: vault.namespace,
    podSecurity: 'restricted',
    ambient: false,
    needs: [
      { need: 'dns' },
      { need: 'api-server' },
      { need: 'callers', service: 'vault', ports: servicePorts(vault) },
      { need: 'platform', ports: [vault.port, 8201] },
    ],
  },
  {
    name: PLATFORM_NAMESPACE.mesh,
    podSecurity: 'privileged',
    ambient: false,
    needs: [
      { need: 'dns' },
      { need: 'api-server' },
      { need: 'webhook', port: 15017 },
      { need: 'everyone', port: 15012 },
    ],
  },
  {
    name: PLATFORM_NAMESPACE.queue,
    podSecurity: 'restricted',
    ambient: false,
    needs: [{ need: 'dns' }, { need: 'api-server' }, { need: 'webhook', port: 9443 }],
  },
];

/** What a region among several has besides: the door to the others, and who asks Vault for the mesh's certificate. */
const ACROSS: readonly PlatformNamespace[] = [
  {
    name: PLATFORM_NAMESPACE.eastWest,
    podSecurity: 'restricted',
    ambient: false,
    // Who calls it, and whom it calls, the gateway says itself.
    needs: [{ need: 'dns' }, { need: 'mesh' }],
  },
  {
    name: PLATFORM_NAMESPACE.certificates,
    podSecurity: 'restricted',
    ambient: false,
    needs: [
      { need: 'dns' },
      { need: 'api-server' },
      { need: 'webhook', port: 10250 },
      { need: 'vault' },
      { need: 'internet' },
    ],
  },
];

/** What a region's place among others asks of its namespaces. */
export interface PlatformNamespacesProps {
  /** Network of the region's pods in a mesh of several regions. @default - the region stands alone */
  readonly network?: string;
}

/** The platform's own namespaces, closed by default and opened by need. */
export class PlatformNamespaces extends Construct {
  constructor(scope: Construct, id: string, { network }: PlatformNamespacesProps = {}) {
    super(scope, id);
    satisfiesAll(this, CONTROLS);
    const facts = clusterFactsOf(this);
    // Istio reads the network of a whole cluster from the label of its root namespace.
    const root = network === undefined ? {} : { 'topology.istio.io/network': network };
    for (const namespace of [...NAMESPACES, ...(network === undefined ? [] : ACROSS)]) {
      place(this, namespace, facts, namespace.name === PLATFORM_NAMESPACE.mesh ? root : {});
    }
  }
}

type PolicySpec = NonNullable<NetworkPolicy['spec']>;

const WITHIN: PolicySpec = {
  podSelector: {},
  policyTypes: ['Ingress', 'Egress'],
  ingress: [{ from: [{ podSelector: {} }] }],
  egress: [{ to: [{ podSelector: {} }] }],
};

function place(
  scope: Construct,
  { name, podSecurity, ambient, needs }: PlatformNamespace,
  facts: ClusterFacts,
  labels: Readonly<Record<string, string>>,
): void {
  const stamp = stampFor({ component: name }, CONTROLS);
  manifest<Namespace>(scope, name, {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: stamp(name, undefined, {
      ...securityLabels(podSecurity, `v${facts.kubernetes}`),
      ...(ambient ? { 'istio.io/dataplane-mode': 'ambient' } : {}),
      ...labels,
    }),
  });
  const policies: readonly (readonly [string, PolicySpec])[] = [
    ['default-deny', { podSelector: {}, policyTypes: ['Ingress', 'Egress'] }],
    ...needs.map((need) => [`allow-${need.need}`, policySpec(need, facts)] as const),
    ['allow-within', WITHIN],
  ];
  for (const [id, policy] of policies) {
    manifest<NetworkPolicy>(scope, `${name}-${id}`, {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: stamp(id, name),
      spec: policy,
    });
  }
}

const KUBE_DNS = {
  namespaceSelector: byName('kube-system'),
  podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } },
};
const DNS_PORTS = [
  { protocol: 'UDP', port: 53 },
  { protocol: 'TCP', port: 53 },
];

function policySpec(need: Need, facts: ClusterFacts): PolicySpec {
  switch (need.need) {
    case 'dns':
      return egress([KUBE_DNS], { ports: DNS_PORTS });
    case 'api-server':
      return egress(
        facts.apiServerCidrs.map((cidr) => ({ ipBlock: { cidr } })),
        { ports: tcp(443, 6443) },
      );
    case 'mesh':
      return egress([{ namespaceSelector: byName(PLATFORM_NAMESPACE.mesh) }], { ports: tcp(15012) });
    case 'webhook':
      return ingress(
        [...facts.apiServerCidrs, ...facts.nodeCidrs].map((cidr) => ({ ipBlock: { cidr } })),
        { ports: tcp(need.port) },
      );
    case 'callers':
      return ingress([{ namespaceSelector: { matchLabels: { [`${LABEL.usesPrefix}${need.service}`]: 'true' } } }], {
        ports: tcp(...need.ports),
      });
    case 'everyone':
      return ingress([{ namespaceSelector: {} }], { ports: tcp(need.port) });
    case 'platform':
      return ingress([{ namespaceSelector: exists(LABEL.component) }], { ports: tcp(...need.ports) });
    case 'tenants':
      return egress([{ namespaceSelector: exists(LABEL.tenant) }], {});
    case 'public':
      return ingress([{ ipBlock: { cidr: '0.0.0.0/0' } }, { ipBlock: { cidr: '::/0' } }], { ports: tcp(need.port) });
    case 'vault':
      return egress([{ namespaceSelector: byName(vault.namespace) }], { ports: tcp(vault.port) });
    case 'internet':
      return egress([outside(facts)], { ports: tcp(443) });
  }
}

/** The internet without the cluster's own ranges and without private networks (RFC 1918, 6598, 3927). */
function outside({ podCidrs, serviceCidrs, nodeCidrs }: ClusterFacts): Peer {
  const inside = [...podCidrs, ...serviceCidrs, ...nodeCidrs].filter((cidr) => !cidr.includes(':'));
  return { ipBlock: { cidr: '0.0.0.0/0', except: [...new Set([...PRIVATE_NETWORKS, ...inside])].sort() } };
}

function securityLabels(level: string, version: string): Readonly<Record<string, string>> {
  return {
    'pod-security.kubernetes.io/enforce': level,
    'pod-security.kubernetes.io/enforce-version': version,
    'pod-security.kubernetes.io/audit': level,
    'pod-security.kubernetes.io/audit-version': version,
    'pod-security.kubernetes.io/warn': level,
    'pod-security.kubernetes.io/warn-version': version,
  };
}

type Peer = NonNullable<NonNullable<NonNullable<PolicySpec['egress']>[number]['to']>[number]>;
type Ports = { readonly ports?: readonly { readonly protocol: string; readonly port: number }[] };

function ingress(from: readonly Peer[], ports: Ports): PolicySpec {
  return { podSelector: {}, policyTypes: ['Ingress'], ingress: [{ from, ...ports }] };
}

function egress(to: readonly Peer[], ports: Ports): PolicySpec {
  return { podSelector: {}, policyTypes: ['Egress'], egress: [{ to, ...ports }] };
}

function tcp(...ports: readonly number[]) {
  return ports.map((port) => ({ protocol: 'TCP', port }));
}

function byName(name: string) {
  return { matchLabels: { 'kubernetes.io/metadata.name': name } };
}

function exists(key: string) {
  return { matchExpressions: [{ key, operator: 'Exists' }] };
}
