import type { JsonObject } from '../../../constructs/core/json';
import type { AdmissionCase, CaseObject, CaseRequest } from './case';
import { attack, create, object, patch } from './objects';
import { container, pod, workload } from './templates';

const del = (target: string): CaseRequest => ({ verb: 'delete', target });
const label = (key: string, value: string | null) => ({ metadata: { labels: { [key]: value } } });
const annotation = (key: string) => ({ metadata: { annotations: { [key]: 'x' } } });
const configMap = (metadata: Parameters<typeof object>[3]) => create(object('v1', 'ConfigMap', {}, metadata));
const labelled = (labels: Readonly<Record<string, string>>) => configMap({ labels });
const OWN = patch('configMap', label('app', 'x'));

/** Attacks on what the platform made, and on namespaces. */
export const OWNERSHIP_CASES: readonly AdmissionCase[] = [
  attack('R22-quota', 'platform-objects', patch('quota', { spec: { hard: { pods: '999' } } }), OWN),
  attack('R22-quota-deleted', 'platform-objects', del('quota'), del('configMap')),
  attack('R22-limits-deleted', 'platform-objects', del('limits'), del('configMap')),
  attack('R22-binding-deleted', 'platform-objects', del('roleBinding'), del('configMap')),
  attack('R22-parameters', 'platform-objects', patch('tenantPolicy', { spec: { registries: ['docker.io/'] } }), OWN),
  attack('R22-parameters-deleted', 'platform-objects', del('tenantPolicy'), del('tenantPolicy'), {
    twinActor: 'controller:namespace-controller',
  }),
  attack('N10-default-deny', 'platform-objects', del('defaultDeny'), del('ownPolicy')),
  attack(
    'N10-opened',
    'platform-objects',
    patch('defaultDeny', { spec: { policyTypes: ['Ingress'] } }),
    patch('ownPolicy', { spec: { policyTypes: ['Ingress'] } }),
  ),
  attack(
    'R23-stripped',
    'platform-objects',
    patch('quota', label('app.kubernetes.io/managed-by', null)),
    patch('quota', label('app', 'x')),
    { twinActor: 'platform' },
  ),
  attack(
    'R23-stolen',
    'platform-labels',
    patch('configMap', label('app.kubernetes.io/managed-by', 'drun-platform')),
    patch('configMap', label('app.kubernetes.io/managed-by', 'Helm')),
  ),
  attack(
    'R23-imitated',
    'platform-labels',
    labelled({ 'app.kubernetes.io/managed-by': 'drun-platform' }),
    labelled({ 'app.kubernetes.io/managed-by': 'Helm' }),
  ),
  attack('R23-tenant', 'platform-labels', labelled({ 'drun.io/tenant': '{b}' }), labelled({ tenant: 'beta' })),
  attack('R23-stack', 'platform-labels', labelled({ 'drun.io/stack': 'prod' }), labelled({ stack: 'prod' })),
  attack('R23-urn', 'platform-labels', labelled({ 'drun.io/urn': 'f'.repeat(40) }), labelled({ urn: 'f'.repeat(40) })),
  attack(
    'R23-controls',
    'platform-labels',
    configMap({ annotations: { 'drun.io/controls': 'NET-4' } }),
    configMap({ annotations: { note: 'NET-4' } }),
  ),
  attack(
    'R23-template',
    'template-mesh',
    create(workload('Deployment', { labels: { 'drun.io/tenant': '{b}' } })),
    create(workload('Deployment')),
  ),
  attack(
    'R15-security',
    'namespaces',
    patch('namespace', label('pod-security.kubernetes.io/enforce', 'privileged')),
    OWN,
  ),
  attack(
    'R16-devices',
    'namespaces',
    patch('namespace', label('resource.kubernetes.io/admin-access', 'true')),
    patch('namespace', label('note', 'x')),
    { twinActor: 'platform' },
  ),
  attack(
    'R16-selector',
    'namespaces',
    patch('namespace', { metadata: { annotations: { 'scheduler.alpha.kubernetes.io/node-selector': 'a=b' } } }),
    OWN,
  ),
  attack(
    'R17-status',
    'namespaces',
    patch('namespace', { status: { phase: 'Active', conditions: [] } }, 'status'),
    patch('namespace', { metadata: { annotations: { a: 'b' } } }, 'status'),
    { twinActor: 'controller:namespace-controller' },
  ),
  attack(
    'R18-finalize',
    'namespaces',
    patch('namespace', { spec: { finalizers: [] } }, 'finalize'),
    patch('namespace', { metadata: { annotations: { a: 'b' } } }, 'finalize'),
    { twinActor: 'controller:namespace-controller', route: 'put' },
  ),
  attack('R19-stolen', 'namespaces', patch('namespace', label('drun.io/tenant', '{b}')), OWN),
  attack('R19-stripped', 'namespaces', patch('namespace', label('drun.io/tenant', null)), OWN),
  attack(
    'R19-owner',
    'namespaces',
    patch('namespace', {
      metadata: { ownerReferences: [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'x', uid: '1' }] },
    }),
    OWN,
  ),
  attack(
    'R20-created',
    'namespaces',
    create({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: '{b}-shadow', labels: { 'drun.io/tenant': '{b}' } },
    }),
    create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: '{a}-new' } }),
    { twinActor: 'platform' },
  ),
  attack('R21-deleted', 'namespaces', del('namespace'), del('configMap')),
  attack('I15-no-injection', 'namespaces', patch('namespace', label('istio-injection', 'disabled')), OWN),
  attack('I15-revision', 'namespaces', patch('namespace', label('istio.io/rev', 'mine')), OWN),
  attack('I16-namespace-network', 'namespaces', patch('namespace', label('topology.istio.io/network', 'other')), OWN),
  attack(
    'W06-label-removed',
    'namespaces',
    patch('namespace', label('drun.io/tenant', null)),
    patch('namespace', label('drun.io/tenant', '{a}')),
    { twinActor: 'platform' },
  ),
  attack('S27-finalizer', 'metadata', configMap({ finalizers: ['example.com/never'] }), configMap({})),
  attack(
    'S27-pod-finalizer',
    'metadata',
    create({ ...pod(), metadata: { name: 'case', namespace: '{ns}', finalizers: ['example.com/never'] } }),
    create(pod()),
  ),
  attack(
    'S27-added',
    'metadata',
    patch('service', { metadata: { finalizers: ['example.com/never'] } }),
    patch('service', label('a', 'b')),
  ),
  attack('D14-excluded', 'metadata', labelled({ 'velero.io/exclude-from-backup': 'true' }), labelled({ app: 'x' })),
];

const CLAIM = {
  spec: {
    accessModes: ['ReadWriteOnce'],
    storageClassName: '{storage}',
    resources: { requests: { storage: '1Gi' } },
  },
};
const OTHER = `{registry}app@sha256:${'d'.repeat(64)}`;
const SCALER = {
  spec: {
    scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'waypoint' },
    minReplicas: 1,
    maxReplicas: 2,
  },
};
const NODE_PORT = { spec: { type: 'NodePort', ports: [{ port: 80 }] } };
const GPU = { resources: { limits: { '{gpu}': '1' } } };

/** What the mesh's controller makes for a Gateway named `waypoint`. */
function waypointDeployment() {
  const made = workload('Deployment', { labels: { 'gateway.networking.k8s.io/gateway-name': 'waypoint' } });
  return { ...made, metadata: { ...made.metadata, name: 'gateway' } };
}

function inBare(made: CaseObject): CaseObject {
  return { ...made, metadata: { ...made.metadata, namespace: '{bare}' } };
}

function ephemeral(image: string): CaseRequest {
  const { name, securityContext } = container({ name: 'debug' });
  return patch('pod', { spec: { ephemeralContainers: [{ name, securityContext, image }] } }, 'ephemeralcontainers');
}

const SIDECAR = container({ name: 'istio-proxy', image: `docker.io/istio/proxyv2@sha256:${'e'.repeat(64)}` });

/** A pod where sidecars are injected, with what the injector adds. */
function inSidecar(added: readonly JsonObject[]): CaseObject {
  const own = container({ image: `{sidecar-registry}app@sha256:${'a'.repeat(64)}` });
  return pod({ spec: { containers: [own, ...added] } }, '{sidecar}');
}

const entrance = object(
  'v1',
  'Service',
  { spec: { selector: { a: 'b' }, ports: [{ port: 15008 }] } },
  { name: 'waypoint' },
);
const budget = (spec: Parameters<typeof object>[2]) =>
  create(object('policy/v1', 'PodDisruptionBudget', { spec: { selector: {}, ...spec } }));
const queue = object('kueue.x-k8s.io/v1beta2', 'LocalQueue', { spec: { clusterQueue: '{b}' } });
const gpuPod = pod({ spec: { containers: [container(GPU)] } });
const stray = { ...gpuPod, metadata: { ...gpuPod.metadata, labels: { 'kueue.x-k8s.io/queue-name': '{b}' } } };

/** Rules that read the parameters of the tenant, each of which refuses where there are none. */
const WITH_PARAMETERS = ['placement', 'identity', 'images', 'devices', 'queue'] as const;

/** Attacks with kinds of workload, with the queue and with what is there already. */
export const WORKLOAD_CASES: readonly AdmissionCase[] = [
  attack('S32-daemon-set', 'daemonsets', create(workload('DaemonSet')), create(workload('Deployment'))),
  attack('S25-budget', 'disruption-budgets', budget({ maxUnavailable: 0 }), budget({ maxUnavailable: 1 })),
  attack(
    'S25-budget-percent',
    'disruption-budgets',
    budget({ maxUnavailable: '0%' }),
    budget({ maxUnavailable: '10%' }),
  ),
  attack('S25-budget-min', 'disruption-budgets', budget({ minAvailable: '100%' }), budget({ maxUnavailable: '25%' })),
  attack('S29-name', 'waypoint-names', create(entrance), create(entrance), { twinActor: 'istiod' }),
  attack(
    'S35-scale',
    'waypoint-names',
    patch('waypoint', { spec: { replicas: 0 } }, 'scale'),
    patch('deployment', { spec: { replicas: 1 } }, 'scale'),
  ),
  attack(
    'S29-shell',
    'waypoint-shell',
    { verb: 'connect', namespace: '{ns}', pod: 'waypoint-abc', subresource: 'exec' },
    { verb: 'connect', namespace: '{ns}', pod: 'runner', subresource: 'exec' },
  ),
  attack('S29-made-by-mesh', 'template-mesh', create(waypointDeployment()), create(waypointDeployment()), {
    twinActor: 'istiod',
  }),
  attack(
    'W08-controller',
    'pod-images',
    create(pod({ spec: { containers: [container({ image: 'docker.io/x' })] } })),
    create(pod()),
    {
      actor: 'controller:replicaset-controller',
    },
  ),
  attack('Q17-gpu-pod', 'pod-queue', create(stray), create(gpuPod)),
  attack(
    'Q17-job',
    'template-queue',
    create({
      ...workload('Job'),
      metadata: { name: 'case', namespace: '{ns}', labels: { 'kueue.x-k8s.io/queue-name': '{b}' } },
    }),
    create(workload('Job', { spec: { containers: [container(GPU)] } })),
  ),
  attack(
    'Q17-started',
    'job-queue',
    patch('job', { spec: { suspend: false } }),
    patch('job', { spec: { suspend: false } }),
    { twinActor: 'kueue' },
  ),
  attack(
    'Q17-gate',
    'changes-of-pods',
    patch('gatedPod', { spec: { schedulingGates: null } }),
    patch('gatedPod', { spec: { schedulingGates: null } }),
    { twinActor: 'kueue' },
  ),
  attack('Q17-local-queue', 'local-queues', create(queue), create(queue), { twinActor: 'platform' }),
  attack(
    'S09-ephemeral',
    'pod-images',
    ephemeral('docker.io/library/busybox@sha256:'.concat('c'.repeat(64))),
    ephemeral('{registry}debug@sha256:'.concat('c'.repeat(64))),
  ),
  attack(
    'S35-image',
    'changes-of-pods',
    patch('pod', { spec: { containers: [container({ image: OTHER, imagePullPolicy: 'Always' })] } }),
    patch('pod', { spec: { activeDeadlineSeconds: 600 } }),
    // A merge patch would replace the whole list, and with it what the server filled in.
    { route: 'strategic' },
  ),
  attack(
    'S35-label',
    'pod-mesh',
    patch('pod', label('istio.io/dataplane-mode', 'none')),
    patch('pod', label('app', 'y')),
  ),
  attack(
    'S07-annotation',
    'pod-placement',
    patch('pod', annotation('io.katacontainers.config.hypervisor.kernel_params')),
    patch('pod', annotation('example.com/kernel')),
  ),
  attack('W02-no-sidecar', 'pod-mesh', create(inSidecar([])), create(inSidecar([SIDECAR])), { actor: 'sidecar-owner' }),
  attack(
    'Q17-pod-outside',
    'pod-queue',
    patch('gpuPod', label('kueue.x-k8s.io/queue-name', null)),
    patch('gpuPod', label('app', 'w')),
    { also: ['drun-changes-of-pods'] },
  ),
  attack(
    'Q17-priority-raised',
    'pod-queue',
    patch('gpuPod', label('kueue.x-k8s.io/priority-class', '{priority-foreign}')),
    patch('gpuPod', label('kueue.x-k8s.io/priority-class', '{priority-low}')),
  ),
  attack(
    'Q17-pod-taken-out',
    'changes-of-pods',
    patch('gpuPod', label('kueue.x-k8s.io/queue-name', null)),
    patch('gpuPod', label('app', 'x')),
    { also: ['drun-pod-queue'] },
  ),
  attack(
    'Q17-job-taken-out',
    'job-queue',
    patch('job', label('kueue.x-k8s.io/queue-name', null)),
    patch('job', label('app', 'x')),
  ),
  attack(
    'W03-no-parameters-template',
    'template-devices',
    create(inBare(workload('Deployment'))),
    create(workload('Deployment')),
    { lost: 'parameters', also: WITH_PARAMETERS.map((rule) => `drun-template-${rule}`) },
  ),
  attack(
    'W10-older-version',
    'waypoint-names',
    create(object('autoscaling/v1', 'HorizontalPodAutoscaler', SCALER, { name: 'waypoint' })),
    create(object('autoscaling/v1', 'HorizontalPodAutoscaler', SCALER)),
  ),
  attack('W03-no-parameters', 'pod-defaults', create(pod({}, '{bare}')), create(pod()), {
    lost: 'parameters',
    also: WITH_PARAMETERS.map((rule) => `drun-pod-${rule}`),
  }),
  attack(
    'W03-no-parameters-claim',
    'volume-claims',
    create(object('v1', 'PersistentVolumeClaim', CLAIM, { namespace: '{bare}' })),
    create(object('v1', 'PersistentVolumeClaim', CLAIM)),
    { lost: 'parameters' },
  ),
  attack('W06-no-labels', 'pod-defaults', create(pod({}, '{lost}')), create(pod()), {
    lost: 'labels',
    also: WITH_PARAMETERS.map((rule) => `drun-pod-${rule}`),
  }),
  attack(
    'W06-no-labels-service',
    'services',
    create(object('v1', 'Service', NODE_PORT, { namespace: '{lost}' })),
    create(object('v1', 'Service', NODE_PORT, { namespace: '{platform}' })),
    { lost: 'labels' },
  ),
];
