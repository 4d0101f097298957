import { PLATFORM_NAMESPACE } from '../core/platform-service';
import type { Alert, PrometheusRule } from '../core/prometheus-rule';
import type { Stamp } from '../core/stamp';
import type { IngressSettings } from './ingress-settings';

/** Name of the alert that a switch of the limits follows. */
export const ATTACK_ALERT = 'EdgeUnderAttack';

/** Counters of the edge that Istio leaves out by itself; the alerts below read them. */
export const EDGE_STATISTICS = [
  '.*http_local_rate_limit.*',
  '.*connection_limit.*',
  '.*downstream_global_cx_overflow',
  '.*ext_proc\\.edge_waf.*',
  '.*ratelimit\\.edge_global.*',
  'overload\\..*',
] as const;

/** When the profile of the limits is to be switched, there and back, and when what stands in the edge's way needs somebody. */
export function edgeAlerts({ limits, alerts, waf }: IngressSettings, stamp: Stamp): readonly PrometheusRule[] {
  if (alerts === 'none') return [];
  const rules = [
    limits.profile === 'normal' ? attacked : calm,
    ...(limits.automatic === undefined ? [] : [tightened]),
    ...(waf.engine.kind === 'ext-proc' ? [firewallDown, ...firewallAlerts] : []),
    ...(limits.global === undefined ? [] : [nobodyCounts]),
  ];
  return [
    {
      apiVersion: 'monitoring.coreos.com/v1',
      kind: 'PrometheusRule',
      metadata: stamp('edge', PLATFORM_NAMESPACE.ingress),
      spec: { groups: [{ name: 'edge', rules }] },
    },
  ];
}

/**
 * Istio's proxies take no label out of the names of these counters, as Envoy's own defaults would.
 * Source: `stats_tags` in https://github.com/istio/istio/blob/master/tools/packaging/common/envoy_bootstrap.json.
 */
const limited = (state: string) => `sum(rate(envoy_edge_address_http_local_rate_limit_${state}[5m]))`;

/** One by one: a rate over several names at once loses their names, and Prometheus refuses what is left. */
function anyOf(...counters: readonly string[]): string {
  return counters.map((counter) => `sum(rate(${counter}[5m])) > 0`).join(' or ');
}

/** More than a tenth of all requests refused by the limit of an address, or connections refused. */
const ATTACK = [
  `${limited('rate_limited')} > 0.1 * ${limited('enabled')}`,
  anyOf('envoy_connection_limit_edge_limited_connections', 'envoy_listener_downstream_global_cx_overflow'),
].join(' or ');

const attacked: Alert = {
  alert: ATTACK_ALERT,
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

const tightened: Alert = {
  alert: 'EdgeTightened',
  expr: 'sum(rate(envoy_edge_attack_http_local_rate_limit_enabled[5m])) > 0',
  for: '6h',
  labels: { severity: 'warning' },
  annotations: {
    summary: 'for six hours the edge has let in less of each address by itself',
    action: 'look at who is refused; write limits.profile: under-attack where it will last, or end what calls for it',
  },
};

const nobodyCounts: Alert = {
  alert: 'EdgeNobodyCounts',
  expr: anyOf('envoy_cluster_ratelimit_edge_global_error', 'envoy_cluster_ratelimit_edge_global_failure_mode_allowed'),
  for: '2m',
  labels: { severity: 'critical' },
  annotations: {
    summary: 'requests cannot be counted over all proxies: they are refused, or let through uncounted',
    action: 'look at the Deployment ratelimit in drun-ingress, and at the Redis that keeps its counts',
  },
};

/** From the firewall's own metrics. */
const firewallAlerts: readonly Alert[] = [
  {
    alert: 'WafUnseen',
    expr: 'absent(waf_config_valid)',
    for: '10m',
    labels: { severity: 'warning' },
    annotations: {
      summary: 'nobody reads the metrics of the firewall, so that the alerts about it cannot fire',
      action: 'look for the PodMonitor waf of drun-ingress among the targets of Prometheus',
    },
  },
  {
    alert: 'WafConfigRefused',
    expr: 'min(waf_config_valid) == 0',
    for: '5m',
    labels: { severity: 'warning' },
    annotations: {
      summary: 'a firewall refuses its configuration, and goes on with the one before',
      action: 'read its log for the mistakes, or run waf --check on the ConfigMap waf of drun-ingress',
    },
  },
  {
    alert: 'WafInspectionsFail',
    expr: 'sum(rate(waf_errors_total[5m])) > 0',
    for: '5m',
    labels: { severity: 'critical' },
    annotations: {
      summary: 'inspections fail, and each of them refuses a request',
      action: 'read the log of the Deployment waf in drun-ingress',
    },
  },
  {
    alert: 'WafTenantFileIgnored',
    expr: 'max(waf_tenant_files_ignored) > 0',
    for: '15m',
    labels: { severity: 'warning' },
    annotations: {
      summary: 'a tenant’s file of exclusions has a mistake, so that none of them applies',
      action: 'read the log of the Deployment waf for the file, and tell the tenant',
    },
  },
  {
    alert: 'WafExclusionEnds',
    expr: '0 < min(waf_exclusion_next_expiry_seconds > 0) - time() < 7 * 24 * 3600',
    for: '1h',
    labels: { severity: 'info' },
    annotations: {
      summary: 'an exclusion of a firewall rule ends within a week, and its rule is back then',
      action: 'find it by its day in the tenants’ files, and ask its owner',
    },
  },
];

const firewallDown: Alert = {
  alert: 'EdgeFirewallDown',
  expr: anyOf('envoy_http_ext_proc_edge_waf_streams_failed', 'envoy_http_ext_proc_edge_waf_message_timeouts'),
  for: '2m',
  labels: { severity: 'critical' },
  annotations: {
    summary: 'the firewall does not answer in time, and requests are refused for it',
    action: 'look at the Deployment waf in drun-ingress: its replicas, its processors, its log',
  },
};
