import { type CaseObject, merge, type SeedName } from './cases/case';
import { container, podSpec } from './cases/templates';

const train = (apiVersion: string, kind: string, name: string, rest: object, labels: object = {}): CaseObject => ({
  apiVersion,
  kind,
  metadata: { name, namespace: '{ns}', labels: { ...labels } },
  ...rest,
});

const GPU = { limits: { '{gpu}': '1' } } as const;

/** Objects that the platform makes in each namespace, by their place: what is in them is read from the cluster. */
export const PLATFORM_SEEDS: Readonly<Record<SeedName, CaseObject>> = {
  namespace: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: '{ns}' } },
  tenantPolicy: train('policy.drun.io/v1', 'TenantPolicy', 'tenant', {}),
  quota: train('v1', 'ResourceQuota', 'compute', {}),
  limits: train('v1', 'LimitRange', 'limits', {}),
  defaultDeny: train('networking.k8s.io/v1', 'NetworkPolicy', 'default-deny', {}),
  roleBinding: train('rbac.authorization.k8s.io/v1', 'RoleBinding', 'drun-owner', {}),
  rootCa: train('v1', 'ConfigMap', 'kube-root-ca.crt', { data: { 'ca.crt': 'x' } }),
};

/** Objects that a tenant and the mesh make; a trial that may write makes them before the first case. */
export const TENANT_SEEDS: Readonly<Record<SeedName, CaseObject>> = {
  ownPolicy: train('networking.k8s.io/v1', 'NetworkPolicy', 'mine', { spec: { podSelector: {} } }),
  pod: train('v1', 'Pod', 'runner', { spec: poddedSpec() }, { app: 'runner' }),
  gatedPod: train('v1', 'Pod', 'waiting', {
    spec: merge(poddedSpec(), { schedulingGates: [{ name: 'kueue.x-k8s.io/admission' }] }),
  }),
  deployment: train('apps/v1', 'Deployment', 'web', {
    spec: {
      replicas: 0,
      selector: { matchLabels: { app: 'web' } },
      template: { metadata: { labels: { app: 'web' } }, spec: podSpec() },
    },
  }),
  waypoint: train(
    'apps/v1',
    'Deployment',
    'waypoint',
    {
      spec: {
        replicas: 0,
        selector: { matchLabels: { 'gateway.networking.k8s.io/gateway-name': 'waypoint' } },
        template: {
          metadata: { labels: { 'gateway.networking.k8s.io/gateway-name': 'waypoint' } },
          spec: merge(podSpec(), { serviceAccountName: 'waypoint' }),
        },
      },
    },
    { 'gateway.networking.k8s.io/gateway-name': 'waypoint' },
  ),
  gpuPod: train(
    'v1',
    'Pod',
    'trainer',
    { spec: merge(poddedSpec(), { containers: [container({ imagePullPolicy: 'Always', resources: GPU })] }) },
    { 'kueue.x-k8s.io/queue-name': '{queue}' },
  ),
  job: train(
    'batch/v1',
    'Job',
    'queued',
    {
      spec: {
        suspend: true,
        template: { spec: podSpec({ restartPolicy: 'Never', containers: [container({ resources: GPU })] }) },
      },
    },
    { 'kueue.x-k8s.io/queue-name': '{queue}' },
  ),
  cronJob: train('batch/v1', 'CronJob', 'nightly', {
    spec: {
      schedule: '0 0 * * *',
      suspend: true,
      jobTemplate: { spec: { template: { spec: podSpec({ restartPolicy: 'Never' }) } } },
    },
  }),
  service: train('v1', 'Service', 'web', { spec: { selector: { app: 'web' }, ports: [{ port: 80 }] } }),
  ingress: train('networking.k8s.io/v1', 'Ingress', 'web', {
    spec: { ingressClassName: 'drun', rules: [{ host: '{host}' }] },
  }),
  claim: train('v1', 'PersistentVolumeClaim', 'data', {
    spec: {
      accessModes: ['ReadWriteOnce'],
      storageClassName: '{storage}',
      resources: { requests: { storage: '1Gi' } },
    },
  }),
  configMap: train('v1', 'ConfigMap', 'settings', { data: { a: 'b' } }),
};

/** The object behind a seed's name; throws where a case names none. */
export function seedNamed(name: SeedName): CaseObject {
  const found = PLATFORM_SEEDS[name] ?? TENANT_SEEDS[name];
  if (found === undefined) throw new Error(`no seed ${name}`);
  return found;
}

/** A pod as it is stored: what the defaults fill in is there. */
function poddedSpec(): CaseObject['metadata'] {
  return merge(podSpec(), {
    nodeSelector: { 'drun.io/pool': '{pool}' },
    runtimeClassName: '{runtime}',
    priorityClassName: '{priority-low}',
    serviceAccountName: 'default',
    automountServiceAccountToken: false,
    containers: [container({ imagePullPolicy: 'Always' })],
  });
}
