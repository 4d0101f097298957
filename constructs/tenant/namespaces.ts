import { ACROSS_REGIONS, LABEL } from '../core/labels';
import type { Namespace, ServiceAccount } from '../core/manifest';
import { wayOut } from './peers';
import type { TenantContext, TenantPart } from './tenant-part';
import type { TenantSpec } from './tenant-spec';

/** Namespaces under the strictest Pod Security level, and the accounts that pods run as. */
export const namespacesPart: TenantPart = {
  name: 'namespaces',
  controls: {
    'CTR-3': 'Pod Security `restricted` is enforced, audited and warned, pinned to the cluster’s version',
    'NET-1': 'every pod is in the mesh by the label of its namespace, which no tenant can change',
    'IAM-2': 'no pod gets a service-account token unless it asks for one',
  },
  manifests: (tenant, stamp) => {
    const labels = namespaceLabels(tenant);
    const accounts = ['default', ...tenant.spec.serviceAccounts.filter((account) => account !== 'default')];
    return tenant.namespaces.flatMap(({ name, relays }) => [
      {
        apiVersion: 'v1',
        kind: 'Namespace',
        metadata: stamp(name, undefined, relays.length === 0 ? labels : { ...labels, [LABEL.scope]: ACROSS_REGIONS }),
      } satisfies Namespace,
      ...accounts.map(
        (account) =>
          ({
            apiVersion: 'v1',
            kind: 'ServiceAccount',
            metadata: stamp(account, name),
            automountServiceAccountToken: false,
          }) satisfies ServiceAccount,
      ),
    ]);
  },
};

function namespaceLabels({ spec, cluster }: TenantContext): Readonly<Record<string, string>> {
  const version = `v${cluster.kubernetes}`;
  return {
    [LABEL.trust]: spec.trust,
    'pod-security.kubernetes.io/enforce': 'restricted',
    'pod-security.kubernetes.io/enforce-version': version,
    'pod-security.kubernetes.io/audit': 'restricted',
    'pod-security.kubernetes.io/audit-version': version,
    'pod-security.kubernetes.io/warn': 'restricted',
    'pod-security.kubernetes.io/warn-version': version,
    ...MESH_LABELS[spec.mesh],
    ...platformServiceLabels({ spec }),
  };
}

const MESH_LABELS: Readonly<Record<TenantSpec['mesh'], Readonly<Record<string, string>>>> = {
  ambient: {
    'istio.io/dataplane-mode': 'ambient',
    'istio.io/use-waypoint': 'waypoint',
    // Without it the ingress gateway would go round the waypoint, where the tenant's rules are.
    'istio.io/ingress-use-waypoint': 'true',
  },
  sidecar: { 'istio-injection': 'enabled' },
};

/** Consent of the platform: a service's namespace admits the namespaces that carry its label. */
function platformServiceLabels({ spec }: Pick<TenantContext, 'spec'>): Readonly<Record<string, string>> {
  const labels: Record<string, string> = {};
  for (const { to } of spec.allow) {
    if ('platform' in to) labels[`${LABEL.usesPrefix}${to.platform}`] = 'true';
    if ('fqdn' in to) labels[`${LABEL.usesPrefix}${wayOut(spec).service}`] = 'true';
  }
  return labels;
}
