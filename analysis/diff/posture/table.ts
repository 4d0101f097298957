import { stringAt } from '../../../constructs/core/json';
import type { Manifest } from '../../../constructs/core/manifest';
import { PLATFORM_NAMESPACE } from '../../../constructs/core/platform-service';
import { VAULT_GROUP } from '../../../constructs/core/vault-kinds';
import type { Cluster } from './cluster';
import type { Fact } from './fact';
import { bindingFacts, roleFacts, serviceAccountFacts } from './rows/access';
import { admissionBindingFacts, admissionPolicyFacts, tenantPolicyFacts, webhookFacts } from './rows/admission';
import {
  certificateFacts,
  configMapFacts,
  envoyFilterFacts,
  towardsServiceFacts,
  virtualServiceFacts,
} from './rows/edge';
import {
  authorizationPolicyFacts,
  gatewayFacts,
  peerAuthenticationFacts,
  requestAuthenticationFacts,
  serviceEntryFacts,
  sidecarFacts,
} from './rows/mesh';
import { authorityFacts, destinationRuleFacts, telemetryFacts } from './rows/mesh-regions';
import { namespaceFacts } from './rows/namespace';
import { clusterNetworkPolicyFacts, networkPolicyFacts } from './rows/network';
import { clusterQueueFacts, limitRangeFacts, localQueueFacts, resourceQuotaFacts } from './rows/quota';
import { vaultAuditFacts, vaultLoginFacts, vaultPeriodFacts, vaultPolicyFacts } from './rows/vault';
import { classFacts, routeFacts, serviceFacts, workloadFacts } from './rows/workload';

/** Reads the facts of one object; what is malformed in it yields no fact. */
export type Extractor = (object: Manifest, cluster: Cluster) => readonly Fact[];

/** What each kind contributes to the posture: a new kind is one row. */
export const FACTS_OF_KIND: ReadonlyMap<string, Extractor> = new Map<string, Extractor>([
  ['Namespace', namespaceFacts],
  ['NetworkPolicy', networkPolicyFacts],
  ['ClusterNetworkPolicy', clusterNetworkPolicyFacts],
  ['PeerAuthentication', peerAuthenticationFacts],
  ['AuthorizationPolicy', authorizationPolicyFacts],
  ['RequestAuthentication', requestAuthenticationFacts],
  ['ServiceEntry', serviceEntryFacts],
  ['Sidecar', sidecarFacts],
  ['Gateway', gatewayFacts],
  ['DestinationRule', atEdge(towardsServiceFacts, destinationRuleFacts)],
  ['Telemetry', telemetryFacts],
  ['Certificate', both(authorityFacts, certificateFacts)],
  ['ResourceQuota', resourceQuotaFacts],
  ['LimitRange', limitRangeFacts],
  ['ClusterQueue', clusterQueueFacts],
  ['LocalQueue', localQueueFacts],
  ['Role', roleFacts],
  ['ClusterRole', roleFacts],
  ['RoleBinding', bindingFacts],
  ['ClusterRoleBinding', bindingFacts],
  ['ServiceAccount', serviceAccountFacts],
  ['TenantPolicy', tenantPolicyFacts],
  ['ValidatingAdmissionPolicy', admissionPolicyFacts],
  ['MutatingAdmissionPolicy', admissionPolicyFacts],
  ['ValidatingAdmissionPolicyBinding', admissionBindingFacts],
  ['MutatingAdmissionPolicyBinding', admissionBindingFacts],
  ['ValidatingWebhookConfiguration', webhookFacts],
  ['MutatingWebhookConfiguration', webhookFacts],
  ['Policy', vaultOnly(vaultPolicyFacts)],
  ['WorkloadLogin', vaultOnly(vaultLoginFacts)],
  ['PeopleLogin', vaultOnly(vaultLoginFacts)],
  ['AuditDevice', vaultOnly(vaultAuditFacts)],
  ...['TransitKey', 'DatabaseRole', 'DatabaseAccount', 'PkiRole'].map((kind): [string, Extractor] => [
    kind,
    vaultOnly(vaultPeriodFacts),
  ]),
  ['StorageClass', classFacts],
  ['RuntimeClass', classFacts],
  ['PriorityClass', classFacts],
  ['Service', serviceFacts],
  ['HTTPRoute', routeFacts],
  ['VirtualService', virtualServiceFacts],
  ['ConfigMap', configMapFacts],
  ['EnvoyFilter', envoyFilterFacts],
  ['Ingress', routeFacts],
  ...['Pod', 'Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'Job', 'CronJob'].map(
    (kind): [string, Extractor] => [kind, workloadFacts],
  ),
]);

/** Several readers of one kind. */
function both(one: Extractor, other: Extractor): Extractor {
  return (object, cluster) => [...one(object, cluster), ...other(object, cluster)];
}

/** Other groups have a Policy as well. */
function vaultOnly(extractor: (object: Manifest) => readonly Fact[]): Extractor {
  return (object) => (object.apiVersion.startsWith(`${VAULT_GROUP}/`) ? extractor(object) : []);
}

/** At the edge a kind belongs to what is published, elsewhere to the mesh. */
function atEdge(there: Extractor, elsewhere: Extractor): Extractor {
  return (object, cluster) =>
    (stringAt(object, 'metadata', 'namespace') === PLATFORM_NAMESPACE.ingress ? there : elsewhere)(object, cluster);
}
