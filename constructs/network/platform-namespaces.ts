import { Construct } from 'constructs';
import { DNS_PORTS, KUBE_DNS } from '../core/cluster-dns';
import { type ClusterFacts, clusterFactsOf } from '../core/cluster-facts';
import { satisfiesAll } from '../core/control';
import { LABEL } from '../core/labels';
import { manifest, type Namespace, type NetworkPolicy } from '../core/manifest';
import { PLATFORM_NAMESPACE, PLATFORM_SERVICES } from '../core/platform-service';
import { outsideOf } from '../core/private-networks';
import { stampFor } from '../core/stamp';
import { ACROSS, NAMESPACES, type Need, type PlatformNamespace } from './platform-needs';

const CONTROLS = {
  'NET-4': 'every namespace the platform owns is closed both ways and opened only for what its component needs',
  'CTR-3':
    'platform namespaces are held to Pod Security too; only node agents, of the mesh and of volumes with secrets, are privileged',
} as const;

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
  { name, podSecurity, ambient, needs, apart }: PlatformNamespace,
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
  const podSelector = apart === undefined ? {} : allBut(apart);
  const policies: readonly (readonly [string, PolicySpec])[] = [
    ['default-deny', { podSelector: {}, policyTypes: ['Ingress', 'Egress'] }],
    ...needs.map((need) => [`allow-${need.need}`, { ...policySpec(need, facts), podSelector }] as const),
    ['allow-within', { ...WITHIN, podSelector }],
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
    case 'vault':
      return egress([{ namespaceSelector: byName(PLATFORM_SERVICES.vault.namespace) }], {
        ports: tcp(PLATFORM_SERVICES.vault.port),
      });
    case 'internet':
      return egress([outsideOf(facts)], { ports: tcp(443) });
  }
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

/** Pods of a namespace but for those of one name, for which their own policies open what they need. */
function allBut(name: string) {
  return { matchExpressions: [{ key: 'app.kubernetes.io/name', operator: 'NotIn', values: [name] }] };
}

function exists(key: string) {
  return { matchExpressions: [{ key, operator: 'Exists' }] };
}
