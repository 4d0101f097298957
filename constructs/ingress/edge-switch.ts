import type { ClusterFacts } from '../core/cluster-facts';
import type { JsonObject } from '../core/json';
import type { Manifest, NetworkPolicy } from '../core/manifest';
import { HBONE_PORT, PLATFORM_NAMESPACE } from '../core/platform-service';
import { imageName, runs } from '../core/references';
import type { Stamp } from '../core/stamp';
import type { AutomaticSettings } from './automatic-settings';
import { ATTACK_ALERT } from './edge-alerts';
import { type DataPlane, EDGE_CONTAINER_SECURITY, EDGE_POD_SECURITY, meshLabels } from './edge-deployment';
import { PROMETHEUS, peer } from './edge-metrics';
import type { IngressSettings } from './ingress-settings';

/**
 * The switch: a ConfigMap whose keys the edge's proxies read as settings of their runtime. The platform writes it without
 * data: a deployment turns it back at most until the next run.
 */
export const EDGE_RUNTIME = {
  name: 'edge-runtime',
  key: 'drun.edge_under_attack',
  folder: '/etc/drun/edge-runtime',
  /** Prefix of the statistics of the limit that it turns on. */
  statistics: 'edge_attack',
} as const;

/** Name of what turns it. */
const SWITCH = 'edge-switch';
const PODS = { 'app.kubernetes.io/name': SWITCH } as const;

interface Loose extends Manifest {
  readonly [field: string]: unknown;
}

/** What turns the switch as the alert says: it reads one alert and writes one ConfigMap, and nobody can call it. */
export function edgeSwitch(
  { limits: { automatic } }: IngressSettings,
  facts: ClusterFacts,
  dataPlane: DataPlane,
  stamp: Stamp,
): readonly Manifest[] {
  if (automatic === undefined) return [];
  const object = (kind: string, apiVersion: string, name: string, fields: JsonObject): Loose => ({
    apiVersion,
    kind,
    metadata: stamp(name, PLATFORM_NAMESPACE.ingress),
    ...fields,
  });
  const rbac = 'rbac.authorization.k8s.io';
  return [
    object('ConfigMap', 'v1', EDGE_RUNTIME.name, {}),
    object('ServiceAccount', 'v1', SWITCH, { automountServiceAccountToken: false }),
    object('Role', `${rbac}/v1`, SWITCH, {
      rules: [
        { apiGroups: [''], resources: ['configmaps'], resourceNames: [EDGE_RUNTIME.name], verbs: ['get', 'patch'] },
      ],
    }),
    object('RoleBinding', `${rbac}/v1`, SWITCH, {
      roleRef: { apiGroup: rbac, kind: 'Role', name: SWITCH },
      subjects: [{ kind: 'ServiceAccount', name: SWITCH, namespace: PLATFORM_NAMESPACE.ingress }],
    }),
    {
      ...object('CronJob', 'batch/v1', SWITCH, { spec: job(automatic, dataPlane) }),
      metadata: runs(stamp(SWITCH, PLATFORM_NAMESPACE.ingress), automatic.image),
    },
    ...network(facts, stamp),
    asks(facts, stamp),
  ];
}

/** Each minute, and never two at once: what it finds decides, not what it did before. */
function job({ image, holdMinutes }: AutomaticSettings, dataPlane: DataPlane): JsonObject {
  return {
    schedule: '* * * * *',
    concurrencyPolicy: 'Forbid',
    startingDeadlineSeconds: 30,
    successfulJobsHistoryLimit: 1,
    failedJobsHistoryLimit: 3,
    jobTemplate: {
      spec: {
        backoffLimit: 0,
        activeDeadlineSeconds: 45,
        template: {
          metadata: { labels: { ...PODS, ...meshLabels(dataPlane) } },
          spec: {
            restartPolicy: 'Never',
            serviceAccountName: SWITCH,
            automountServiceAccountToken: false,
            priorityClassName: 'drun-platform',
            securityContext: EDGE_POD_SECURITY,
            containers: [container(imageName(image), holdMinutes)],
            volumes: [{ name: 'token', projected: { sources: [...TOKEN] } }],
          },
        },
      },
    },
  };
}

const TOKEN = [
  { serviceAccountToken: { path: 'token', expirationSeconds: 600 } },
  { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
] as const;

function container(image: string, holdMinutes: number): JsonObject {
  return {
    name: SWITCH,
    image,
    args: [
      // The operator's own name for all Prometheus servers of a namespace.
      `--prometheus=http://prometheus-operated.${PROMETHEUS.namespace}.svc.cluster.local:${PROMETHEUS.port}`,
      `--alert=${ATTACK_ALERT}`,
      `--namespace=${PLATFORM_NAMESPACE.ingress}`,
      `--configmap=${EDGE_RUNTIME.name}`,
      `--key=${EDGE_RUNTIME.key}`,
      `--hold=${holdMinutes}m`,
    ],
    resources: { requests: { cpu: '10m', memory: '32Mi' }, limits: { cpu: '100m', memory: '64Mi' } },
    securityContext: EDGE_CONTAINER_SECURITY,
    volumeMounts: [{ name: 'token', mountPath: '/var/run/secrets/kubernetes.io/serviceaccount', readOnly: true }],
  };
}

/** It calls the API server and Prometheus, and is called by nobody. */
function network({ apiServerCidrs }: ClusterFacts, stamp: Stamp): readonly NetworkPolicy[] {
  const tcp = (...ports: readonly number[]) => ports.map((port) => ({ protocol: 'TCP', port }));
  const policy = (name: string, namespace: string, spec: NonNullable<NetworkPolicy['spec']>): NetworkPolicy => ({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: stamp(name, namespace),
    spec,
  });
  const metrics = tcp(PROMETHEUS.port, HBONE_PORT);
  return [
    policy(`allow-${SWITCH}`, PLATFORM_NAMESPACE.ingress, {
      podSelector: { matchLabels: PODS },
      policyTypes: ['Egress'],
      egress: [
        { to: apiServerCidrs.map((cidr) => ({ ipBlock: { cidr } })), ports: tcp(443, 6443) },
        { to: [peer(PROMETHEUS.namespace, PROMETHEUS.pods)], ports: metrics },
      ],
    }),
    policy(`answer-${SWITCH}`, PROMETHEUS.namespace, {
      podSelector: { matchLabels: PROMETHEUS.pods },
      policyTypes: ['Ingress'],
      ingress: [{ from: [peer(PLATFORM_NAMESPACE.ingress, PODS)], ports: metrics }],
    }),
  ];
}

/** Prometheus answers it, by its identity. */
function asks({ trustDomain }: ClusterFacts, stamp: Stamp): Loose {
  const principals = [`${trustDomain}/ns/${PLATFORM_NAMESPACE.ingress}/sa/${SWITCH}`];
  const to = [{ operation: { ports: [String(PROMETHEUS.port)] } }];
  return {
    apiVersion: 'security.istio.io/v1',
    kind: 'AuthorizationPolicy',
    metadata: stamp(`answer-${SWITCH}`, PROMETHEUS.namespace),
    spec: {
      selector: { matchLabels: PROMETHEUS.pods },
      action: 'ALLOW',
      rules: [{ from: [{ source: { principals } }], to }],
    },
  };
}
