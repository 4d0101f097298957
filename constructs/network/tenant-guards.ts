import { Construct } from 'constructs';
import { clusterFactsOf, METADATA_CIDRS } from '../core/cluster-facts';
import { satisfiesAll } from '../core/control';
import { LABEL } from '../core/labels';
import { manifest } from '../core/manifest';
import { stampFor } from '../core/stamp';
import { ANYWHERE, type ClusterNetworkPolicy } from './admin-policy';

const CONTROLS = {
  'NET-4': 'a tenant namespace that has no policy yet is closed',
  'NET-5': 'no tenant reaches cloud metadata, the API server or a node, whatever its network policies say',
} as const;

const TENANTS = { namespaces: { matchExpressions: [{ key: LABEL.tenant, operator: 'Exists' }] } } as const;

/** Cluster-wide admin policies over every tenant namespace, present and future. */
export class TenantGuards extends Construct {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    satisfiesAll(this, CONTROLS);
    const { apiServerCidrs, nodeCidrs } = clusterFactsOf(this);
    this.deny('tenants-no-metadata', 10, METADATA_CIDRS);
    this.deny('tenants-no-api-server', 20, apiServerCidrs);
    this.deny('tenants-no-nodes', 30, nodeCidrs);
    this.place('tenants-default-deny', {
      tier: 'Baseline',
      priority: 100,
      subject: TENANTS,
      ingress: [{ name: 'everyone', action: 'Deny', from: [{ namespaces: {} }] }],
      egress: [{ name: 'everywhere', action: 'Deny', to: [{ networks: ANYWHERE }] }],
    });
  }

  private deny(name: string, priority: number, networks: readonly string[]): void {
    this.place(name, {
      tier: 'Admin',
      priority,
      subject: TENANTS,
      egress: [{ name: name.replace('tenants-no-', ''), action: 'Deny', to: [{ networks }] }],
    });
  }

  private place(name: string, spec: ClusterNetworkPolicy['spec']): void {
    manifest<ClusterNetworkPolicy>(this, name, {
      apiVersion: 'policy.networking.k8s.io/v1alpha2',
      kind: 'ClusterNetworkPolicy',
      metadata: stampFor({ component: 'network' }, CONTROLS)(name),
      spec,
    });
  }
}
