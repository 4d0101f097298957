import { VAULT_GROUP, VAULT_KINDS } from '../../constructs/core/vault-kinds';

/** Kinds that live in a namespace, by API group (`core` for the empty one); sources: Kubernetes 1.36 and the pinned CRDs. */
const NAMESPACED = kindTable({
  core: 'Pod Service ServiceAccount Secret ConfigMap ResourceQuota LimitRange PersistentVolumeClaim Endpoints Event PodTemplate ReplicationController',
  apps: 'Deployment StatefulSet DaemonSet ReplicaSet ControllerRevision',
  batch: 'Job CronJob',
  autoscaling: 'HorizontalPodAutoscaler',
  policy: 'PodDisruptionBudget',
  'networking.k8s.io': 'NetworkPolicy Ingress',
  'discovery.k8s.io': 'EndpointSlice',
  'coordination.k8s.io': 'Lease',
  'rbac.authorization.k8s.io': 'Role RoleBinding',
  'resource.k8s.io': 'ResourceClaim ResourceClaimTemplate',
  'snapshot.storage.k8s.io': 'VolumeSnapshot',
  'gateway.networking.k8s.io':
    'Gateway HTTPRoute GRPCRoute TLSRoute TCPRoute UDPRoute ReferenceGrant BackendTLSPolicy ListenerSet XListenerSet',
  'networking.istio.io':
    'VirtualService DestinationRule Gateway ServiceEntry Sidecar EnvoyFilter WorkloadEntry WorkloadGroup ProxyConfig',
  'security.istio.io': 'PeerAuthentication AuthorizationPolicy RequestAuthentication',
  'telemetry.istio.io': 'Telemetry',
  'extensions.istio.io': 'WasmPlugin',
  'kueue.x-k8s.io': 'LocalQueue Workload',
  'jobset.x-k8s.io': 'JobSet',
  'leaderworkerset.x-k8s.io': 'LeaderWorkerSet',
  'policy.drun.io': 'TenantPolicy',
  'velero.io':
    'Schedule Backup Restore BackupStorageLocation VolumeSnapshotLocation BackupRepository DeleteBackupRequest DownloadRequest',
  'cert-manager.io': 'Certificate CertificateRequest Issuer',
  'external-secrets.io': 'ExternalSecret SecretStore PushSecret',
  'secrets-store.csi.x-k8s.io': 'SecretProviderClass',
  'secrets.hashicorp.com':
    'VaultAuth VaultAuthGlobal VaultConnection VaultStaticSecret VaultDynamicSecret VaultPKISecret SecretTransformation HCPAuth',
  'monitoring.coreos.com':
    'ServiceMonitor PodMonitor PrometheusRule Prometheus Alertmanager AlertmanagerConfig Probe ScrapeConfig ThanosRuler',
  'kyverno.io': 'Policy PolicyException',
  'serving.kserve.io': 'InferenceService ServingRuntime InferenceGraph TrainedModel',
  'kustomize.toolkit.fluxcd.io': 'Kustomization',
  'source.toolkit.fluxcd.io': 'GitRepository OCIRepository HelmRepository HelmChart Bucket',
  'helm.toolkit.fluxcd.io': 'HelmRelease',
  'argoproj.io': 'Application ApplicationSet AppProject Rollout Workflow WorkflowTemplate CronWorkflow',
  'k8gb.io': 'Gslb',
  'opentelemetry.io': 'OpenTelemetryCollector Instrumentation',
});

/** Kinds that live in no namespace. */
const CLUSTER_SCOPED = kindTable({
  core: 'Namespace Node PersistentVolume ComponentStatus',
  'rbac.authorization.k8s.io': 'ClusterRole ClusterRoleBinding',
  'storage.k8s.io': 'StorageClass CSIDriver CSINode VolumeAttachment VolumeAttributesClass',
  'scheduling.k8s.io': 'PriorityClass',
  'node.k8s.io': 'RuntimeClass',
  'networking.k8s.io': 'IngressClass IPAddress ServiceCIDR',
  'policy.networking.k8s.io': 'ClusterNetworkPolicy AdminNetworkPolicy BaselineAdminNetworkPolicy',
  'admissionregistration.k8s.io':
    'ValidatingAdmissionPolicy ValidatingAdmissionPolicyBinding MutatingAdmissionPolicy MutatingAdmissionPolicyBinding ValidatingWebhookConfiguration MutatingWebhookConfiguration',
  'apiextensions.k8s.io': 'CustomResourceDefinition',
  'apiregistration.k8s.io': 'APIService',
  'certificates.k8s.io': 'CertificateSigningRequest ClusterTrustBundle',
  'flowcontrol.apiserver.k8s.io': 'FlowSchema PriorityLevelConfiguration',
  'resource.k8s.io': 'DeviceClass ResourceSlice DeviceTaintRule',
  'snapshot.storage.k8s.io': 'VolumeSnapshotClass VolumeSnapshotContent',
  'gateway.networking.k8s.io': 'GatewayClass',
  'kueue.x-k8s.io':
    'ClusterQueue ResourceFlavor Cohort AdmissionCheck WorkloadPriorityClass Topology MultiKueueCluster MultiKueueConfig',
  'karpenter.sh': 'NodePool NodeClaim',
  'cert-manager.io': 'ClusterIssuer',
  'external-secrets.io': 'ClusterExternalSecret ClusterSecretStore ClusterPushSecret',
  'kyverno.io': 'ClusterPolicy',
  'policies.kyverno.io': 'ImageValidatingPolicy ValidatingPolicy MutatingPolicy GeneratingPolicy DeletingPolicy',
  [VAULT_GROUP]: VAULT_KINDS.join(' '),
  'serving.kserve.io': 'ClusterServingRuntime ClusterStorageContainer',
  'nvidia.com': 'ClusterPolicy',
});

/** Where a kind lives; undefined for kinds this project does not know. */
export function scopeOf(group: string, kind: string): 'namespaced' | 'cluster' | undefined {
  const key = group === '' ? 'core' : group;
  if (NAMESPACED.get(key)?.has(kind)) return 'namespaced';
  return CLUSTER_SCOPED.get(key)?.has(kind) ? 'cluster' : undefined;
}

/** Whether documents of this group go to an API server at all; a kustomization is read by its tool. */
export function isServed(group: string): boolean {
  return group !== 'kustomize.config.k8s.io';
}

function kindTable(table: Readonly<Record<string, string>>): ReadonlyMap<string, ReadonlySet<string>> {
  return new Map(Object.entries(table).map(([group, kinds]) => [group, new Set(kinds.split(' '))]));
}
