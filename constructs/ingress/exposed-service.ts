import type { Manifest } from '../core/manifest';
import { PLATFORM_NAMESPACE } from '../core/platform-service';
import type { Stamp } from '../core/stamp';
import { WAF_ROUTES_LABEL } from './edge-facts';
import { type ExposureSpec, routeName } from './exposure-spec';
import { serviceHost } from './published-host';

interface SpecObject extends Manifest {
  readonly spec: object;
}

/** How the edge calls a service: under its own identity, with bounds on what waits, without replicas that fail. */
export function destinationRule(
  tenant: string,
  exposed: Pick<ExposureSpec, 'service' | 'namespace'>,
  stamp: Stamp,
): SpecObject {
  return {
    apiVersion: 'networking.istio.io/v1',
    kind: 'DestinationRule',
    metadata: stamp(`${exposed.service}.${tenant}-${exposed.namespace}`, PLATFORM_NAMESPACE.ingress),
    spec: {
      host: serviceHost(tenant, exposed),
      exportTo: ['.'],
      trafficPolicy: {
        // The tunnel where the service is in the ambient mesh, else mutual TLS; never plain text.
        tls: { mode: 'ISTIO_MUTUAL' },
        loadBalancer: { simple: 'LEAST_REQUEST', localityLbSetting: { enabled: true } },
        connectionPool: {
          tcp: { maxConnections: 1024, connectTimeout: '5s' },
          http: { http1MaxPendingRequests: 256, http2MaxRequests: 1024, maxRetries: 64, idleTimeout: '300s' },
        },
        outlierDetection: {
          consecutive5xxErrors: 0,
          consecutiveGatewayErrors: 5,
          interval: '10s',
          baseEjectionTime: '30s',
          maxEjectionPercent: 50,
        },
      },
    },
  };
}

interface ConfigMap extends Manifest {
  readonly data: Readonly<Record<string, string>>;
}

/** Exclusions from rules of the firewall, by route, as its folder of tenants' files takes them; none where there are none. */
export function wafExclusions(tenant: string, exposures: readonly ExposureSpec[], stamp: Stamp): readonly ConfigMap[] {
  const excluding = exposures.filter(({ waf }) => waf.exclude.length > 0);
  if (excluding.length === 0) return [];
  const routes = Object.fromEntries(
    excluding.map((exposure) => [
      routeName(tenant, exposure),
      { exclusions: exposure.waf.exclude.map(({ because, ...rest }) => ({ ...rest, reason: because })) },
    ]),
  );
  return [
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: stamp(`waf.${tenant}`, PLATFORM_NAMESPACE.ingress, { [WAF_ROUTES_LABEL]: 'true' }),
      data: { [`${tenant}.json`]: `${JSON.stringify({ version: 1, routes }, undefined, 2)}\n` },
    },
  ];
}
