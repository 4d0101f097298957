import type { ClusterFacts } from '../core/cluster-facts';
import { LABEL } from '../core/labels';
import type { Manifest, NetworkPolicy } from '../core/manifest';
import { PLATFORM_NAMESPACE } from '../core/platform-service';
import type { Stamp } from '../core/stamp';
import { ANYWHERE } from '../network/admin-policy';
import { EDGE_PODS, EDGE_PORT } from './edge-facts';
import type { IngressSettings } from './ingress-settings';
import { WAF, WAF_PODS } from './waf-service';

interface SpecObject extends Manifest {
  readonly spec: object;
}

/** Name of the proxy's service account: its chart names both alike. */
const EDGE_ACCOUNT = 'ingress';

/** What the edge denies before any tenant's policy is asked, whose tokens it believes, and who speaks to the firewall. */
export function edgeGuards(
  { cdn, issuers }: IngressSettings,
  { trustDomain }: ClusterFacts,
  stamp: Stamp,
): readonly SpecObject[] {
  const object = (kind: string, name: string, spec: object): SpecObject => ({
    apiVersion: 'security.istio.io/v1',
    kind,
    metadata: stamp(name, PLATFORM_NAMESPACE.ingress),
    spec,
  });
  const edge = { selector: { matchLabels: EDGE_PODS } };
  const firewall = { selector: { matchLabels: WAF_PODS } };
  const proxy = `${trustDomain}/ns/${PLATFORM_NAMESPACE.ingress}/sa/${EDGE_ACCOUNT}`;
  return [
    // No rule: nothing is let in but what another policy lets in.
    object('AuthorizationPolicy', 'edge-default-deny', edge),
    object('RequestAuthentication', 'edge-tokens', {
      ...edge,
      jwtRules: issuers.map(({ issuer, jwksUri }) => ({
        issuer,
        ...(jwksUri === undefined ? {} : { jwksUri }),
        // Without it Istio takes a token from the address as well (`access_token`), where logs and referrers keep it.
        fromHeaders: [{ name: 'Authorization', prefix: 'Bearer ' }],
        // The service may ask for more than the edge does.
        forwardOriginalToken: true,
      })),
    }),
    ...(cdn.profile === 'none' ? [] : [object('AuthorizationPolicy', 'edge-cdn-only', onlyFrom(cdn.ranges))]),
    object('PeerAuthentication', 'edge-waf', { ...firewall, mtls: { mode: 'STRICT' } }),
    object('AuthorizationPolicy', 'edge-waf', {
      ...firewall,
      action: 'ALLOW',
      rules: [{ from: [{ source: { principals: [proxy] } }] }],
    }),
  ];
}

/** By the address of the connection, which no header changes. */
function onlyFrom(ranges: readonly string[]): object {
  const rules = [{ from: [{ source: { notIpBlocks: ranges } }] }];
  return { selector: { matchLabels: EDGE_PODS }, action: 'DENY', rules };
}

type PolicySpec = NonNullable<NetworkPolicy['spec']>;

/** The proxy alone is reached from outside, and alone reaches tenants; the firewall beside it does neither. */
export function edgeNetwork(
  { cdn, waf }: IngressSettings,
  facts: ClusterFacts,
  stamp: Stamp,
): readonly NetworkPolicy[] {
  const outside = cdn.profile === 'none' ? ANYWHERE : cdn.ranges;
  const tenants = { namespaceSelector: { matchExpressions: [{ key: LABEL.tenant, operator: 'Exists' }] } };
  const policies: readonly (readonly [string, PolicySpec])[] = [
    [
      'allow-public',
      {
        podSelector: { matchLabels: EDGE_PODS },
        policyTypes: ['Ingress'],
        ingress: [
          {
            from: outside.map((cidr) => ({ ipBlock: { cidr } })),
            ports: [{ protocol: 'TCP', port: EDGE_PORT.pod }],
          },
        ],
      },
    ],
    [
      'allow-tenants',
      { podSelector: { matchLabels: EDGE_PODS }, policyTypes: ['Egress'], egress: [{ to: [tenants] }] },
    ],
    ...(waf.engine.kind === 'ext-proc' ? [['allow-waf-probes', WAF_PROBES] as const] : []),
    ...(waf.configSync === undefined ? [] : [['allow-waf-api-server', toApiServer(facts)] as const]),
  ];
  return policies.map(([name, spec]) => ({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: stamp(name, PLATFORM_NAMESPACE.ingress),
    spec,
  }));
}

/** In the ambient mesh the kubelet’s probes arrive from this address (https://istio.io/latest/docs/ambient/usage/networkpolicy/). */
export const PROBES = [{ ipBlock: { cidr: '169.254.7.127/32' } }] as const;

const WAF_PROBES: PolicySpec = {
  podSelector: { matchLabels: WAF_PODS },
  policyTypes: ['Ingress'],
  ingress: [{ from: PROBES, ports: [{ protocol: 'TCP', port: WAF.health }] }],
};

function toApiServer({ apiServerCidrs }: ClusterFacts): PolicySpec {
  return {
    podSelector: { matchLabels: WAF_PODS },
    policyTypes: ['Egress'],
    egress: [
      {
        to: apiServerCidrs.map((cidr) => ({ ipBlock: { cidr } })),
        ports: [443, 6443].map((port) => ({ protocol: 'TCP', port })),
      },
    ],
  };
}
