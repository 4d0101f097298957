import { Construct } from 'constructs';
import { type ClusterFacts, clusterFactsOf } from '../core/cluster-facts';
import { satisfiesAll } from '../core/control';
import { type HelmReleaseProps, helmRelease } from '../core/helm-release';
import { type Manifest, manifest } from '../core/manifest';
import { PLATFORM_NAMESPACE } from '../core/platform-service';
import { type Stamp, stampFor } from '../core/stamp';
import { edgeAlerts } from './edge-alerts';
import type { DataPlane } from './edge-deployment';
import { edgeLimits } from './edge-filters';
import { edgeFirewall } from './edge-firewall';
import { BOOTSTRAP, bootstrap, gatewayValues } from './edge-gateway';
import { edgeGlobal } from './edge-global';
import { edgeGuards, edgeNetwork } from './edge-guards';
import { edgeMetrics } from './edge-metrics';
import { edgeSwitch } from './edge-switch';
import type { IngressSettings } from './ingress-settings';
import { wafService } from './waf-service';

const CONTROLS = {
  'NET-1': 'the edge lets in nothing that no exposure publishes, and calls services under its own identity',
  'NET-2': 'every request is inspected by the OWASP Core Rule Set, and refused where it cannot be inspected',
  'NET-3': 'connections, sizes, slow callers and the requests of one address are bounded, one switch makes it tighter',
  'NET-4': 'only the edge’s proxy is reached from outside, with a CDN in front of it from nowhere else',
} as const;

/** What the edge of a cluster is made of. */
export interface WafIngressProps {
  readonly settings: IngressSettings;
  /** The chart of the proxy. */
  readonly gateway: HelmReleaseProps;
  /** How the mesh of the cluster carries traffic. @default - ambient */
  readonly dataPlane?: DataPlane;
}

/**
 * Where the world reaches the cluster: Istio's proxy behind a load balancer, closed until a tenant publishes something, with
 * a web application firewall in its way and bounds on everything a caller could take much of.
 */
export class WafIngress extends Construct {
  constructor(scope: Construct, id: string, { settings, gateway, dataPlane = 'ambient' }: WafIngressProps) {
    super(scope, id);
    satisfiesAll(this, CONTROLS);
    const stamp = stampFor({ component: PLATFORM_NAMESPACE.ingress }, CONTROLS);
    for (const object of edgeObjects(settings, clusterFactsOf(this), dataPlane, stamp)) {
      manifest(this, `${object.kind}-${object.metadata.name}`, object);
    }
    // Last: a proxy that starts finds its bounds, its firewall and its denials already there.
    const release = helmRelease(this, 'Gateway', { ...gateway, values: gatewayValues(settings) });
    release.node.addDependency(...this.node.children.filter((child) => child !== release));
  }
}

function edgeObjects(
  settings: IngressSettings,
  facts: ClusterFacts,
  dataPlane: DataPlane,
  stamp: Stamp,
): readonly Manifest[] {
  const { engine } = settings.waf;
  return [
    ...edgeNetwork(settings, facts, stamp),
    ...edgeGuards(settings, facts, stamp),
    overload(settings, stamp),
    ...(engine.kind === 'ext-proc' ? wafService(settings.waf, engine, dataPlane, stamp) : []),
    ...edgeLimits(settings, stamp),
    ...edgeGlobal(settings.limits.global, facts, dataPlane, stamp),
    ...edgeFirewall(settings, stamp),
    ...edgeMetrics(settings, stamp),
    ...edgeAlerts(settings, stamp),
    ...edgeSwitch(settings, facts, dataPlane, stamp),
  ];
}

interface ConfigMap extends Manifest {
  readonly data: Readonly<Record<string, string>>;
}

function overload({ limits }: IngressSettings, stamp: Stamp): ConfigMap {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: stamp(BOOTSTRAP, PLATFORM_NAMESPACE.ingress),
    data: { 'custom_bootstrap.json': `${JSON.stringify(bootstrap(limits), undefined, 2)}\n` },
  };
}
