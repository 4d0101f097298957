import type { JsonObject } from '../core/json';
import { PLATFORM_NAMESPACE } from '../core/platform-service';
import type { IngressSettings } from './ingress-settings';

/** Values of cert-manager's chart (https://cert-manager.io/docs/installation/helm/); its kinds outlive it. */
export function certManagerValues(): JsonObject {
  return {
    crds: { enabled: true, keep: true },
    replicaCount: 2,
    podDisruptionBudget: { enabled: true, minAvailable: 1 },
    webhook: { replicaCount: 2, podDisruptionBudget: { enabled: true, minAvailable: 1 } },
    cainjector: { replicaCount: 2, podDisruptionBudget: { enabled: true, minAvailable: 1 } },
    global: { priorityClassName: 'drun-platform', leaderElection: { namespace: PLATFORM_NAMESPACE.certificates } },
    // Only Certificates are certificates: no annotation on an Ingress or a Gateway of a tenant makes one.
    extraArgs: ['--controllers=*,-ingress-shim,-gateway-shim'],
    // The edge's issuer is waited for instead.
    startupapicheck: { enabled: false },
  };
}

/** The version that understands `networking.istio.io/v1` of this platform's Istio; the chart's own is older. */
const EXTERNAL_DNS = 'v0.23.0';

/**
 * Values of external-dns's chart. It reads the edge's own Gateways and nothing else, writes who owns a record beside it, and
 * takes no record away: a mistake in a cluster never makes a host vanish.
 */
export function externalDnsValues({ provider, zones, owner }: IngressSettings['dns'], region: string): JsonObject {
  return {
    image: { tag: EXTERNAL_DNS },
    provider: { name: provider },
    sources: ['istio-gateway'],
    domainFilters: zones,
    policy: 'upsert-only',
    registry: 'txt',
    txtOwnerId: owner ?? region,
    txtPrefix: 'drun-owner-',
    extraArgs: [`--namespace=${PLATFORM_NAMESPACE.ingress}`],
    priorityClassName: 'drun-platform',
  };
}
