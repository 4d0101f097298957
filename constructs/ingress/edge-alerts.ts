import type { Manifest } from '../core/manifest';
import { PLATFORM_NAMESPACE } from '../core/platform-service';
import type { Stamp } from '../core/stamp';
import type { IngressSettings } from './ingress-settings';

/** `monitoring.coreos.com/v1` PrometheusRule, as far as this project writes them. */
export interface PrometheusRule extends Manifest {
  readonly spec: { readonly groups: readonly { readonly name: string; readonly rules: readonly Alert[] }[] };
}

interface Alert {
  readonly alert: string;
  readonly expr: string;
  readonly for: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string; readonly action: string };
}

/** Counters of the edge that Istio leaves out by itself; the alerts below read them. */
export const EDGE_STATISTICS = [
  '.*http_local_rate_limit.*',
  '.*connection_limit.*',
  '.*downstream_global_cx_overflow',
  '.*ext_proc\\.edge_waf.*',
  'overload\\..*',
] as const;

/**
 * When the profile of the limits is to be switched, there and back. A person or a pipeline with a person's word does it: an
 * alert that switched by itself would be a switch in the hands of whoever can raise it.
 */
export function edgeAlerts({ limits, alerts }: IngressSettings, stamp: Stamp): readonly PrometheusRule[] {
  if (alerts === 'none') return [];
  const rules = limits.profile === 'normal' ? [attacked, firewallDown] : [calm, firewallDown];
  return [
    {
      apiVersion: 'monitoring.coreos.com/v1',
      kind: 'PrometheusRule',
      metadata: stamp('edge', PLATFORM_NAMESPACE.ingress),
      spec: { groups: [{ name: 'edge', rules }] },
    },
  ];
}

const limited = (state: string) =>
  `sum(rate(envoy_http_local_rate_limit_${state}{envoy_local_http_ratelimit_prefix="edge_address"}[5m]))`;

/** More than a tenth of all requests refused by the limit of an address, or connections refused. */
const ATTACK = [
  `${limited('rate_limited')} > 0.1 * ${limited('enabled')}`,
  'sum(rate(envoy_connection_limit_limited_connections{envoy_connection_limit_prefix="edge"}[5m])) > 0',
  'sum(rate(envoy_listener_downstream_global_cx_overflow[5m])) > 0',
].join(' or ');

const attacked: Alert = {
  alert: 'EdgeUnderAttack',
  expr: ATTACK,
  for: '5m',
  labels: { severity: 'critical' },
  annotations: {
    summary: 'the edge refuses more than a tenth of its requests, or connections',
    action: 'write limits.profile: under-attack for the region and deploy the platform’s stack; nothing restarts',
  },
};

const calm: Alert = {
  alert: 'EdgeCalm',
  expr: `(vector(1) unless on() (${ATTACK})) == 1`,
  for: '1h',
  labels: { severity: 'info' },
  annotations: {
    summary: 'nobody has attacked the edge for an hour, and it still takes less of everybody',
    action: 'take limits.profile: under-attack away again and deploy the platform’s stack',
  },
};

const firewallDown: Alert = {
  alert: 'EdgeFirewallDown',
  expr: 'sum(rate({__name__=~"envoy_http_.*_ext_proc_edge_waf_(streams_failed|message_timeouts)"}[5m])) > 0',
  for: '2m',
  labels: { severity: 'critical' },
  annotations: {
    summary: 'the firewall does not answer in time, and requests are refused for it',
    action: 'look at the Deployment waf in drun-ingress: its replicas, its processors, its log',
  },
};
